import { recallOfMarked, share, type GroupScore, type Judgement, type Verdict } from './judgement.js';

/** The judgement as text; secrets in it are replaced by their kind and length. */
export function formatJudgement(name: string, judgement: Judgement, listedCount = 60): string {
  const { recall, recallByFamily, recallByKind, recallByContext, falsePositiveRate, falsePositivesByKind, misses, falseAlarms, leaks, slowest } = judgement;
  return [
    `${name}: recall ${percent(recall)} (${String(misses.length)} missed), of marked tokens and keys ${percent(recallOfMarked(judgement))}, false positives ${percent(falsePositiveRate)} (${String(falseAlarms.length)}), leaks ${String(leaks.length)}, slowest ${(slowest?.elapsedMs ?? 0).toFixed(2)} ms (${slowest?.item.id ?? ''})`,
    '', 'Recall by family:', ...recallByFamily.map(scoreLine),
    '', 'Kinds not fully found:', ...notFull(recallByKind).map(scoreLine),
    '', 'Contexts not fully found:', ...notFull(recallByContext).map(scoreLine),
    '', 'False positives by kind:', ...falsePositivesByKind.filter(({ flaggedCount }) => flaggedCount > 0).map(scoreLine),
    '', 'Missed:', ...sample(misses, listedCount).map((verdict) => `  ${verdict.item.id}  ${shown(verdict)}`),
    '', 'False alarms:', ...sample(falseAlarms, listedCount).map((verdict) => `  ${verdict.item.id} [${verdict.findings.map(({ detector }) => detector).join(', ')}]  ${shown(verdict)}`),
    '', 'Leaks after redaction:', ...sample(leaks, listedCount).map((verdict) => `  ${verdict.item.id} [${verdict.findings.map(({ detector }) => detector).join(', ')}]  ${shown(verdict)}`), '',
  ].join('\n');
}

function notFull(scores: readonly GroupScore[]): GroupScore[] {
  return scores.filter(({ caseCount, flaggedCount }) => flaggedCount < caseCount).sort((a, b) => share(a.flaggedCount, a.caseCount) - share(b.flaggedCount, b.caseCount));
}

function scoreLine({ group, caseCount, flaggedCount }: GroupScore): string {
  return `  ${group}: ${String(flaggedCount)} of ${String(caseCount)} (${percent(share(flaggedCount, caseCount))})`;
}

export function percent(part: number): string {
  return `${(part * 100).toFixed(2)} %`;
}

/** Spread over the list, so that one kind does not hide the others. */
function sample<Item>(items: readonly Item[], count: number): Item[] {
  const step = Math.max(1, items.length / count);
  return Array.from({ length: Math.min(count, items.length) }, (_, i) => items[Math.floor(i * step)]).filter((item) => item !== undefined);
}

const shownChars = 220;

function shown({ item }: Verdict): string {
  const bytes = new TextEncoder().encode(item.text);
  const decoder = new TextDecoder();
  let text = '';
  let from = 0;
  for (const { start, end } of item.secretRanges) {
    text += `${decoder.decode(bytes.subarray(from, start))}«${item.kind}:${String(end - start)}»`;
    from = end;
  }
  return JSON.stringify(text + decoder.decode(bytes.subarray(from))).slice(0, shownChars);
}
