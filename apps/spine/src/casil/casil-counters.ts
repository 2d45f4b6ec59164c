import type { Inspection } from '@arqonbus/casil';

/** Counts of one label's values; values are words of the code, never of a message. */
export type Tally = Map<string, number>;

/** Plain integers that the metrics read at scrape time (N2, N3, E22). Start at 0 with the process. */
export class CasilCounters {
  inspected = 0;
  oversize = 0;
  probableSecrets = 0;
  internalErrors = 0;
  /** What monitor mode let pass that enforce would not have. */
  monitored = 0;
  readonly byKind: Tally = new Map();
  readonly byRisk: Tally = new Map();
  readonly byDecision: Tally = new Map();
  readonly byReason: Tally = new Map();

  /** A message with nothing to say. */
  countClean(): void {
    this.inspected += 1;
  }

  count({ kind, riskLevel, decision, intended, reasonCode, flags, findings, hasFailed }: Inspection): void {
    this.inspected += 1;
    add(this.byKind, kind);
    add(this.byRisk, riskLevel);
    add(this.byDecision, decision);
    if (reasonCode !== '') add(this.byReason, reasonCode);
    if (flags.includes('oversize')) this.oversize += 1;
    if (findings.some(({ category }) => category === 'secret' || category === 'key_material')) this.probableSecrets += 1;
    if (hasFailed) this.internalErrors += 1;
    if (decision !== intended) this.monitored += 1;
  }

  /** Messages of which nothing was found: they are in no other count. */
  get cleanCount(): number {
    let others = 0;
    for (const count of this.byKind.values()) others += count;
    return this.inspected - others;
  }
}

function add(tally: Tally, value: string): void {
  tally.set(value, (tally.get(value) ?? 0) + 1);
}
