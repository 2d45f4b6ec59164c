import type { GroupLog, GroupRun, OpenGroupOptions } from '@arqonbus/storage';
import type { Announcements } from './announcements.js';
import { scripts } from './redis-script.js';
import { decodeEntry, type RedisTopicLog } from './redis-topic-log.js';

/** How often leases that ran out are looked for while a taker waits. */
const lookMs = 200;
/** Idle time given to a released run, milliseconds: beyond every lease. */
const releasedIdleMs = 2_592_000_000;

/** A consumer group of the topic's stream; the consumer is this Spine. */
export class RedisGroup implements GroupLog {
  private readonly stopListening: () => void;
  private signalsCount = 0;
  private wake: () => void = () => undefined;
  private isClosed = false;

  constructor(
    private readonly log: RedisTopicLog,
    private readonly group: string,
    private readonly options: OpenGroupOptions,
    announcements: Announcements,
  ) {
    const signal = (): void => {
      this.signalsCount += 1;
      this.wake();
    };
    this.stopListening = announcements.listen(log.state.keys.announcements, { heard: signal, listening: signal });
  }

  async open(): Promise<this> {
    await this.log.run(scripts.openGroup, this.names);
    return this;
  }

  async take(maxRuns: number, waitMs: number): Promise<readonly GroupRun[]> {
    const endMs = performance.now() + waitMs;
    for (;;) {
      const { signalsCount } = this;
      const runs = maxRuns > 0 ? await this.takeNow(maxRuns) : [];
      const leftMs = endMs - performance.now();
      if (runs.length > 0 || leftMs <= 0 || this.isClosed) return runs;
      if (signalsCount === this.signalsCount) await this.nextSignal(Math.min(lookMs, leftMs));
    }
  }

  async acknowledge({ epoch, run }: GroupRun): Promise<void> {
    await this.log.run(scripts.acknowledge, [...this.names, epoch, run.sequence]);
  }

  async extend(runs: readonly GroupRun[]): Promise<void> {
    for (const epoch of new Set(runs.map((run) => run.epoch))) {
      const sequences = runs.filter((run) => run.epoch === epoch).map(({ run }) => run.sequence);
      await this.log.run(scripts.lease, [...this.names, epoch, 0, ...sequences]);
    }
  }

  async release({ epoch, run }: GroupRun): Promise<void> {
    await this.log.run(scripts.lease, [...this.names, epoch, releasedIdleMs, run.sequence]);
  }

  close(): Promise<void> {
    this.isClosed = true;
    this.stopListening();
    this.wake();
    return Promise.resolve();
  }

  private get names(): readonly [string, string] {
    return [this.group, this.options.consumer];
  }

  private async takeNow(maxRuns: number): Promise<readonly GroupRun[]> {
    const { epoch, rest } = await this.log.run(scripts.take, [...this.names, this.options.leaseMs, maxRuns]);
    const [out] = rest as [Buffer[]];
    const runs: GroupRun[] = [];
    for (let at = 0; at < out.length; at += 4) {
      runs.push({ run: decodeEntry(out[at], out[at + 1], out[at + 2]), epoch, deliveriesBefore: Number(out[at + 3].toString('latin1')) });
    }
    return runs;
  }

  private async nextSignal(longestMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, longestMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = () => undefined;
  }
}
