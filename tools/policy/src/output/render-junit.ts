import type { Finding, Report } from '../finding.js';

/** Whether XML 1.0 can hold the character at all. */
function isAllowed(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  const isHalf = code >= 0xd800 && code <= 0xdfff;
  return (code >= 0x20 || code === 0x9 || code === 0xa || code === 0xd) && !isHalf && code !== 0xfffe && code !== 0xffff;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

function escape(text: string): string {
  return [...text].filter(isAllowed).map((character) => ENTITIES[character] ?? character).join('');
}

function renderCase(rule: string, findings: readonly Finding[]): string {
  const open = `    <testcase classname="${escape(rule.split('.')[0] ?? '')}" name="${escape(rule)}"`;
  if (findings.length === 0) return `${open}/>`;
  const children = findings.map((finding) => {
    const place = `${finding.file}:${String(finding.line)}`;
    if (finding.level === 'warn' || finding.exemption !== undefined) return `      <system-out>${escape(`${place} ${finding.message}`)}</system-out>`;
    return `      <failure message="${escape(finding.message)}" type="${escape(finding.severity)}">${escape(`${place}\nfix: ${finding.fix}`)}</failure>`;
  });
  return [`${open}>`, ...children, '    </testcase>'].join('\n');
}

/** JUnit XML: a suite per category, a case per rule, named the same on every run. */
export function renderJunit(report: Report): string {
  const categories = [...new Set(report.rules.map((rule) => rule.split('.')[0] ?? ''))].sort();
  const suites = categories.map((category) => {
    const rules = report.rules.filter((rule) => rule.startsWith(`${category}.`));
    const cases = rules.map((rule) => renderCase(rule, report.findings.filter((finding) => finding.rule === rule)));
    const failed = rules.filter((rule) => report.findings.some((finding) => finding.rule === rule && finding.level === 'deny' && finding.exemption === undefined));
    return [`  <testsuite name="${escape(category)}" tests="${String(rules.length)}" failures="${String(failed.length)}">`, ...cases, '  </testsuite>'].join('\n');
  });
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites name="policy">', ...suites, '</testsuites>'].join('\n');
}
