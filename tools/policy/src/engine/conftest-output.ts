import type { DocumentVerdict, Judgement, Level } from './engine.js';
import { readJudgement, sortJudgements } from './read-judgement.js';

const PACKAGE_PREFIX = 'arqonbus.';

interface ConftestResult {
  readonly msg?: unknown;
  readonly loc?: { readonly file?: unknown; readonly line?: unknown };
  readonly metadata?: { readonly project?: unknown; readonly subject?: unknown };
}

/** What Conftest says of one namespace over one file. */
interface ConftestCheck {
  readonly filename: string;
  readonly namespace: string;
  readonly successes: number;
  readonly warnings?: readonly ConftestResult[];
  readonly failures?: readonly ConftestResult[];
  readonly exceptions?: readonly ConftestResult[];
  readonly skipped?: readonly ConftestResult[];
}

/** Namespace of a rule in Conftest. */
export function namespaceOf(rule: string): string {
  return `${PACKAGE_PREFIX}${rule}`;
}

function isCheck(value: unknown): value is ConftestCheck {
  if (typeof value !== 'object' || value === null) return false;
  const { filename, namespace, successes, warnings = [], failures = [], exceptions = [], skipped = [] } = value as Record<string, unknown>;
  const lists = [warnings, failures, exceptions, skipped];
  return typeof filename === 'string' && typeof namespace === 'string' && typeof successes === 'number' && lists.every(Array.isArray);
}

function parseChecks(text: string): ConftestCheck[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Error('Conftest did not print JSON');
  }
  if (!Array.isArray(parsed) || !parsed.every(isCheck)) throw new Error('Conftest printed JSON of an unknown shape');
  return parsed;
}

function readResults(rule: string, level: Level, results: readonly ConftestResult[] | undefined): Judgement[] {
  return (results ?? []).map(({ msg, loc, metadata }) =>
    readJudgement(rule, level, { message: msg, file: loc?.file, line: loc?.line, project: metadata?.project, subject: metadata?.subject }));
}

/** Conftest counts at least one result for each namespace that holds a rule, and none for one that is not there. */
function hasRun(check: ConftestCheck): boolean {
  return check.successes + (check.failures?.length ?? 0) + (check.warnings?.length ?? 0) > 0;
}

/**
 * Reads what Conftest printed with `--output json`.
 *
 * @param names names of the documents by the file they were written to
 * @param rules ids of the rules asked for
 * @returns verdicts by name, and whether any rule denied, which the exit code must agree with
 * @throws Error when a rule did not run over a document, something ran that was not asked for, or anything was let through by an exception
 */
export function readConftestOutput(text: string, names: ReadonlyMap<string, string>, rules: readonly string[]): { verdicts: Record<string, DocumentVerdict>; denied: boolean } {
  const ruleOf = new Map(rules.map((rule) => [namespaceOf(rule), rule]));
  const run = new Map([...names.values()].map((name) => [name, { rulesRun: new Set<string>(), judgements: [] as Judgement[] }]));
  for (const check of parseChecks(text)) {
    const verdict = run.get(names.get(check.filename) ?? '');
    const rule = ruleOf.get(check.namespace);
    if (verdict === undefined || rule === undefined) throw new Error(`Conftest judged what it was not asked to: ${check.namespace} over ${check.filename}`);
    if (verdict.rulesRun.has(rule)) throw new Error(`Conftest ran ${rule} twice over one document`);
    if ((check.exceptions?.length ?? 0) + (check.skipped?.length ?? 0) > 0) throw new Error(`Rule ${rule} lets findings through by Conftest's own exceptions`);
    if (!hasRun(check)) continue;
    verdict.rulesRun.add(rule);
    verdict.judgements.push(...readResults(rule, 'deny', check.failures), ...readResults(rule, 'warn', check.warnings));
  }
  for (const [name, { rulesRun }] of run) {
    const missing = rules.filter((rule) => !rulesRun.has(rule));
    if (missing.length > 0) throw new Error(`Conftest did not run over ${name}: ${missing.join(', ')}`);
  }
  const verdicts = Object.fromEntries([...run].map(([name, { rulesRun, judgements }]) => [name, { rulesRun: [...rulesRun].sort(), judgements: sortJudgements(judgements) }]));
  return { verdicts, denied: Object.values(verdicts).some(({ judgements }) => judgements.some(({ level }) => level === 'deny')) };
}
