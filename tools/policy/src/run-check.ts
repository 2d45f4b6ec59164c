import { join } from 'node:path';

import {
  collectFacts, coverageSources, declaredTables, keptSources, openWorkspace, readExemptions, syntaxSources, workspaceSources,
  type CollectOptions, type Facts, type Keeping, type SyntaxSource, type Workspace, type WorkspaceSource,
} from '@arqonbus/policy-inputs';

import { applyExemptions } from './apply-exemptions.js';
import type { Engine } from './engine/engine.js';
import { CannotJudgeError, evaluate } from './evaluate.js';
import { sortFindings, type Report } from './finding.js';
import { openKeptVerdicts } from './kept-verdicts.js';
import { readRegisteredRules, registryFile } from './rules/read-rules.js';
import type { RuleEntry } from './rules/rule-entry.js';

/** Category whose rules judge what test runs left behind; not part of the ordinary check, for it needs tests to have run. */
export const coverageCategory = 'coverage';

export interface CheckOptions {
  /** Absolute path of the repository. */
  readonly root: string;
  readonly kind: 'repository' | 'coverage';
  readonly base?: string;
  readonly labels?: readonly string[];
  /** What earlier runs found, where nothing that it follows from has changed; default all is found anew. */
  readonly keeping?: Keeping;
  /** Makes the engine for the rules that are to run. */
  readonly createEngine: (rules: readonly RuleEntry[]) => Promise<Engine>;
}

export interface CheckResult {
  readonly report: Report;
  /** The rules that ran. */
  readonly rules: readonly RuleEntry[];
}

function sourcesFor(kind: CheckOptions['kind']): { syntaxSources: readonly SyntaxSource[]; workspaceSources: readonly WorkspaceSource[] } {
  return kind === 'coverage' ? { syntaxSources: [], workspaceSources: coverageSources } : { syntaxSources, workspaceSources };
}

/** What tests left is read anew each time. */
function keptOf({ kind, keeping }: CheckOptions): Pick<CollectOptions, 'kept'> {
  return kind === 'coverage' || keeping === undefined ? {} : { kept: { sources: keptSources, keeping } };
}

function countFacts(facts: Facts): number {
  return Object.values(facts.meta.counts).reduce((sum, count) => sum + count, 0);
}

/** Begins in a later turn, so that what else is to run has been started by then: reading holds the thread for a second. */
function startReading(read: () => Promise<Facts>): Promise<Facts> {
  return new Promise((resolve, reject) => {
    setImmediate(() => { read().then(resolve, reject); });
  });
}

/** The rules of a kind of check. @throws Error when the packs and the registry differ */
export function rulesFor(root: string, kind: CheckOptions['kind']): RuleEntry[] {
  return ofKind(readRegisteredRules(join(root, 'policies')), kind);
}

function ofKind(rules: readonly RuleEntry[], kind: CheckOptions['kind']): RuleEntry[] {
  return rules.filter(({ category }) => (category === coverageCategory) === (kind === 'coverage'));
}

function describeBase(workspace: Workspace): string {
  return workspace.base.kind === 'commit' ? workspace.base.commit : 'committed';
}

/** Label of a change that takes rules away on purpose. */
export const removalLabel = 'rules-removed';

/** @throws CannotJudgeError when a rule is gone that the commit compared with still lists */
function checkNoneIsGone(workspace: Workspace, rules: readonly RuleEntry[]): void {
  const commit = workspace.changeCommit();
  if (commit === undefined || workspace.labels.includes(removalLabel)) return;
  const content = workspace.readAt(commit, `policies/${registryFile}`);
  if (content === undefined) return;
  const { rules: before } = JSON.parse(content.toString('utf8')) as { rules: readonly { id: string }[] };
  const now = new Set(rules.map(({ id }) => id));
  const gone = before.map(({ id }) => id).filter((id) => !now.has(id));
  if (gone.length > 0) throw new CannotJudgeError(`Rules are gone that ${commit.slice(0, 12)} lists: ${gone.join(', ')}. Taking a rule away needs the label ${removalLabel} (--labels)`);
}

/**
 * Reads the facts of the repository and judges them.
 *
 * @throws CannotJudgeError, or the error of what could not be read or run: then nothing is known, which is no pass
 */
export async function runCheck(options: CheckOptions): Promise<CheckResult> {
  const startMs = performance.now();
  const { root, kind, keeping } = options;
  const policies = join(root, 'policies');
  const registered = readRegisteredRules(policies, keeping);
  const rules = ofKind(registered, kind);
  if (rules.length === 0) throw new CannotJudgeError(`There is no rule for the ${kind}`);
  const workspace = openWorkspace({ root, ...(options.base === undefined ? {} : { base: options.base }), ...(options.labels === undefined ? {} : { labels: options.labels }) });
  checkNoneIsGone(workspace, registered);
  const sources = sourcesFor(kind);
  const engine = await options.createEngine(rules);
  const tables = declaredTables([...sources.syntaxSources, ...sources.workspaceSources]);
  const facts = startReading(() => collectFacts(workspace, { ...sources, ...keptOf(options) }));
  const kept = openKeptVerdicts({ policies, engine: engine.title, path: join(root, `.cache/policy/verdicts-${kind}.json`) });
  const judged = await evaluate({ engine, facts, tables, rules, policies, kept });
  kept.save();
  const { findings, unused } = applyExemptions(judged, readExemptions(workspace), workspace.now);
  const ran = new Set(rules.map(({ id }) => id));
  const report: Report = {
    schema: 1,
    engine: engine.title,
    now: workspace.now,
    base: describeBase(workspace),
    rules: [...ran],
    factCount: countFacts(await facts),
    projects: workspace.projects.map(({ name }) => name),
    findings: sortFindings(findings),
    unusedExemptions: unused.filter((text) => ran.has(text.split(' ')[0] ?? '')),
    durationMs: Math.round(performance.now() - startMs),
  };
  return { report, rules };
}
