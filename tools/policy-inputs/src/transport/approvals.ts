import { createHash } from 'node:crypto';

import { parse } from 'yaml';

import type { Row, Rows } from '../fact-source.js';
import { runGit, type Workspace } from '../workspace.js';
import { BASELINE_IMAGE } from '../protocol/contract-images.js';
import { compareContracts } from '../protocol/compare-contracts.js';
import { readContract } from '../protocol/contract.js';
import { isDay } from '../protocol/deprecation-note.js';
import { compareForms, type SettingsForms } from '../configuration/settings-baseline.js';
import type { GovernedIdentifiers } from './governed-identifiers.js';

export const APPROVALS = 'policies/data/approvals.yaml';
export const GOVERNED_BASELINE = 'policies/data/governed_baseline.json';

/** What is compared with, and may change only with an approval. */
export const baselineSubjects = [
  { subject: 'contract', file: BASELINE_IMAGE },
  { subject: 'governed', file: GOVERNED_BASELINE },
  { subject: 'settings', file: 'policies/data/settings_baseline.json' },
] as const;

export type BaselineSubject = (typeof baselineSubjects)[number]['subject'];

/** How many versions of a baseline are looked at for the one that an approval followed. */
const MAX_VERSIONS = 50;

/** One entry of the ledger; every field is text as written, missing ones are empty. */
export interface Approval {
  readonly subject: string;
  readonly digest: string;
  readonly previous: string;
  readonly class: number;
  readonly reason: string;
  readonly approvers: readonly string[];
  readonly date: string;
  readonly version: string;
}

/** How a baseline differs from what it was at the change's base. */
interface BaselineChange { readonly state: 'none' | 'changed' | 'settled' | 'added' | 'unknown'; readonly breaking: readonly string[]; readonly loosened: readonly string[]; readonly added: readonly string[] }

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sortKeys(one)]));
}

/** SHA-256 of a baseline's content: of JSON without its layout, of anything else byte by byte. */
export function baselineDigest(file: string, content: Uint8Array): string {
  const canonical = file.endsWith('.json') ? JSON.stringify(sortKeys(JSON.parse(Buffer.from(content).toString('utf8')))) : content;
  return createHash('sha256').update(canonical).digest('hex');
}

function textField(entry: Record<string, unknown>, key: string): string {
  const value = entry[key];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The ledger's entries, oldest first. @throws Error when it is no list of maps under `approvals` */
export function readApprovals(yaml: string): Approval[] {
  const { approvals } = (parse(yaml) ?? {}) as { approvals?: unknown };
  if (!Array.isArray(approvals)) throw new Error(`${APPROVALS}: give a list under approvals`);
  return approvals.map((one: unknown, index) => {
    if (typeof one !== 'object' || one === null) throw new Error(`${APPROVALS}: entry ${String(index + 1)} is no map`);
    const entry = one as Record<string, unknown>;
    const approvers = Array.isArray(entry.approvers) ? entry.approvers.filter((name): name is string => typeof name === 'string') : [];
    return {
      subject: textField(entry, 'subject'), digest: textField(entry, 'digest'), previous: textField(entry, 'previous'), reason: textField(entry, 'reason'),
      date: textField(entry, 'date'), version: textField(entry, 'version'), class: typeof entry.class === 'number' ? entry.class : -1, approvers,
    };
  });
}

/** Owners that CODEOWNERS names. */
export function codeOwners(text: string): Set<string> {
  return new Set(text.split('\n').map((line) => line.replace(/#.*/, '')).flatMap((line) => line.trim().split(/\s+/).slice(1)).filter((word) => word.startsWith('@')));
}

function compareGoverned(before: GovernedIdentifiers, now: GovernedIdentifiers): Pick<BaselineChange, 'breaking' | 'loosened' | 'added'> {
  const flat = (all: GovernedIdentifiers): Map<string, string> => new Map(Object.entries(all).flatMap(([group, names]) => Object.entries(names).map(([name, value]): [string, string] => [`${group}.${name}`, JSON.stringify(sortKeys(value))])));
  const [old, current] = [flat(before), flat(now)];
  return {
    breaking: [...old].filter(([name, value]) => current.get(name) !== value).map(([name]) => name), loosened: [],
    added: [...current.keys()].filter((name) => !old.has(name)),
  };
}

function compareBaseline(subject: BaselineSubject, before: Buffer, now: Uint8Array): Pick<BaselineChange, 'breaking' | 'loosened' | 'added'> {
  const json = (content: Uint8Array): unknown => JSON.parse(Buffer.from(content).toString('utf8'));
  if (subject === 'contract') {
    const changes = compareContracts(readContract(before), readContract(now));
    return { breaking: changes.filter(({ isBreaking }) => isBreaking).map((one) => one.subject), loosened: [], added: changes.filter(({ isBreaking }) => !isBreaking).map((one) => one.subject) };
  }
  if (subject === 'governed') {
    return compareGoverned((json(before) as { governed_baseline: GovernedIdentifiers }).governed_baseline, (json(now) as { governed_baseline: GovernedIdentifiers }).governed_baseline);
  }
  const changes = compareForms((json(before) as { settings_baseline: SettingsForms }).settings_baseline, (json(now) as { settings_baseline: SettingsForms }).settings_baseline);
  const name = ({ app, key }: { app: string; key: string }): string => `${app}.${key}`;
  const isBreaking = (change: string): boolean => ['removed', 'kind', 'unit', 'required'].includes(change);
  return {
    breaking: changes.filter(({ change }) => isBreaking(change)).map(name), loosened: changes.filter(({ loosened }) => loosened).map(name),
    added: changes.filter(({ change }) => change === 'added').map(name),
  };
}

/** The content that a baseline had before its newest approval, from the history as far as it is there. */
function contentBefore(workspace: Workspace, commit: string, file: string, previous: string): Buffer | undefined {
  if (previous === '') return undefined;
  const commits = runGit(workspace.root, ['log', '--format=%H', `--max-count=${String(MAX_VERSIONS)}`, commit, '--', file]).toString().split('\n').filter((line) => line !== '');
  for (const one of commits) {
    const content = workspace.readAt(one, file);
    if (content !== undefined && baselineDigest(file, content) === previous) return content;
  }
  return undefined;
}

function changeOf(workspace: Workspace, subject: BaselineSubject, file: string, now: Uint8Array, previous: string): BaselineChange {
  const none = { breaking: [], loosened: [], added: [] };
  const commit = workspace.changeCommit();
  if (commit === undefined) return { state: 'unknown', ...none };
  const before = workspace.readAt(commit, file);
  if (before === undefined) return { state: 'added', ...none };
  if (baselineDigest(file, before) !== baselineDigest(file, now)) return { state: 'changed', ...compareBaseline(subject, before, now) };
  const earlier = contentBefore(workspace, commit, file, previous);
  return earlier === undefined ? { state: 'none', ...none } : { state: 'settled', ...compareBaseline(subject, earlier, now) };
}

function approvalsAtBase(workspace: Workspace): Approval[] {
  const commit = workspace.changeCommit();
  const before = commit === undefined ? undefined : workspace.readAt(commit, APPROVALS);
  return before === undefined ? [] : readApprovals(before.toString('utf8'));
}

/** Line on which each entry of the ledger begins. */
function entryLines(yaml: string): number[] {
  return yaml.split('\n').flatMap((line, index) => (/^\s*- /.test(line) && !/^\s*- ["'@]/.test(line) ? [index + 1] : []));
}

/** What is approved, by whom, and whether the ledger only grew. */
export function approvalRows(workspace: Workspace): Rows {
  const text = workspace.read(APPROVALS);
  const approvals = readApprovals(text);
  const lines = entryLines(text);
  const owners = workspace.exists('.github/CODEOWNERS') ? codeOwners(workspace.read('.github/CODEOWNERS')) : new Set<string>();
  const atBase = approvalsAtBase(workspace);
  const place = (index: number): Row => ({ file: APPROVALS, line: lines[index] ?? 1, project: 'policies' });
  const newest = (subject: string): number => approvals.findLastIndex((one) => one.subject === subject);
  return {
    baselines: baselineSubjects.map(({ subject, file }) => {
      const content = workspace.readBytes(file);
      const digest = baselineDigest(file, content);
      const entry = approvals[newest(subject)];
      const { state, breaking, loosened, added } = changeOf(workspace, subject, file, content, entry?.previous ?? '');
      return {
        file, line: 1, project: 'policies', subject, digest, approved_digest: entry?.digest ?? '', approved_class: entry?.class ?? -1,
        is_new_entry: newest(subject) >= atBase.length, state, breaking, loosened, added,
      };
    }),
    approvals: approvals.map((one, index) => {
      const before = approvals.slice(0, index).findLast(({ subject }) => subject === one.subject);
      return {
        ...place(index), index, subject: one.subject, digest: one.digest, class: one.class, reason: one.reason, approvers: [...new Set(one.approvers)],
        unknown_approvers: one.approvers.filter((name) => !owners.has(name)), date: isDay(one.date) ? one.date : '', version: one.version,
        follows: one.previous === (before?.digest ?? ''), known_subject: baselineSubjects.some(({ subject }) => subject === one.subject),
        in_order: index === 0 || one.date >= (approvals[index - 1]?.date ?? ''),
      };
    }),
    approvals_at_base: atBase.map((one, index) => {
      const now = approvals[index];
      return { ...place(index), index, subject: one.subject, kept: now !== undefined && JSON.stringify(now) === JSON.stringify(one) };
    }),
  };
}
