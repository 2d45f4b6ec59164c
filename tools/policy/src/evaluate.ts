import { availableParallelism } from 'node:os';

import type { Facts, TableColumns } from '@arqonbus/policy-inputs';

import type { DocumentVerdict, Engine, Judgement } from './engine/engine.js';
import type { KeptVerdicts } from './kept-verdicts.js';
import { makeCanaries } from './rules/cases.js';
import type { RuleEntry } from './rules/rule-entry.js';
import { sortFindings, toFinding, type Finding } from './finding.js';

/** Why no verdict can be given. Never to be taken for a pass. */
export class CannotJudgeError extends Error {
  override readonly name = 'CannotJudgeError';
}

/** What is judged, and by what. */
export interface EvaluateOptions {
  readonly engine: Engine;
  /** Known violations are judged while these are still being read. */
  readonly facts: Facts | Promise<Facts>;
  readonly tables: TableColumns;
  readonly rules: readonly RuleEntry[];
  /** Absolute path of the folder `policies`. */
  readonly policies: string;
  /** Verdicts on unchanged facts; default all are judged. */
  readonly kept?: KeptVerdicts;
}

const FACTS = 'facts';
/** Name of the document that holds the canaries of most rules. */
const JOINED = 'canaries';
const LARGE_TABLE_ROW_COUNT = 250;

function checkRulesRun(name: string, expected: readonly string[], verdict: DocumentVerdict | undefined): DocumentVerdict {
  if (verdict === undefined) throw new CannotJudgeError(`No rule judged the document ${name}`);
  const run = new Set(verdict.rulesRun);
  const missing = expected.filter((id) => !run.has(id));
  if (missing.length > 0) throw new CannotJudgeError(`${String(missing.length)} of ${String(expected.length)} rules did not run over ${name}: ${missing.join(', ')}`);
  return verdict;
}

/** The part of the facts that some rules read, which is all that they are given: engines pay for the size of a document once per rule. */
export function narrow(facts: Facts, tables: ReadonlySet<string>): Facts {
  const there = [...tables].filter((table) => table in facts);
  const counts = Object.fromEntries(there.map((table) => [table, facts.meta.counts[table] ?? -1]));
  return { meta: { ...facts.meta, counts }, ...Object.fromEntries(there.map((table) => [table, facts[table]])) };
}

async function judge(engine: Engine, documents: Readonly<Record<string, Facts>>, rules: readonly RuleEntry[]): Promise<Map<string, DocumentVerdict>> {
  const ids = rules.map(({ id }) => id);
  const wanted = new Set(rules.flatMap((rule) => rule.tables));
  const verdicts = await engine.judge(Object.fromEntries(Object.entries(documents).map(([name, document]) => [name, narrow(document, wanted)])), ids);
  return new Map(Object.keys(documents).map((name) => [name, checkRulesRun(name, ids, verdicts[name])]));
}

/** Shows each rule a known violation of it. @throws CannotJudgeError when one is let pass */
async function checkCanaries({ engine, tables, rules, policies }: EvaluateOptions): Promise<void> {
  const { documents, documentOf } = makeCanaries(policies, rules.map(({ id }) => id), tables);
  const { [JOINED]: joined, ...lone } = documents;
  const isLone = ({ id }: RuleEntry): boolean => documentOf.get(id) !== JOINED;
  const [together, alone] = [rules.filter((rule) => !isLone(rule)), rules.filter(isLone)];
  const verdicts = new Map([
    ...(together.length === 0 || joined === undefined ? [] : await judge(engine, { [JOINED]: joined }, together)),
    ...(alone.length === 0 ? [] : await judge(engine, lone, alone)),
  ]);
  const passed = rules.filter(({ id }) => verdicts.get(documentOf.get(id) ?? '')?.judgements.some(({ rule }) => rule === id) !== true);
  if (passed.length > 0) throw new CannotJudgeError(`A known violation was let pass by ${passed.map(({ id }) => id).join(', ')}`);
}

/** Rules of one category that read the same large tables are judged together, so that the others' documents stay small. */
function groupRules(rules: readonly RuleEntry[], facts: Facts): RuleEntry[][] {
  const groups = new Map<string, RuleEntry[]>();
  for (const rule of rules) {
    const large = rule.tables.filter((table) => (facts.meta.counts[table] ?? 0) > LARGE_TABLE_ROW_COUNT);
    const key = [rule.category, ...large].join(' ');
    groups.set(key, [...(groups.get(key) ?? []), rule]);
  }
  // The longest first, so that none is left over at the end.
  return [...groups.entries()].sort(([a, own], [b, other]) => b.split(' ').length * other.length - a.split(' ').length * own.length).map(([, own]) => own);
}

async function judgeFacts({ engine, kept }: EvaluateOptions, facts: Facts, rules: readonly RuleEntry[]): Promise<readonly Judgement[]> {
  const ids = rules.map(({ id }) => id);
  const document = narrow(facts, new Set(rules.flatMap((rule) => rule.tables)));
  const ask = async (): Promise<DocumentVerdict> => checkRulesRun(FACTS, ids, (await engine.judge({ [FACTS]: document }, ids))[FACTS]);
  return checkRulesRun(FACTS, ids, await (kept === undefined ? ask() : kept.get(ids, document, ask))).judgements;
}

/** Runs tasks, as many at once as there are cores. */
async function runAll<T>(tasks: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  const waiting = [...tasks.entries()];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) results[next[0]] = await next[1]();
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), tasks.length) }, worker));
  return results;
}

/**
 * Judges the facts by all rules, and in the same run a known violation of each.
 *
 * @returns findings, worst first, before exemptions
 * @throws CannotJudgeError when a rule did not run or let its canary pass
 * @throws Error when the engine fails
 */
export async function evaluate(options: EvaluateOptions): Promise<Finding[]> {
  const { rules } = options;
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const canaries = Promise.allSettled([checkCanaries(options)]);
  const facts = await options.facts;
  const judged = await runAll(groupRules(rules, facts).map((own) => () => judgeFacts(options, facts, own)));
  const [shown] = await canaries;
  if (shown.status === 'rejected') throw shown.reason;
  const findings = judged.flat().map((judgement) => {
    const rule = byId.get(judgement.rule);
    if (rule === undefined) throw new CannotJudgeError(`${judgement.rule} is not in the registry`);
    return toFinding(judgement, rule);
  });
  return sortFindings(findings);
}
