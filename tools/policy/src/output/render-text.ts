import { denials, warnings, type Finding, type Report } from '../finding.js';

const MARKS = { deny: 'DENY', warn: 'warn' } as const;

function renderFinding(finding: Finding): string {
  const mark = finding.exemption === undefined ? MARKS[finding.level] : 'exempt';
  const lines = [
    `${mark} ${finding.rule} (${finding.severity}) ${finding.file}:${String(finding.line)}`,
    `  ${finding.message}`,
    ...(finding.exemption === undefined ? [`  fix: ${finding.fix}`] : [`  exempted until ${finding.exemption.expires} by ${finding.exemption.owner}: ${finding.exemption.reason}`]),
  ];
  return lines.join('\n');
}

const plural = (count: number, noun: string): string => `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;

/** The first line: what judged what. */
export function renderHeader(report: Report): string {
  const base = report.base === 'committed' ? 'the committed baselines' : report.base.slice(0, 12);
  return `${report.engine}: ${plural(report.rules.length, 'rule')}, ${plural(report.factCount, 'fact')}, compared with ${base}`;
}

/** The last line. */
export function renderSummary(findings: readonly Finding[]): string {
  const denied = denials(findings).length;
  const exempted = findings.filter(({ exemption }) => exemption !== undefined).length;
  return `${denied === 0 ? 'ok' : 'FAILED'}: ${String(denied)} denied, ${String(warnings(findings).length)} warned, ${String(exempted)} exempted`;
}

/** For people: findings with file:line, the fix, and how to learn more. */
export function renderText(report: Report, findings: readonly Finding[] = report.findings): string {
  const denied = denials(findings);
  const [first] = denied;
  return [
    renderHeader(report),
    ...findings.map((finding) => `\n${renderFinding(finding)}`),
    ...(findings.length === 0 ? [] : ['']),
    ...report.unusedExemptions.map((text) => `note: the exemption ${text} matches nothing; remove it`),
    renderSummary(findings),
    ...(first === undefined ? [] : [`more: npm run policy -- --explain ${first.rule}`]),
  ].join('\n');
}
