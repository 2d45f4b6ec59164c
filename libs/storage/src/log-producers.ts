import type { LogAppendResult, RunProducer } from './topic-log.js';

/** Runs whose sequence is still told to a publisher that sends them again: at least half of these. */
const rememberedRuns = 256;

/** Producers that one client may have on one topic; a new one beyond replaces the one idle for longest. */
const producersPerOwner = 64;

interface Producer {
  lastRun: number;
  readonly recent: { readonly sequence: number; readonly count: number }[];
  seenUs: number;
}

/** What a log of one process remembers of its producers: the last run of each, and where recent ones went. */
export class LogProducers {
  private readonly owners = new Map<string, Map<string, Producer>>();

  constructor(private readonly idleMs: number) {}

  /** Decides about a run before it is numbered; undefined when it is to be taken. */
  check(producer: RunProducer, count: number, nowUs: number): LogAppendResult | undefined {
    const known = this.owners.get(producer.owner)?.get(keyOf(producer));
    if (known === undefined) return producer.run === 1 ? undefined : { outcome: 'producer_unknown' };
    known.seenUs = Math.max(known.seenUs, nowUs);
    if (producer.run === known.lastRun + 1) return undefined;
    if (producer.run > known.lastRun) return { outcome: 'out_of_order' };
    const taken = known.recent[producer.run - 1 - (known.lastRun - known.recent.length)];
    return { outcome: 'duplicate', sequence: taken?.sequence ?? 0, count: taken?.count ?? count };
  }

  /** The run was numbered. */
  record(producer: RunProducer, sequence: number, count: number, nowUs: number): void {
    const known = this.owners.get(producer.owner)?.get(keyOf(producer)) ?? this.create(producer);
    known.lastRun = producer.run;
    known.recent.push({ sequence, count });
    if (known.recent.length > rememberedRuns) known.recent.splice(0, rememberedRuns / 2);
    known.seenUs = Math.max(known.seenUs, nowUs);
  }

  forgetIdle(nowUs: number): void {
    const before = nowUs - this.idleMs * 1_000;
    for (const [owner, producers] of this.owners) {
      for (const [key, { seenUs }] of producers) if (seenUs < before) producers.delete(key);
      if (producers.size === 0) this.owners.delete(owner);
    }
  }

  clear(): void {
    this.owners.clear();
  }

  private create(producer: RunProducer): Producer {
    const created: Producer = { lastRun: 0, recent: [], seenUs: 0 };
    const producers = this.owners.get(producer.owner) ?? new Map<string, Producer>();
    this.owners.set(producer.owner, producers);
    if (producers.size >= producersPerOwner) {
      const [idlest] = [...producers].sort(([, a], [, b]) => a.seenUs - b.seenUs);
      producers.delete(idlest[0]);
    }
    producers.set(keyOf(producer), created);
    return created;
  }
}

function keyOf({ hi, lo }: RunProducer): string {
  return `${hi}.${lo}`;
}
