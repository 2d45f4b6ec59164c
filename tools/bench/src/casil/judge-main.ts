import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { generateCorpus } from './corpus/generate-corpus.js';
import { formatJudgement } from './format-judgement.js';
import { inspectCases } from './judge.js';
import { inspectWithGitleaks } from './judge-gitleaks.js';
import { judge } from './judgement.js';

/** Judges the engine over the corpus: `--seed N`, `--peer` for gitleaks too, `--listed N` examples, `--jsonl FILE` writes the corpus for other tools. */
const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' }, jsonl: { type: 'string' }, peer: { type: 'boolean', default: false }, listed: { type: 'string', default: '60' } } });
const cases = generateCorpus(Number(values.seed));
if (values.jsonl !== undefined) await writeFile(values.jsonl, cases.map((item) => `${JSON.stringify(item)}\n`).join(''));
process.stdout.write(formatJudgement('CASIL', judge(inspectCases(cases)), Number(values.listed)));
if (values.peer) {
  const verdicts = await inspectWithGitleaks(cases, (line) => void process.stderr.write(`${line}\n`));
  if (verdicts !== undefined) process.stdout.write(`\n${formatJudgement('gitleaks', judge(verdicts), Number(values.listed))}`);
}
