import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { readKept, writeKept, type Keeping } from '@arqonbus/policy-inputs';
import { parse } from 'yaml';

import { severities, type RuleEntry } from './rule-entry.js';

/** Folders of `policies` that hold no rules which judge the repository. */
const OTHER_FOLDERS = new Set(['lib', 'data', 'wasm', 'runtime', 'node_modules']);
const METADATA_LINE = /^# METADATA$/m;

interface Metadata {
  readonly title?: unknown;
  readonly description?: unknown;
  readonly custom?: Readonly<Record<string, unknown>>;
}

function fail(id: string, what: string): never {
  throw new Error(`Rule ${id}: ${what}`);
}

/** The YAML of the first annotation, which OPA wants directly above the package. */
function readMetadata(id: string, rego: string): Metadata {
  const start = METADATA_LINE.exec(rego);
  if (start === null) return fail(id, 'rule.rego has no METADATA comment');
  const lines = rego.slice(start.index).split('\n').slice(1);
  const end = lines.findIndex((line) => !line.startsWith('#'));
  const text = lines.slice(0, end).map((line) => line.replace(/^# ?/, '')).join('\n');
  try {
    return (parse(text) ?? {}) as Metadata;
  } catch (error) {
    return fail(id, `the metadata is no YAML: ${error instanceof Error ? error.message.split('\n')[0] ?? '' : String(error)}`);
  }
}

function text(id: string, name: string, value: unknown): string {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : fail(id, `the metadata has no ${name}`);
}

/** Keys of the object `reads`, each a table. A table that is overlooked here is missing when the rule runs, which it denies. */
function readTables(id: string, rego: string): string[] {
  const start = /^reads := \{/m.exec(rego);
  if (start === null) return fail(id, 'it does not say in `reads` which tables it reads');
  const tables: string[] = [];
  let depth = 0;
  for (const [token, key] of rego.slice(start.index).matchAll(/"(\w+)"\s*:|"[^"]*"|[{}]/g)) {
    if (token === '{') depth += 1;
    else if (token === '}') depth -= 1;
    else if (depth === 1 && key !== undefined) tables.push(key);
    if (depth === 0) break;
  }
  return tables.length === 0 ? fail(id, '`reads` names no table') : tables.sort();
}

function readEntry(category: string, name: string, rego: string): RuleEntry {
  const id = `${category}.${name}`;
  const { title, description, custom = {} } = readMetadata(id, rego);
  if (!new RegExp(`^package arqonbus\\.${category}\\.${name}$`, 'm').test(rego)) fail(id, `the package is not arqonbus.${id}`);
  if (custom.id !== id) fail(id, `the metadata's id is ${String(custom.id)}`);
  if (custom.category !== category) fail(id, `the metadata's category is ${String(custom.category)}`);
  const severity = severities.find((known) => known === custom.severity) ?? fail(id, `the severity is none of ${severities.join(', ')}`);
  const { requirements } = custom;
  if (!Array.isArray(requirements) || requirements.length === 0) fail(id, 'the metadata names no requirements');
  const levels = (['deny', 'warn'] as const).filter((level) => new RegExp(`^${level} contains `, 'm').test(rego));
  if (!levels.includes('deny')) fail(id, 'it denies nothing, not even facts that are not whole');
  return {
    id,
    title: text(id, 'title', title),
    description: text(id, 'description', description),
    severity,
    category,
    requirements: (requirements as unknown[]).map(String),
    fix: text(id, 'fix', custom.fix),
    levels,
    tables: readTables(id, rego),
  };
}

type ReadEntry = (category: string, name: string, rego: string) => RuleEntry;

/** Reads entries of rules whose text an earlier run has not read; the YAML of all of them takes as long as all else that is done before judging. */
function openKeptEntries({ folder, codeDigest }: Keeping): { readonly read: ReadEntry; readonly save: () => void } {
  const path = join(folder, 'rules.json');
  const before = readKept<Record<string, RuleEntry>>(path) ?? {};
  const after: Record<string, RuleEntry> = {};
  return {
    read: (category, name, rego) => {
      const key = createHash('sha256').update([codeDigest, process.version, category, name, rego].join('\0')).digest('base64');
      return (after[key] ??= before[key] ?? readEntry(category, name, rego));
    },
    save: () => {
      const keys = Object.keys(after);
      if (keys.length !== Object.keys(before).length || keys.some((key) => !(key in before))) writeKept(path, after);
    },
  };
}

/**
 * Reads the rules that are in the packs.
 *
 * @param policies absolute path of the folder `policies`
 * @param keeping where entries are kept; default every one is read
 * @returns entries sorted by id
 * @throws Error that names the rule when its folder or metadata is not complete
 */
export function readRules(policies: string, keeping?: Keeping): RuleEntry[] {
  const kept = keeping === undefined ? undefined : openKeptEntries(keeping);
  const read = kept?.read ?? readEntry;
  const folders = (path: string): string[] => readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const rules = folders(policies)
    .filter((category) => !OTHER_FOLDERS.has(category))
    .flatMap((category) => folders(join(policies, category)).map((name) => {
      const folder = join(policies, category, name);
      const missing = ['rule.rego', 'rule_test.rego', 'rule.md', 'cases.json'].filter((file) => !existsSync(join(folder, file)));
      if (missing.length > 0) fail(`${category}.${name}`, `${missing.join(', ')} is missing`);
      return read(category, name, readFileSync(join(folder, 'rule.rego'), 'utf8'));
    }));
  kept?.save();
  return rules.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** File, relative to `policies`, that lists which rules there are to be. */
export const registryFile = 'registry.json';

/** The registry's content for a list of rules. */
export function renderRegistry(rules: readonly RuleEntry[]): string {
  return `${JSON.stringify({ rules }, null, 2)}\n`;
}

/**
 * The rules, after comparing what is there with what the registry lists.
 *
 * @throws Error when the two differ: a rule that is lost must not go unnoticed
 */
export function readRegisteredRules(policies: string, keeping?: Keeping): RuleEntry[] {
  const rules = readRules(policies, keeping);
  const { rules: listed } = JSON.parse(readFileSync(join(policies, registryFile), 'utf8')) as { rules: RuleEntry[] };
  const there = new Set(rules.map(({ id }) => id));
  const expected = new Map(listed.map((entry) => [entry.id, JSON.stringify(entry)]));
  const lost = [...expected.keys()].filter((id) => !there.has(id));
  const unlisted = [...there].filter((id) => !expected.has(id));
  if (lost.length > 0) throw new Error(`policies/${registryFile} lists rules that are not there: ${lost.join(', ')}`);
  if (unlisted.length > 0) throw new Error(`policies/${registryFile} does not list ${unlisted.join(', ')}: run npm run policy:build`);
  const changed = rules.filter((entry) => JSON.stringify(entry) !== expected.get(entry.id)).map(({ id }) => id);
  if (changed.length > 0) throw new Error(`policies/${registryFile} lists ${changed.join(', ')} otherwise than it is: run npm run policy:build`);
  if (rules.length === 0) throw new Error('There is no rule');
  return rules;
}
