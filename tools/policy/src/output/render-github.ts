import { denials, warnings, type Finding, type Report } from '../finding.js';

/** What GitHub shows of one step and level; further annotations vanish without a word. */
const SHOWN_ANNOTATION_COUNT = 10;

const escapeMessage = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const escapeProperty = (text: string): string => escapeMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

function annotate(command: 'error' | 'warning', finding: Finding): string {
  const properties = `file=${escapeProperty(finding.file)},line=${String(finding.line)},title=${escapeProperty(`${finding.rule} (${finding.severity})`)}`;
  return `::${command} ${properties}::${escapeMessage(`${finding.message}. Fix: ${finding.fix}`)}`;
}

function level(command: 'error' | 'warning', findings: readonly Finding[]): string[] {
  const cut = findings.length - SHOWN_ANNOTATION_COUNT;
  const lines = findings.slice(0, SHOWN_ANNOTATION_COUNT).map((finding) => annotate(command, finding));
  return cut > 0 ? [...lines, `${String(cut)} more of level ${command} are in the other outputs of this run`] : lines;
}

/** Workflow commands of GitHub Actions, worst first. */
export function renderGithub(report: Report): string {
  return [...level('error', denials(report.findings)), ...level('warning', warnings(report.findings))].join('\n');
}
