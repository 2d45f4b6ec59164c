import type { ByteRange } from '@arqonbus/testkit';
import type { Case } from './corpus/case.js';

/** What a scanner said of one case. */
export interface Verdict {
  readonly item: Case;
  /** Where it found something, in UTF-8 bytes of the text, and what. */
  readonly findings: readonly (ByteRange & { readonly detector: string })[];
  /** Whether some of the secret still stood in the text after redaction; absent where the scanner does not redact. */
  readonly hasLeaked?: boolean;
  readonly elapsedMs?: number;
}

/** Share of the cases that were judged right, by the group they belong to. */
export interface GroupScore {
  readonly group: string;
  readonly caseCount: number;
  readonly flaggedCount: number;
}

export interface Judgement {
  /** Cases with a secret whose secret was found, of all with one. */
  readonly recall: number;
  readonly recallByFamily: readonly GroupScore[];
  readonly recallByKind: readonly GroupScore[];
  readonly recallByContext: readonly GroupScore[];
  /** Clean cases in which something was found, of all clean ones. */
  readonly falsePositiveRate: number;
  readonly falsePositivesByKind: readonly GroupScore[];
  readonly leaks: readonly Verdict[];
  readonly misses: readonly Verdict[];
  readonly falseAlarms: readonly Verdict[];
  readonly slowest: Verdict | undefined;
}

/** A secret counts as found when a finding overlaps it; a finding elsewhere in the text is none. */
export function isFound({ item, findings }: Verdict): boolean {
  return item.secretRanges.every((range) => findings.some((finding) => finding.start < range.end && range.start < finding.end));
}

export function judge(verdicts: readonly Verdict[]): Judgement {
  const secrets = verdicts.filter(({ item }) => item.label === 'secret');
  const clean = verdicts.filter(({ item }) => item.label === 'clean');
  const misses = secrets.filter((verdict) => !isFound(verdict));
  const falseAlarms = clean.filter(({ findings }) => findings.length > 0);
  return {
    recall: share(secrets.length - misses.length, secrets.length),
    recallByFamily: scores(secrets, (item) => item.family, isFound),
    recallByKind: scores(secrets, (item) => item.kind, isFound),
    recallByContext: scores(secrets, (item) => item.context, isFound),
    falsePositiveRate: share(falseAlarms.length, clean.length),
    falsePositivesByKind: scores(clean, (item) => item.kind, ({ findings }) => findings.length > 0),
    leaks: secrets.filter(({ hasLeaked }) => hasLeaked === true),
    misses, falseAlarms,
    slowest: verdicts.toSorted((left, right) => (right.elapsedMs ?? 0) - (left.elapsedMs ?? 0))[0],
  };
}

export function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function scores(verdicts: readonly Verdict[], groupOf: (item: Case) => string, isFlagged: (verdict: Verdict) => boolean): GroupScore[] {
  const groups = new Map<string, { caseCount: number; flaggedCount: number }>();
  for (const verdict of verdicts) {
    const group = groupOf(verdict.item);
    const score = groups.get(group) ?? { caseCount: 0, flaggedCount: 0 };
    score.caseCount += 1;
    if (isFlagged(verdict)) score.flaggedCount += 1;
    groups.set(group, score);
  }
  return [...groups].map(([group, score]) => ({ group, ...score }));
}

/** Recall over the families that tell by their form what they are: the stricter bar holds for them. */
export function recallOfMarked({ recallByFamily }: Judgement): number {
  const marked = recallByFamily.filter(({ group }) => group === 'prefixed' || group === 'key-material');
  return share(marked.reduce((sum, score) => sum + score.flaggedCount, 0), marked.reduce((sum, score) => sum + score.caseCount, 0));
}
