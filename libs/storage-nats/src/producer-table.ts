import type { RunProducer } from '@arqonbus/storage';

/** Runs of a producer whose sequence is still told when they are sent again. */
const rememberedRunsCount = 128;
/** Producers that one client may have on one topic; a new one beyond replaces the one idle for longest. */
const producersPerOwner = 64;
/** Producers of one topic. */
const maxProducersCount = 16_384;

interface TakenRun {
  readonly sequence: number;
  readonly count: number;
}

interface Producer {
  readonly id: RunProducer;
  lastRun: number;
  seenUs: number;
  readonly taken: Map<number, TakenRun>;
}

/** What a record keeps of a producer whose last run was dropped from the log: owner, hi, lo, run, sequence, count, microseconds. */
export type ProducerRow = readonly [string, number, number, number, number, number, number];

export type ProducerVerdict = { readonly verdict: 'next' | 'out_of_order' | 'producer_unknown' } | ({ readonly verdict: 'duplicate' } & TakenRun);

/** What a topic remembers of its producers, rebuilt from the headers of its log. */
export class ProducerTable {
  private readonly producers = new Map<string, Producer>();
  private readonly ownerCounts = new Map<string, number>();

  /** Decides about a run before it is sent. */
  check(id: RunProducer, count: number, nowUs: number, idleMs: number): ProducerVerdict {
    const producer = this.producers.get(keyOf(id));
    if (producer === undefined || producer.seenUs < nowUs - idleMs * 1_000) return { verdict: id.run === 1 ? 'next' : 'producer_unknown' };
    producer.seenUs = Math.max(producer.seenUs, nowUs);
    return verdictOf(producer, id.run, count);
  }

  /** The log holds this run. */
  record(id: RunProducer, taken: TakenRun, timeUs: number): void {
    const key = keyOf(id);
    let producer = this.producers.get(key);
    // A producer that was forgotten may count from 1 again; a tombstone comes behind younger runs of its producer.
    if (producer !== undefined && id.run === 1 && taken.sequence > (producer.taken.get(producer.lastRun)?.sequence ?? 0)) {
      this.forget(key, producer);
      producer = undefined;
    }
    producer ??= this.create(key, id);
    producer.lastRun = Math.max(producer.lastRun, id.run);
    producer.seenUs = Math.max(producer.seenUs, timeUs);
    producer.taken.set(id.run, taken);
    if (producer.taken.size > rememberedRunsCount) producer.taken.delete(producer.lastRun - rememberedRunsCount);
  }

  forgetIdle(nowUs: number, idleMs: number): void {
    for (const [key, producer] of this.producers) if (producer.seenUs < nowUs - idleMs * 1_000) this.forget(key, producer);
  }

  clear(): void {
    this.producers.clear();
    this.ownerCounts.clear();
  }

  /** Producers whose last run is at or below `sequence`, the newest `maxCount`. */
  rowsBelow(sequence: number, maxCount: number): ProducerRow[] {
    const rows: ProducerRow[] = [];
    for (const { id, lastRun, seenUs, taken } of this.producers.values()) {
      const last = taken.get(lastRun);
      if (last !== undefined && last.sequence <= sequence) rows.push([id.owner, id.hi, id.lo, lastRun, last.sequence, last.count, seenUs]);
    }
    return rows.sort((a, b) => b[6] - a[6]).slice(0, maxCount);
  }

  restore(rows: readonly ProducerRow[]): void {
    for (const [owner, hi, lo, run, sequence, count, seenUs] of rows) this.record({ owner, hi, lo, run }, { sequence, count }, seenUs);
  }

  private create(key: string, id: RunProducer): Producer {
    const count = this.ownerCounts.get(id.owner) ?? 0;
    if (count >= producersPerOwner) this.forgetIdlest((other) => other.id.owner === id.owner);
    if (this.producers.size >= maxProducersCount) this.forgetIdlest(() => true);
    const producer = { id, lastRun: 0, seenUs: 0, taken: new Map<number, TakenRun>() };
    this.producers.set(key, producer);
    this.ownerCounts.set(id.owner, (this.ownerCounts.get(id.owner) ?? 0) + 1);
    return producer;
  }

  private forgetIdlest(isCandidate: (producer: Producer) => boolean): void {
    let idlest: [string, Producer] | undefined;
    for (const entry of this.producers) if (isCandidate(entry[1]) && (idlest === undefined || entry[1].seenUs < idlest[1].seenUs)) idlest = entry;
    if (idlest !== undefined) this.forget(...idlest);
  }

  private forget(key: string, producer: Producer): void {
    this.producers.delete(key);
    const count = (this.ownerCounts.get(producer.id.owner) ?? 1) - 1;
    if (count === 0) this.ownerCounts.delete(producer.id.owner);
    else this.ownerCounts.set(producer.id.owner, count);
  }
}

function verdictOf(producer: Producer, run: number, count: number): ProducerVerdict {
  if (run === producer.lastRun + 1) return { verdict: 'next' };
  if (run > producer.lastRun) return { verdict: 'out_of_order' };
  return { verdict: 'duplicate', ...(producer.taken.get(run) ?? { sequence: 0, count }) };
}

/** One text per producer; owners cannot hold spaces. */
export function keyOf(id: RunProducer): string {
  return `${id.owner} ${id.hi} ${id.lo}`;
}
