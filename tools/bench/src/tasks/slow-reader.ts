import { setTimeout as delay } from 'node:timers/promises';
import { fromBinary } from '@bufbuild/protobuf';
import { FrameSchema } from '@arqonbus/proto';
import { benchRoom, createEvent, encodeCommand, encodeFrame, envelopesOf, measureEnvelope, nextEnvelope, openArqon } from '../generator/arqon-connection.js';
import { assertHarmless } from '../generator/arqon-counter.js';
import { FailureSignal } from '../generator/failure-signal.js';
import { MessageAssembler } from '../generator/message-assembler.js';
import type { RawWebSocket } from '../generator/raw-websocket.js';
import { SequenceCounter } from '../generator/sequence-counter.js';
import { summariseLatencies } from './latencies.js';
import { startMeter } from './meter.js';
import { publishedRingCount } from './publish-acked.js';
import type { LatencyOutcome, SlowReaderOutcome, SlowReaderTask } from './task.js';

const runLength = 64;
const drainTimeoutMs = 10_000;
const toldTimeoutMs = 5_000;

/**
 * Runs leave by the clock, whether or not earlier ones arrived (open loop): the latency of a run is from when it was due to when a fast
 * reader had its last message. Every fast reader must get every message, in order.
 */
export async function measureBesideSlowReaders(task: SlowReaderTask): Promise<SlowReaderOutcome> {
  const failure = new FailureSignal();
  const connections: RawWebSocket[] = [];
  const readBuffer = Buffer.alloc(262_144);
  const open = async (onFailure: (error: Error) => void): Promise<RawWebSocket> => {
    const { connection } = await openArqon({ ...task.spine, readBuffer }, onFailure);
    connections.push(connection);
    return connection;
  };
  try {
    const publisher = await open(failure.raise);
    const readers: FastReader[] = [];
    for (let count = 0; count < task.fastReaderCount; count += 1) {
      const connection = await open(failure.raise);
      readers.push(new FastReader(connection, await join(connection)));
    }
    const slowReaders: SlowReader[] = [];
    for (let count = 0; count < task.slowReaderCount; count += 1) slowReaders.push(await SlowReader.start(open));
    const outcome = await failure.unless(measure(task, publisher, readers));
    const told = await Promise.all(slowReaders.map((reader) => reader.readAgain()));
    return { ...outcome, lossesToldCount: told.filter(Boolean).length };
  } finally {
    failure.settle();
    for (const connection of connections) connection.close();
  }
}

/** The topic's head. */
async function join(connection: RawWebSocket): Promise<number> {
  connection.write(encodeCommand({ case: 'join', value: { room: benchRoom } }));
  const answer = await nextEnvelope(connection, (envelope) => envelope.body.case === 'reply');
  const reply = answer.body.case === 'reply' ? answer.body.value.body : undefined;
  return reply?.case === 'joined' ? Number(reply.value.positions[0].sequence) : 0;
}

async function measure(task: SlowReaderTask, publisher: RawWebSocket, readers: readonly FastReader[]): Promise<LatencyOutcome> {
  const runCount = Math.ceil(((task.warmupMs + task.measureMs) / 1_000) * (task.messagesPerSecond / runLength));
  const warmupRunCount = Math.ceil((task.warmupMs / 1_000) * (task.messagesPerSecond / runLength));
  const dueMs = new Float64Array(runCount);
  const latencies: number[] = [];
  for (const reader of readers) {
    reader.onRun = (run, nowMs) => {
      if (run >= warmupRunCount) latencies.push(nowMs - dueMs[run]);
    };
  }
  const readMeter = startMeter([]);
  await publishByClock(publisher, dueMs, task.messagesPerSecond / runLength / 1_000, readers[0].head);
  const deadlineMs = performance.now() + drainTimeoutMs;
  while (readers.some((reader) => reader.received < runCount * runLength)) {
    if (performance.now() > deadlineMs) throw new Error(`messages were lost: ${Math.min(...readers.map((reader) => reader.received))} of ${runCount * runLength} arrived`);
    await delay(5);
  }
  return { ...summariseLatencies(latencies), generatorCpuShare: readMeter().generatorCpuShare };
}

/** Sends each run when it is due; what the timer was late for leaves at once. */
async function publishByClock(publisher: RawWebSocket, dueMs: Float64Array, runsPerMs: number, head: number): Promise<void> {
  const ring = Array.from({ length: publishedRingCount / runLength }, (_, place) =>
    encodeFrame([{ room: benchRoom, envelopes: Array.from({ length: runLength }, (_unused, offset) => createEvent((head + place * runLength + offset) % publishedRingCount)) }]),
  );
  const startedMs = performance.now();
  for (let run = 0; run < dueMs.length; ) {
    const nowMs = performance.now();
    for (; run < dueMs.length && startedMs + run / runsPerMs <= nowMs; run += 1) {
      dueMs[run] = startedMs + run / runsPerMs;
      publisher.write(ring[run % ring.length]);
    }
    await delay(1);
  }
}

/** Tells of each whole run. */
class FastReader {
  onRun: (run: number, nowMs: number) => void = () => undefined;
  private readonly counter: SequenceCounter;
  private runs = 0;

  constructor(connection: RawWebSocket, readonly head: number) {
    this.counter = new SequenceCounter({ indexOffset: measureEnvelope().indexOffset, ringMessageCount: publishedRingCount, onOther: (envelope) => assertHarmless(envelope) }, head + 1);
    connection.measureWith(new MessageAssembler((message) => {
      this.counter.readFrame(message);
      const nowMs = performance.now();
      for (; this.runs < Math.floor(this.counter.received / runLength); this.runs += 1) this.onRun(this.runs, nowMs);
    }));
  }

  get received(): number {
    return this.counter.received;
  }
}

/** Joins and then reads nothing, until it is let. */
class SlowReader {
  private isTold = false;
  private onTold: () => void = () => undefined;

  private connection: RawWebSocket | undefined;

  static async start(open: (onFailure: (error: Error) => void) => Promise<RawWebSocket>): Promise<SlowReader> {
    const reader = new SlowReader();
    // The Spine may close it, with 4008 or without a word.
    const connection = await open(() => { reader.tell(); });
    reader.connection = connection;
    await join(connection);
    connection.stopReading();
    return reader;
  }

  /** True when it is told, within a bound, that it lost something. */
  async readAgain(): Promise<boolean> {
    this.connection?.measureWith(new MessageAssembler((message) => {
      const isGap = envelopesOf(fromBinary(FrameSchema, message)).some(({ body }) => body.case === 'signal' && body.value.body.case === 'gap');
      if (isGap) this.tell();
    }));
    this.connection?.readAgain();
    if (!this.isTold) await Promise.race([new Promise<void>((resolve) => (this.onTold = resolve)), delay(toldTimeoutMs)]);
    return this.isTold;
  }

  private tell(): void {
    this.isTold = true;
    this.onTold();
  }
}
