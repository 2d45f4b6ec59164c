import { setTimeout as delay } from 'node:timers/promises';
import { benchRoom, createEvent, encodeCommand, encodeFrame, measureEnvelope, nextEnvelope, openArqon } from '../generator/arqon-connection.js';
import { assertHarmless } from '../generator/arqon-counter.js';
import { FailureSignal } from '../generator/failure-signal.js';
import { MessageAssembler } from '../generator/message-assembler.js';
import type { RawWebSocket } from '../generator/raw-websocket.js';
import { SequenceCounter } from '../generator/sequence-counter.js';
import { summariseLatencies } from './latencies.js';
import { startMeter } from './meter.js';
import { publishedRingCount } from './publish-acked.js';
import type { LatencyOutcome, SlowReaderTask } from './task.js';

const runLength = 64;
const drainTimeoutMs = 10_000;

/**
 * Runs leave by the clock, whether or not earlier ones arrived (open loop): the latency of a run is from when it was due to when a fast
 * reader had its last message. Every fast reader must get every message, in order.
 */
export async function measureBesideSlowReaders(task: SlowReaderTask): Promise<LatencyOutcome> {
  const failure = new FailureSignal();
  const connections: RawWebSocket[] = [];
  const readBuffer = Buffer.alloc(262_144);
  const open = async (): Promise<RawWebSocket> => {
    const { connection } = await openArqon({ ...task.spine, readBuffer }, failure.raise);
    connections.push(connection);
    return connection;
  };
  const join = async (): Promise<{ connection: RawWebSocket; head: number }> => {
    const connection = await open();
    connection.write(encodeCommand({ case: 'join', value: { room: benchRoom } }));
    const answer = await nextEnvelope(connection, (envelope) => envelope.body.case === 'reply');
    const reply = answer.body.case === 'reply' ? answer.body.value.body : undefined;
    return { connection, head: reply?.case === 'joined' ? Number(reply.value.positions[0].sequence) : 0 };
  };
  try {
    const publisher = await open();
    const readers: FastReader[] = [];
    for (let count = 0; count < task.fastReaderCount; count += 1) {
      const { connection, head } = await join();
      readers.push(new FastReader(connection, head));
    }
    for (let count = 0; count < task.slowReaderCount; count += 1) (await join()).connection.stopReading();
    return await failure.unless(measure(task, publisher, readers));
  } finally {
    failure.settle();
    for (const connection of connections) connection.close();
  }
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
