import type { Finding, Report } from '../finding.js';
import type { RuleEntry } from '../rules/rule-entry.js';

function toResult(finding: Finding): unknown {
  return {
    ruleId: finding.rule,
    level: finding.level === 'deny' ? 'error' : 'warning',
    message: { text: `${finding.message}. ${finding.fix}` },
    locations: [{ physicalLocation: { artifactLocation: { uri: encodeURI(finding.file), uriBaseId: '%SRCROOT%' }, region: { startLine: finding.line } } }],
    partialFingerprints: { 'arqonbusPolicy/v1': finding.fingerprint },
    ...(finding.exemption === undefined ? {} : { suppressions: [{ kind: 'external', status: 'accepted', justification: finding.exemption.reason }] }),
  };
}

/** SARIF 2.1.0 (OASIS): one run, every rule with its own id. */
export function renderSarif(report: Report, rules: readonly RuleEntry[]): string {
  const run = {
    tool: {
      driver: {
        name: 'arqonbus-policy',
        informationUri: 'https://openpolicyagent.org',
        rules: rules.map(({ id, title, description, fix, severity, levels, requirements }) => ({
          id,
          shortDescription: { text: title },
          fullDescription: { text: description },
          help: { text: fix },
          defaultConfiguration: { level: levels.includes('deny') ? 'error' : 'warning' },
          properties: { severity, requirements },
        })),
      },
    },
    results: report.findings.map(toResult),
    columnKind: 'utf16CodeUnits',
  };
  return JSON.stringify({ $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] }, null, 2);
}
