import { join, resolve } from 'node:path';

import { coverageSources, declaredTables, makeFacts, syntaxSources, workspaceSources, type Facts, type Row, type TableColumns } from '@arqonbus/policy-inputs';

import { narrow } from '../src/evaluate.js';
import { createConftestEngine } from '../src/engine/conftest-engine.js';
import type { DocumentVerdict, Engine } from '../src/engine/engine.js';
import { packsTarget, readPack } from '../src/engine/pack-manifest.js';
import { readPolicyData } from '../src/engine/pack-sources.js';
import { loadWasmModule, type WasmModule } from '../src/engine/wasm-module.js';
import { readCases, toFacts, type Case } from '../src/rules/cases.js';
import { readRules } from '../src/rules/read-rules.js';
import type { RuleEntry } from '../src/rules/rule-entry.js';
import { ensureConftest, type EnsuredTool } from '../src/tools/ensure-tool.js';

export const root = resolve(import.meta.dirname, '../../..');
export const policies = join(root, 'policies');
export const tables: TableColumns = declaredTables([...syntaxSources, ...workspaceSources, ...coverageSources]);
export const rules: readonly RuleEntry[] = readRules(policies);
export const ruleIds: readonly string[] = rules.map(({ id }) => id);

/** Conftest in its pinned version, built where Go is. Tests that need it are left out, loudly, where neither is. */
export const conftest: EnsuredTool = await ensureConftest();
if (!conftest.ok) process.stderr.write(`NOT TESTED against Conftest: ${conftest.reason}\n`);

export function conftestEngine(ids: readonly string[]): Engine {
  if (!conftest.ok) throw new Error(conftest.reason);
  return createConftestEngine({ policies, rules: ids, executable: conftest.executable, version: conftest.version });
}

/** The committed module, to evaluate the entry points of one rule alone. */
export function loadPacks(): WasmModule {
  return loadWasmModule(readPack(policies, packsTarget).wasm, readPolicyData(policies), 1024 * 1024 * 1024);
}

/** What the rule finds, as text that does not depend on the order. */
export function findingsOf(module: WasmModule, rule: RuleEntry, document: unknown): string[] {
  const found = module.evaluate(document, rule.levels.map((level) => `arqonbus/${rule.id.replace('.', '/')}/${level}`));
  return [...found].flatMap(([name, list]) => (list as Finding[]).map((finding) => describeFinding(name.endsWith('/deny') ? 'deny' : 'warn', finding.msg, finding._loc, finding))).sort();
}

interface Finding {
  readonly msg: string;
  readonly _loc: { readonly file: string; readonly line: number };
  readonly project: string;
  readonly subject: string;
}

function describeFinding(level: string, message: string, { file, line }: { file: string; line: number }, { project, subject }: { project: string; subject: string }): string {
  return `${level} ${file}:${String(line)} ${project} ${subject}: ${message}`;
}

/** The same text of what an engine says of one rule. */
export function judgementsOf(verdict: DocumentVerdict | undefined, rule: string): string[] {
  return (verdict?.judgements ?? []).filter((judgement) => judgement.rule === rule).map((judgement) => describeFinding(judgement.level, judgement.message, judgement, judgement)).sort();
}

/** A case with what it is for. */
export interface NamedCase {
  readonly name: string;
  readonly kind: 'pass' | 'fail';
  readonly facts: Facts;
  readonly found: Case;
}

/** Cases of a rule. Their facts are what the runner gives the rule: the tables that it reads. */
export function casesOf(rule: string): NamedCase[] {
  const { pass, fail } = readCases(policies, rule);
  const read = new Set(rules.find(({ id }) => id === rule)?.tables);
  const named = (kind: 'pass' | 'fail') => (found: Case, index: number): NamedCase => ({ name: `${rule} ${kind}[${String(index)}]`, kind, facts: narrow(toFacts(tables, found), read), found });
  return [...pass.map(named('pass')), ...fail.map(named('fail'))];
}

/** Throws when a row of a case has not exactly the columns of its table. */
export function checkRows({ found }: NamedCase): void {
  const { meta: _meta, ...rows } = found;
  makeFacts({ now: '2026-01-01', base: { kind: 'committed' }, labels: [] }, tables, rows as Record<string, readonly Row[]>);
}

/** A document with one thing less, and what is gone. */
export interface Mutation {
  readonly gone: string;
  readonly document: Record<string, unknown>;
}

/** Each document that lacks a key of `meta`, a table, the rows of a table while the counts stay, or a column of a row. */
export function deletions({ meta, ...rest }: Facts): Mutation[] {
  const found: Mutation[] = [{ gone: 'meta', document: rest }];
  for (const key of Object.keys(meta)) {
    const { [key as keyof typeof meta]: _gone, ...less } = meta;
    found.push({ gone: `meta.${key}`, document: { ...rest, meta: less } });
  }
  for (const [table, rows] of Object.entries(rest) as [string, Row[]][]) {
    const { [table]: _gone, ...others } = rest;
    const { [table]: _count, ...counts } = meta.counts;
    found.push({ gone: table, document: { ...others, meta } });
    // A table that is not there and not counted either is no table of another kind: it is gone as well.
    found.push({ gone: `${table} and its count`, document: { ...others, meta: { ...meta, counts } } });
    if (rows.length > 0) found.push({ gone: `rows of ${table}`, document: { ...rest, [table]: [], meta } });
    rows.forEach((row, index) => {
      for (const column of Object.keys(row)) {
        const { [column]: _value, ...less } = row;
        found.push({ gone: `${table}[${String(index)}].${column}`, document: { ...rest, [table]: rows.with(index, less as Row), meta } });
      }
    });
  }
  return found;
}
