import { encodeFrame, encodeRouting, encodeSender, envelopeRanges, EventRunBuilder, FrameReader, readStampedBatch } from '@arqonbus/envelope';
import type { HistoryPage, RunToAppend } from './live-history.js';

/** The topic that test runs go to. */
export const testRouting = encodeRouting('plans', 'main', '');

export interface TestRunOptions {
  /** One event for each number; the number is in its id. */
  readonly events: readonly number[];
  /** Bytes of each event's payload. Default 8. */
  readonly payloadBytes?: number;
  readonly producer?: bigint;
  /** Number of the run; given, the run asks for an acknowledgement. */
  readonly run?: bigint;
  /** Client that the producer belongs to, and sender of the run. Default `writer`. */
  readonly owner?: string;
  readonly session?: number;
  readonly turn?: number;
  readonly routing?: Uint8Array;
}

/** A run as the router hands it to a store, read by the real reader from real bytes. */
export function testRun(options: TestRunOptions): RunToAppend {
  const { events, payloadBytes = 8, producer = 7n, run, owner = 'writer', session = 5, turn = 1, routing = testRouting } = options;
  const builder = new EventRunBuilder();
  for (const number of events) builder.append({ id: testEventId(number), type: 'application/octet-stream', payload: new Uint8Array(payloadBytes).fill(number & 0xff) });
  const source = encodeFrame([builder.finish({ room: 'plans', channel: 'main', ...(run === undefined ? {} : { ack: true, producer, run }) })]);
  const reader = new FrameReader({ maxEnvelopeBytes: 983_040, maxEventsPerRun: 4_096 });
  if (!reader.read(source, 0, source.length)) throw new Error(`the test run was refused: ${reader.refusal.code}`);
  return {
    source, view: reader.batch(0), routing, sender: encodeSender(owner, session), after: new Uint8Array(0), producerOwner: owner, turn,
    sequence: 0, prev: 0, timeUs: 0, count: 0,
  };
}

/** Id of the event of a number. */
export function testEventId(number: number): Uint8Array {
  const id = new Uint8Array(16).fill(0x11);
  id[6] = 0x70;
  new DataView(id.buffer).setUint32(12, number);
  return id;
}

/** One batch of a page as a subscriber reads it. */
export interface SeenRun {
  readonly sequence: number;
  readonly prev: number;
  readonly timeUs: number;
  readonly epoch: number;
  readonly replayed: boolean;
  /** Numbers of its events. */
  readonly events: number[];
}

/** Reads back the entries that stand one behind the other in `bytes[start, end)`. */
export function seenRuns(bytes: Uint8Array, start = 0, end = bytes.length): SeenRun[] {
  const runs: SeenRun[] = [];
  for (let at = start; at < end;) {
    const batch = readStampedBatch(bytes, at);
    const events = envelopeRanges(bytes, batch.envelopesStart, batch.envelopesEnd).map((range) => Buffer.from(bytes).readUInt32BE(range.start + 14));
    const { sequence, prev, timeUs, epoch, replayed } = batch;
    runs.push({ sequence, prev, timeUs, epoch, replayed, events });
    at = batch.end;
  }
  return runs;
}

/** Numbers of all events of a page, in order. */
export function eventsOf(page: HistoryPage): number[] {
  return seenRuns(page.bytes).flatMap((run) => run.events);
}

/** `first` to `last`, both inclusive. */
export function upTo(last: number, first = 1): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}
