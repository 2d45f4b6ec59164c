import type { Facts } from '@arqonbus/policy-inputs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { makePacks, tables, type Packs } from '../test/packs.fixture.js';
import type { DocumentVerdict, Engine, Judgement } from './engine/engine.js';
import { CannotJudgeError, evaluate } from './evaluate.js';
import type { Finding } from './finding.js';
import { readRules } from './rules/read-rules.js';
import { toFacts } from './rules/cases.js';

const ids = ['testing.one', 'testing.two'];

/** Denies every row whose size is 2, by every rule that is asked for. */
function judgeDocument(facts: Facts, rules: readonly string[]): DocumentVerdict {
  const rows = facts.things as readonly { file: string; line: number; project: string; size: number }[];
  const judgements = rows.filter(({ size }) => size === 2).flatMap(({ file, line, project }) => rules.map((rule): Judgement => ({ rule, level: 'deny', message: 'size is 2', file, line, project, subject: 'size' })));
  return { rulesRun: rules, judgements };
}

/** An engine, and what becomes of its verdicts on the way. */
function engineThat(change: (name: string, verdict: DocumentVerdict) => DocumentVerdict | undefined = (_, verdict) => verdict): Engine {
  return {
    title: 'Engine of a test',
    judge: (documents, rules = ids) => Promise.resolve(Object.fromEntries(Object.entries(documents).flatMap(([name, facts]) => {
      const verdict = change(name, judgeDocument(facts, rules));
      return verdict === undefined ? [] : [[name, verdict]];
    }))),
  };
}

let packs: Packs;
beforeEach(() => {
  packs = makePacks();
  for (const id of ids) packs.add(id);
});
afterEach(() => packs.remove());

function run(engine: Engine, sizes: readonly number[] = [1]): Promise<Finding[]> {
  const facts = toFacts(tables, { things: sizes.map((size, index) => ({ file: 'b.ts', line: index + 1, project: 'q', size })) });
  return evaluate({ engine, facts, tables, rules: readRules(packs.path), policies: packs.path });
}

describe('evaluate()', () => {
  it('finds nothing in good facts, though it found the canaries', async () => {
    expect(await run(engineThat())).toEqual([]);
  });

  it('gives what is denied, in order, with the words of the rules', async () => {
    const findings = await run(engineThat(), [1, 2, 2]);
    expect(findings.map(({ rule, line, fix }) => [rule, line, fix])).toEqual([
      ['testing.one', 2, 'Do it the other way.'], ['testing.one', 3, 'Do it the other way.'],
      ['testing.two', 2, 'Do it the other way.'], ['testing.two', 3, 'Do it the other way.'],
    ]);
  });

  it('gives warnings too', async () => {
    const findings = await run(engineThat((_, verdict) => ({ ...verdict, judgements: verdict.judgements.map((judgement) => ({ ...judgement, level: 'warn' })) })), [2]);
    expect(findings.map(({ level }) => level)).toEqual(['warn', 'warn']);
  });

  const without = (rule: string) => (verdict: DocumentVerdict): DocumentVerdict => ({ ...verdict, rulesRun: verdict.rulesRun.filter((id) => id !== rule) });

  it.each<[string, (name: string, verdict: DocumentVerdict) => DocumentVerdict | undefined, string]>([
    ['a rule did not run over the facts', (name, verdict) => (name === 'facts' ? without('testing.two')(verdict) : verdict), '1 of 2 rules did not run over facts: testing.two'],
    ['a rule did not run over the canaries', (name, verdict) => (name === 'canaries' ? without('testing.one')(verdict) : verdict), '1 of 2 rules did not run over canaries: testing.one'],
    ['no rule ran', (_, verdict) => ({ ...verdict, rulesRun: [] }), '2 of 2 rules did not run'],
    ['there is no verdict on the facts', (name, verdict) => (name === 'facts' ? undefined : verdict), 'No rule judged the document facts'],
    ['there is no verdict on the canaries', (name, verdict) => (name === 'canaries' ? undefined : verdict), 'No rule judged the document canaries'],
    ['a canary is let pass', (name, verdict) => (name === 'canaries' ? { ...verdict, judgements: verdict.judgements.filter(({ rule }) => rule !== 'testing.two') } : verdict), 'A known violation was let pass by testing.two'],
    ['a judgement names an unknown rule', (_, verdict) => ({ ...verdict, judgements: verdict.judgements.map((judgement) => ({ ...judgement, rule: `${judgement.rule}x` })).concat(verdict.judgements) }), 'testing.onex is not in the registry'],
  ])('cannot judge when %s', async (_, change, message) => {
    const failed = run(engineThat(change), [2]);
    await expect(failed).rejects.toThrow(message);
    await expect(failed).rejects.toBeInstanceOf(CannotJudgeError);
  });

  it('does not take the finding of one lone canary for that of another', async () => {
    packs.add('testing.two', {}, { pass: [{}], fail: [{ things: [{ file: 'a', line: 1, project: 'p', size: 5 }] }], alone: true });
    await expect(run(engineThat())).rejects.toThrow('A known violation was let pass by testing.two');
  });

  it('fails with the engine', async () => {
    await expect(run({ title: '', judge: () => Promise.reject(new Error('a rule crashed')) })).rejects.toThrow('a rule crashed');
  });
});
