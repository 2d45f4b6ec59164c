import type { RawWireClient } from '@arqonbus/testkit';
import { setTimeout as wait } from 'node:timers/promises';
import { eventsOf, join, publish } from './wire.js';
import type { RunningSpine } from './spine-process.js';

const lastWord = 'end';

/** Publishes on a schedule of its own, whatever the answers do, and times each message to its subscriber. */
export class PacedPair {
  readonly latenciesMs: number[] = [];
  private sentCount = 0;
  private receivedCount = 0;
  private stopped = false;
  private writing: Promise<void> = Promise.resolve();
  private reading: Promise<void> = Promise.resolve();

  private constructor(private readonly writer: RawWireClient, private readonly reader: RawWireClient, private readonly room: string) {}

  static async open(spine: RunningSpine, room: string): Promise<PacedPair> {
    const rights = { publish: [room], subscribe: [room] };
    const pair = new PacedPair(await spine.connect({ ...rights, sub: `${room}-w` }), await spine.connect({ ...rights, sub: `${room}-r` }), room);
    await join(pair.reader, room);
    return pair;
  }

  /** Begins with one message each `everyMs`. A message that is late by the schedule counts its lateness too. */
  start(everyMs = 10): void {
    this.writing = this.write(everyMs);
    this.reading = this.read();
  }

  /** Ends, waits for what is under way and gives the counts. */
  async stop(): Promise<{ readonly sent: number; readonly received: number; readonly p99Ms: number }> {
    this.stopped = true;
    await this.writing;
    await publish(this.writer, { room: this.room, payloads: [lastWord] });
    await this.reading;
    await Promise.all([this.writer.close(), this.reader.close()]);
    const sorted = [...this.latenciesMs].sort((a, b) => a - b);
    return { sent: this.sentCount, received: this.receivedCount, p99Ms: sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN };
  }

  private async write(everyMs: number): Promise<void> {
    const startMs = performance.now();
    for (let n = 0; !this.stopped; n += 1) {
      const dueMs = startMs + n * everyMs;
      const leftMs = dueMs - performance.now();
      if (leftMs > 0) await wait(leftMs);
      this.sentCount += 1;
      await publish(this.writer, { room: this.room, payloads: [String(performance.now())] });
    }
  }

  private async read(): Promise<void> {
    for (;;) {
      const frame = await this.reader.next((candidate) => eventsOf(candidate).length > 0, 20_000);
      for (const event of eventsOf(frame)) {
        if (event.text === lastWord) return;
        this.receivedCount += 1;
        this.latenciesMs.push(performance.now() - Number(event.text));
      }
    }
  }
}

/** Resident bytes of the Spine. */
export async function residentBytes(spine: RunningSpine): Promise<number> {
  return (await (await fetch(`${spine.adminUrl}/status`)).json() as { memory_bytes: number }).memory_bytes;
}

interface Talk {
  readonly sent: number;
  readonly received: number;
  readonly p99Ms: number;
}

export interface Disturbed<T> {
  readonly result: T;
  readonly pairs: readonly Talk[];
  /** Most that the p99 of the pairs may be. */
  readonly boundMs: number;
}

/**
 * Runs `disturb` while two pairs talk. The bound is 50 ms on a machine that has nothing else to do; where the same pairs
 * need longer with the Spine at rest, it is three times that. A round is repeated up to three times for its times
 * alone: correctness must hold in every one.
 */
export async function whilePairsTalk<T>(spine: RunningSpine, disturb: (round: number) => Promise<T>): Promise<Disturbed<T>> {
  for (let round = 1; ; round += 1) {
    const [calm] = await talk(spine, `rest-${String(round)}`, () => wait(500));
    const boundMs = Math.max(50, 3 * Math.max(...calm.map((pair) => pair.p99Ms)));
    const [pairs, result] = await talk(spine, `calm-${String(round)}`, () => disturb(round));
    const isComplete = pairs.every((pair) => pair.sent === pair.received);
    if (round === 3 || !isComplete || pairs.every((pair) => pair.p99Ms < boundMs)) return { result, pairs, boundMs };
  }
}

async function talk<T>(spine: RunningSpine, name: string, meanwhile: () => Promise<T>): Promise<readonly [Talk[], T]> {
  const pairs = [await PacedPair.open(spine, `${name}-a`), await PacedPair.open(spine, `${name}-b`)];
  for (const pair of pairs) pair.start();
  const result = await meanwhile();
  return [await Promise.all(pairs.map((pair) => pair.stop())), result];
}
