import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { factsSchemaVersion, type Facts, type Row, type TableColumns } from '@arqonbus/policy-inputs';

/** Rows of some tables, and what the facts say of themselves where it is not the usual. */
export interface Case {
  readonly meta?: Readonly<Record<string, unknown>>;
  readonly [table: string]: unknown;
}

/** Facts that a rule must pass and facts that it must not. */
export interface RuleCases {
  readonly pass: readonly Case[];
  /** The first is the rule's canary. */
  readonly fail: readonly Case[];
  /** The canary is judged in a document of its own, for rows of others would hide it. */
  readonly alone?: boolean;
}

const CASE_DATE = '2026-01-01';

/** @throws Error when the file is no JSON or lacks a list */
export function readCases(policies: string, rule: string): RuleCases {
  const path = join(policies, ...rule.split('.'), 'cases.json');
  const cases = JSON.parse(readFileSync(path, 'utf8')) as Partial<RuleCases>;
  if (!Array.isArray(cases.pass) || !Array.isArray(cases.fail) || cases.pass.length === 0 || cases.fail.length === 0) {
    throw new Error(`${path} needs at least one case in "pass" and one in "fail"`);
  }
  return cases as RuleCases;
}

/** The document of a case: every table is there, empty unless the case has rows for it. @throws Error for a table that nobody declares */
export function toFacts(tables: TableColumns, found: Case): Facts {
  const stray = Object.keys(found).filter((table) => table !== 'meta' && !(table in tables));
  if (stray.length > 0) throw new Error(`No source declares the table ${stray.join(', ')}`);
  const rows = Object.fromEntries(Object.keys(tables).map((table) => [table, (found[table] ?? []) as Row[]]));
  const counts = Object.fromEntries(Object.entries(rows).map(([table, list]) => [table, list.length]));
  return { meta: { schema: factsSchemaVersion, now: CASE_DATE, base: 'committed', labels: [], counts, ...found.meta }, ...rows };
}

function joinCases(cases: readonly Case[]): Case {
  const joined: Record<string, unknown[]> = {};
  for (const found of cases) {
    for (const [table, rows] of Object.entries(found)) (joined[table] ??= []).push(...(rows as unknown[]));
  }
  return joined;
}

/** One known violation of each rule. */
export interface Canaries {
  readonly documents: Readonly<Record<string, Facts>>;
  /** Name of the document in which each rule must find something. */
  readonly documentOf: ReadonlyMap<string, string>;
}

/** Puts the rules' canaries into as few documents as their cases allow. */
export function makeCanaries(policies: string, rules: readonly string[], tables: TableColumns): Canaries {
  const documents: Record<string, Facts> = {};
  const documentOf = new Map<string, string>();
  const joined: Case[] = [];
  for (const rule of rules) {
    const { fail: [canary], alone } = readCases(policies, rule);
    if (canary === undefined) throw new Error(`Rule ${rule} has no canary`);
    const isAlone = alone === true || canary.meta !== undefined;
    documentOf.set(rule, isAlone ? `canary-${rule}` : 'canaries');
    if (isAlone) documents[`canary-${rule}`] = toFacts(tables, canary);
    else joined.push(canary);
  }
  return { documents: { ...documents, canaries: toFacts(tables, joinCases(joined)) }, documentOf };
}
