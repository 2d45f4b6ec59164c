import type { GroupChange, GroupPlace, GroupPlaces, OpenDelivery } from './group-places.js';
import type { Backplane, CommittedRun, Following, GroupLog, GroupRun, TopicLog } from './topic-log.js';

export interface LocalGroupParts {
  /** Tells of new runs and epochs. */
  readonly backplane: Backplane;
  readonly places: GroupPlaces;
}

/** One read for runs that nobody had yet. */
const readBytes = 1_048_576;

/** A run in work, or waiting to be handed out again. */
interface Lease {
  deliveries: number;
  /** By the monotonic clock, in milliseconds; 0 for a run that nobody has. */
  endsMs: number;
}

interface PendingChange {
  readonly delivered: Map<number, OpenDelivery>;
  readonly done: Set<number>;
}

/** A group of one topic within one process: its place, its leases and those who wait for runs. */
export class LocalGroup {
  private readonly leases = new Map<number, Lease>();
  private readonly waiting = new Set<() => void>();
  private following: Following | undefined;
  /** Takes run one after the other, so that each run has one taker. */
  private taking: Promise<unknown> = Promise.resolve();
  private pending: PendingChange = { delivered: new Map(), done: new Set() };
  private lastSave: Promise<unknown> = Promise.resolve();
  private nextSave: Promise<void> | undefined;
  private isStopped = false;

  private constructor(
    private readonly log: TopicLog, private readonly name: string, private readonly parts: LocalGroupParts, private epoch: number, private position: number,
  ) {}

  static async load(log: TopicLog, name: string, parts: LocalGroupParts): Promise<LocalGroup> {
    const [head, place] = [await log.readHead(), await parts.places.load(log.key, name)];
    const group = new LocalGroup(log, name, parts, head.epoch, startOf(place, head));
    if (place?.epoch === head.epoch) for (const { sequence, deliveries } of place.open) group.leases.set(sequence, { deliveries, endsMs: 0 });
    if (place?.epoch !== head.epoch) await group.save();
    const wake = (): void => { group.wake(); };
    group.following = parts.backplane.follow(log, log.head.lastSequence, { committed: wake, restarted: wake, erased: () => undefined });
    return group;
  }

  member(leaseMs: number, leave: () => void): GroupLog {
    let isClosed = false;
    return {
      take: (maxRuns, waitMs) => this.take(maxRuns, waitMs, leaseMs, () => isClosed || this.isStopped),
      acknowledge: (run) => this.acknowledge(run),
      extend: (runs) => {
        for (const run of runs) this.setEnd(run, performance.now() + leaseMs);
        return Promise.resolve();
      },
      release: (run) => {
        this.setEnd(run, 0);
        this.wake();
        return Promise.resolve();
      },
      close: () => {
        if (!isClosed) leave();
        isClosed = true;
        this.wake();
        return Promise.resolve();
      },
    };
  }

  stop(): void {
    this.isStopped = true;
    this.following?.stop();
    this.wake();
  }

  private async take(maxRuns: number, waitMs: number, leaseMs: number, isOver: () => boolean): Promise<readonly GroupRun[]> {
    const endMs = performance.now() + waitMs;
    while (!isOver()) {
      const woken = this.nextWake();
      const taken = this.taking.then(() => isOver() ? [] : this.takeNow(maxRuns, leaseMs));
      this.taking = Promise.allSettled([taken]);
      let runs: readonly GroupRun[];
      try {
        runs = await taken;
      } finally {
        woken.forget();
      }
      const leftMs = endMs - performance.now();
      if (runs.length > 0 || leftMs <= 0) return runs;
      await woken.within(Math.min(leftMs, this.untilLeaseEndsMs()));
    }
    return [];
  }

  private async takeNow(maxRuns: number, leaseMs: number): Promise<readonly GroupRun[]> {
    if (this.log.head.epoch !== this.epoch) this.restart(this.log.head.epoch);
    const epoch = this.epoch;
    const runs = [...await this.readFree(maxRuns)];
    while (runs.length < maxRuns) {
      const fresh = await this.readFresh(maxRuns - runs.length);
      if (fresh.length === 0) break;
      runs.push(...fresh);
    }
    // A reset came meanwhile: what was read is of the old epoch.
    if (epoch !== this.epoch || this.log.head.epoch !== epoch) return [];
    const endsMs = performance.now() + leaseMs;
    const taken = runs.map((run): GroupRun => {
      const deliveriesBefore = this.leases.get(run.sequence)?.deliveries ?? 0;
      const deliveries = deliveriesBefore + 1;
      this.leases.set(run.sequence, { deliveries, endsMs });
      this.pending.delivered.set(run.sequence, { sequence: run.sequence, deliveries });
      return { run, epoch, deliveriesBefore };
    });
    if (taken.length > 0 || this.pending.done.size > 0) await this.save();
    return taken;
  }

  /** Runs that were released or whose lease is over, oldest first. */
  private async readFree(maxRuns: number): Promise<readonly CommittedRun[]> {
    const nowMs = performance.now();
    const free = [...this.leases].filter(([, lease]) => lease.endsMs <= nowMs).map(([sequence]) => sequence).sort((a, b) => a - b);
    const runs: CommittedRun[] = [];
    for (const sequence of free.slice(0, maxRuns)) {
      const page = await this.log.read({ fromSequence: sequence, toSequence: sequence, maxEvents: 1, maxBytes: 1 });
      if (page.epoch !== this.epoch) break;
      const run = page.runs.at(0);
      if (run?.sequence === sequence) runs.push(run);
      else this.finish(sequence);
    }
    return runs;
  }

  /** Runs that nobody had yet; the place moves behind them. */
  private async readFresh(maxRuns: number): Promise<readonly CommittedRun[]> {
    // A run has one event at least.
    const page = await this.log.read({ fromSequence: this.position + 1, maxEvents: maxRuns, maxBytes: readBytes });
    const last = page.runs.at(-1);
    if (page.epoch !== this.epoch || last === undefined) return [];
    this.position = last.sequence + last.count - 1;
    return page.runs;
  }

  private async acknowledge(run: GroupRun): Promise<void> {
    if (run.epoch !== this.epoch || !this.leases.has(run.run.sequence)) return;
    this.finish(run.run.sequence);
    await this.save();
  }

  private finish(sequence: number): void {
    this.leases.delete(sequence);
    this.pending.delivered.delete(sequence);
    this.pending.done.add(sequence);
  }

  /** Nothing happens when the run is done with, or was handed out again since. */
  private setEnd(run: GroupRun, endsMs: number): void {
    const lease = this.leases.get(run.run.sequence);
    if (run.epoch === this.epoch && lease?.deliveries === run.deliveriesBefore + 1) lease.endsMs = endsMs;
  }

  private restart(epoch: number): void {
    this.epoch = epoch;
    this.position = 0;
    this.leases.clear();
    this.pending = { delivered: new Map(), done: new Set() };
  }

  /** Keeps what changed so far; changes that come while one is being kept go together with the next. */
  private save(): Promise<void> {
    if (this.nextSave === undefined) {
      const next = this.lastSave.then(() => {
        this.nextSave = undefined;
        return this.flush();
      });
      this.nextSave = next;
      this.lastSave = Promise.allSettled([next]);
    }
    return this.nextSave;
  }

  private async flush(): Promise<void> {
    const { epoch, position, pending } = this;
    this.pending = { delivered: new Map(), done: new Set() };
    const change: GroupChange = { epoch, position, delivered: [...pending.delivered.values()], done: [...pending.done] };
    try {
      await this.parts.places.save(this.log.key, this.name, change);
    } catch (error) {
      // Goes with the next change, unless that says otherwise.
      if (epoch === this.epoch) {
        for (const delivery of change.delivered) {
          if (!this.pending.done.has(delivery.sequence) && !this.pending.delivered.has(delivery.sequence)) this.pending.delivered.set(delivery.sequence, delivery);
        }
        for (const sequence of change.done) this.pending.done.add(sequence);
      }
      throw error;
    }
  }

  private wake(): void {
    for (const resolve of this.waiting) resolve();
  }

  /** Hears of runs from now on, also before it is awaited. */
  private nextWake(): { within(waitMs: number): Promise<void>; forget(): void } {
    let resolve: () => void = () => undefined;
    let isWoken = false;
    const listener = (): void => {
      isWoken = true;
      resolve();
    };
    this.waiting.add(listener);
    const forget = (): void => { this.waiting.delete(listener); };
    return {
      forget,
      within: async (waitMs) => {
        this.waiting.add(listener);
        if (!isWoken) {
          await new Promise<void>((done) => {
            const timer = setTimeout(done, waitMs);
            resolve = () => {
              clearTimeout(timer);
              done();
            };
          });
        }
        forget();
      },
    };
  }

  private untilLeaseEndsMs(): number {
    let firstMs = Infinity;
    for (const { endsMs } of this.leases.values()) firstMs = Math.min(firstMs, endsMs);
    return Math.max(1, firstMs - performance.now());
  }
}

function startOf(place: GroupPlace | undefined, head: { readonly epoch: number; readonly lastSequence: number }): number {
  if (place === undefined) return head.lastSequence;
  // The log was begun anew since: all that it holds is new to the group.
  return place.epoch === head.epoch ? place.position : 0;
}
