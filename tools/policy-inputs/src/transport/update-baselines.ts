import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { readFileSync, writeFileSync } from 'node:fs';

import { readDeclaredSettings } from '../configuration/read-settings.js';
import { schemaFileSource } from '../configuration/schema-files.js';
import { formsOf } from '../configuration/settings-baseline.js';
import { readSyntax } from '../syntax-pass.js';
import { openWorkspace, type Workspace } from '../workspace.js';
import { APPROVALS, baselineDigest, baselineSubjects, readApprovals, type BaselineSubject } from './approvals.js';
import { readGoverned } from './governed-identifiers.js';
import { StaticValues } from './static-values.js';

/**
 * `node … update-baselines.ts [contract] [governed] [settings]`: rewrites the named baselines, or all, from what the repository has now, and prints the entry that
 * policies/data/approvals.yaml needs for each one that differs. Approvers, class and reason are left for people to fill in.
 */
const root = resolve(import.meta.dirname, '../../../..');

function asJson(key: string, content: unknown): string {
  return `${JSON.stringify({ [key]: content }, undefined, 2)}\n`;
}

function contentOf(workspace: Workspace, subject: BaselineSubject): Uint8Array | string {
  const values = new StaticValues(workspace);
  if (subject === 'contract') {
    return execFileSync(process.execPath, [join(root, 'node_modules/@bufbuild/buf/bin/buf'), 'build', '--as-file-descriptor-set', '-o', '-'], { cwd: root });
  }
  if (subject === 'governed') return asJson('governed_baseline', readGoverned(values));
  const rows = readSyntax(workspace, [schemaFileSource], join(root, '.cache/policy/baselines-syntax.json'));
  const { settings, faults } = readDeclaredSettings(values, rows);
  if (faults.length > 0) throw new Error(faults.map(({ message }) => message).join('\n'));
  return asJson('settings_baseline', formsOf(settings));
}

function entryFor(subject: BaselineSubject, file: string, workspace: Workspace): string | undefined {
  const digest = baselineDigest(file, workspace.readBytes(file));
  const previous = workspace.exists(APPROVALS) ? readApprovals(workspace.read(APPROVALS)).findLast((one) => one.subject === subject)?.digest : undefined;
  if (previous === digest) return undefined;
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return [
    `  - subject: ${subject}`, `    digest: ${digest}`, `    previous: "${previous ?? ''}"`, '    class: 0 # 0, 1 or 2: docs/policies.md', '    reason: ""',
    '    approvers: []', `    date: ${workspace.now}`, `    version: ${version}`,
  ].join('\n');
}

const wanted = process.argv.slice(2);
const workspace = openWorkspace({ root });
const chosen = baselineSubjects.filter(({ subject }) => wanted.length === 0 || wanted.includes(subject));
if (chosen.length < wanted.length) throw new Error(`Baselines are ${baselineSubjects.map(({ subject }) => subject).join(', ')}`);
for (const { subject, file } of chosen) writeFileSync(join(root, file), contentOf(workspace, subject));
const entries = chosen.map(({ subject, file }) => entryFor(subject, file, workspace)).filter((entry) => entry !== undefined);
if (entries.length === 0) process.stdout.write('Every baseline is as approved.\n');
else process.stdout.write(`Append to ${APPROVALS}, with class, reason and approvers:\n\n${entries.join('\n')}\n`);
