import type { AppendOutcome, RunToAppend } from './live-history.js';

/** Runs whose sequence is still told to a publisher that sends them again. */
const rememberedRuns = 128;

/** Producers that one client may have on one topic; a new one beyond replaces the one idle for longest. */
const producersPerOwner = 64;

interface Producer {
  lastRun: number;
  /** Number of the run that `sequences[0]` belongs to. */
  firstRemembered: number;
  sequences: number[];
  counts: number[];
  seenUs: number;
  /** Acknowledgements not yet handed to the socket belong to this turn. */
  turn: number;
  unacknowledged: number;
}

/** What a topic remembers of its producers: the next run number of each, and where recent runs went. */
export class ProducerMemory {
  private readonly owners = new Map<string, Map<string, Producer>>();
  private cachedOwner = '';
  private cachedHi = 0;
  private cachedLo = 0;
  private cached: Producer | undefined;

  constructor(private readonly limits: { readonly maxUnacknowledged: number; readonly idleMs: number }) {}

  get size(): number {
    let size = 0;
    for (const producers of this.owners.values()) size += producers.size;
    return size;
  }

  /** Decides about a run before it is numbered; on `duplicate` sets the run's sequence and count. */
  check(run: RunToAppend, nowUs: number): AppendOutcome {
    const view = run.view;
    const producer = this.find(run);
    if (producer === undefined) return view.run === 1 ? 'accepted' : 'producer_unknown';
    producer.seenUs = nowUs;
    if (view.run === producer.lastRun + 1) {
      if (producer.turn === run.turn && producer.unacknowledged >= this.limits.maxUnacknowledged) return 'too_many_unacknowledged';
      return 'accepted';
    }
    if (view.run > producer.lastRun) return 'out_of_order';
    const at = view.run - producer.firstRemembered;
    run.sequence = producer.sequences[at] ?? 0;
    run.count = producer.counts[at] ?? view.envelopeCount;
    return 'duplicate';
  }

  /** The run was numbered. */
  record(run: RunToAppend, nowUs: number): void {
    const producer = this.find(run) ?? this.create(run);
    if (producer.sequences.length === rememberedRuns) {
      producer.sequences.splice(0, rememberedRuns / 2);
      producer.counts.splice(0, rememberedRuns / 2);
      producer.firstRemembered += rememberedRuns / 2;
    }
    producer.lastRun = run.view.run;
    producer.sequences.push(run.sequence);
    producer.counts.push(run.view.envelopeCount);
    producer.seenUs = nowUs;
    producer.unacknowledged = producer.turn === run.turn ? producer.unacknowledged + 1 : 1;
    producer.turn = run.turn;
  }

  /** Forgets producers that were idle for longer than the limit. */
  forgetIdle(nowUs: number): void {
    const before = nowUs - this.limits.idleMs * 1000;
    for (const [owner, producers] of this.owners) {
      for (const [key, producer] of producers) {
        if (producer.seenUs < before) producers.delete(key);
      }
      if (producers.size === 0) this.owners.delete(owner);
    }
    this.cached = undefined;
  }

  clear(): void {
    this.owners.clear();
    this.cached = undefined;
  }

  private find(run: RunToAppend): Producer | undefined {
    const { producerHi, producerLo } = run.view;
    if (this.cached !== undefined && producerLo === this.cachedLo && producerHi === this.cachedHi && run.producerOwner === this.cachedOwner) {
      return this.cached;
    }
    const producer = this.owners.get(run.producerOwner)?.get(keyOf(run));
    if (producer !== undefined) this.remember(run, producer);
    return producer;
  }

  private create(run: RunToAppend): Producer {
    const producer: Producer = { lastRun: 0, firstRemembered: run.view.run, sequences: [], counts: [], seenUs: 0, turn: 0, unacknowledged: 0 };
    const producers = this.owners.get(run.producerOwner) ?? new Map<string, Producer>();
    this.owners.set(run.producerOwner, producers);
    if (producers.size >= producersPerOwner) producers.delete(idlestOf(producers));
    producers.set(keyOf(run), producer);
    this.remember(run, producer);
    return producer;
  }

  private remember(run: RunToAppend, producer: Producer): void {
    this.cachedOwner = run.producerOwner;
    this.cachedHi = run.view.producerHi;
    this.cachedLo = run.view.producerLo;
    this.cached = producer;
  }
}

function idlestOf(producers: ReadonlyMap<string, Producer>): string {
  let idlest = '';
  let seenUs = Number.POSITIVE_INFINITY;
  for (const [key, producer] of producers) {
    if (producer.seenUs >= seenUs) continue;
    idlest = key;
    ({ seenUs } = producer);
  }
  return idlest;
}

function keyOf(run: RunToAppend): string {
  return `${String(run.view.producerHi)}.${String(run.view.producerLo)}`;
}
