import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { denials, type Finding, type Report } from './finding.js';
import { renderHeader, renderText } from './output/render-text.js';

/** The project that answers for what belongs to no other, and for the whole. */
export const wholeProject = 'policies';

/** What the `policy` target of one project prints, and whether it passes. */
export interface ProjectVerdict {
  readonly project: string;
  readonly ok: boolean;
  readonly text: string;
}

/** File name of a project's verdict: its Nx name with `/` as `__`. */
export function verdictFile(project: string): string {
  return `${project.replaceAll('/', '__')}.json`;
}

/** One line per project that is denied something, so that the whole never passes while a part does not. */
function renderElsewhere(findings: readonly Finding[]): string {
  const counts = new Map<string, number>();
  for (const { project } of findings) counts.set(project, (counts.get(project) ?? 0) + 1);
  return [...counts].map(([project, count]) => `${project}: ${String(count)} denied (nx run ${project}:policy)`).join('\n');
}

/** Splits a report by the projects that its findings belong to. */
export function splitByProject(report: Report): ProjectVerdict[] {
  const parts = report.projects.filter((project) => project !== wholeProject).map((project) => {
    const findings = report.findings.filter((finding) => finding.project === project);
    const text = renderText({ ...report, unusedExemptions: [] }, findings);
    return { project, ok: denials(findings).length === 0, text };
  });
  const known = new Set(parts.map(({ project }) => project));
  const own = report.findings.filter(({ project }) => !known.has(project));
  const elsewhere = denials(report.findings).filter(({ project }) => known.has(project));
  const text = [renderText(report, own), ...(elsewhere.length === 0 ? [] : ['', renderElsewhere(elsewhere)])].join('\n');
  return [...parts, { project: wholeProject, ok: denials(report.findings).length === 0, text }];
}

/** Writes one file per project, and nothing else into the folder. */
export function writeVerdicts(folder: string, report: Report): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const verdict of splitByProject(report)) writeFileSync(join(folder, verdictFile(verdict.project)), `${JSON.stringify(verdict)}\n`);
  writeFileSync(join(folder, 'header.txt'), `${renderHeader(report)}\n`);
}
