import type { Envelope } from '@arqonbus/proto';
import { benchRoom, encodeCommand, measureEnvelope, nextEnvelope, openArqon } from '../generator/arqon-connection.js';
import { assertHarmless } from '../generator/arqon-counter.js';
import { FailureSignal } from '../generator/failure-signal.js';
import { readScheduledMs } from '../generator/process-usage.js';
import { MessageAssembler } from '../generator/message-assembler.js';
import type { RawWebSocket } from '../generator/raw-websocket.js';
import { SequenceCounter } from '../generator/sequence-counter.js';
import { summariseLatencies } from './latencies.js';
import { startMeter } from './meter.js';
import { publishedRingCount } from './publish-acked.js';
import type { ResumeOutcome, ResumeTask } from './task.js';

const connectConcurrency = 32;
const answerTimeoutMs = 20_000;

interface Head {
  readonly epoch: bigint;
  readonly sequence: number;
}

/** Connections that are open and follow nothing all join at once, each from a position behind the head. */
export async function resumeAtOnce(task: ResumeTask): Promise<ResumeOutcome> {
  const failure = new FailureSignal();
  const connections: RawWebSocket[] = [];
  const readBuffer = Buffer.alloc(262_144);
  const open = async (): Promise<RawWebSocket> => {
    const { connection } = await openArqon({ ...task.spine, readBuffer }, failure.raise);
    connections.push(connection);
    return connection;
  };
  try {
    const head = await readHead(await open());
    const resuming: RawWebSocket[] = [];
    const openSome = async (): Promise<void> => {
      while (connections.length <= task.connectionCount) resuming.push(await open());
    };
    await failure.unless(Promise.all(Array.from({ length: connectConcurrency }, openSome)).then(() => undefined));
    return await failure.unless(resume(task, resuming.slice(0, task.connectionCount), head));
  } finally {
    failure.settle();
    for (const connection of connections) connection.close();
  }
}

async function readHead(connection: RawWebSocket): Promise<Head> {
  connection.write(encodeCommand({ case: 'join', value: { room: benchRoom } }));
  const answer = await nextEnvelope(connection, (envelope) => envelope.body.case === 'reply');
  const reply = answer.body.case === 'reply' ? answer.body.value.body : undefined;
  const position = reply?.case === 'joined' ? reply.value.positions[0] : undefined;
  if (position === undefined) throw new Error('join was not answered with a position');
  return { epoch: position.epoch, sequence: Number(position.sequence) };
}

async function resume(task: ResumeTask, connections: readonly RawWebSocket[], head: Head): Promise<ResumeOutcome> {
  const { epoch } = head;
  const from = head.sequence - task.missedCount;
  const frame = encodeCommand({ case: 'join', value: { room: benchRoom, resume: [{ epoch, sequence: BigInt(from) }] } });
  const answers = connections.map((connection) => new Answer(connection, from, task.missedCount));
  const readMeter = startMeter([]);
  const before = readScheduledMs(task.serverPid);
  for (const [index, connection] of connections.entries()) {
    answers[index].sentMs = performance.now();
    connection.write(frame);
  }
  const deadline = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`joins were not answered within ${answerTimeoutMs} ms`)), answerTimeoutMs).unref();
  });
  const latencies = await Promise.race([Promise.all(answers.map((answer) => answer.whole)), deadline]);
  const after = readScheduledMs(task.serverPid);
  const isKnown = before !== undefined && after !== undefined;
  return {
    ...summariseLatencies(latencies), generatorCpuShare: readMeter().generatorCpuShare,
    serverRunMs: isKnown ? after.runMs - before.runMs : null, serverWaitMs: isKnown ? after.waitMs - before.waitMs : null,
  };
}

/** What one connection gets: the missed messages, each once, then the reply that says so. */
class Answer {
  sentMs = 0;
  /** Milliseconds from the send to the last missed message; the reply is awaited. */
  readonly whole: Promise<number>;
  private lastMs = 0;
  private resolve: (latencyMs: number) => void = () => undefined;
  private readonly counter: SequenceCounter;

  constructor(connection: RawWebSocket, from: number, private readonly missedCount: number) {
    this.whole = new Promise((resolve) => (this.resolve = resolve));
    this.counter = new SequenceCounter({ indexOffset: measureEnvelope().indexOffset, ringMessageCount: publishedRingCount, onOther: (envelope) => this.handle(envelope) }, from + 1);
    connection.measureWith(new MessageAssembler((message) => {
      const before = this.counter.received;
      this.counter.readFrame(message);
      if (before < missedCount && this.counter.received >= missedCount) this.finish();
    }));
  }

  private isRecovered = false;

  private handle(envelope: Envelope): void {
    const reply = envelope.body.case === 'reply' ? envelope.body.value.body : undefined;
    if (reply?.case !== 'joined') {
      assertHarmless(envelope);
      return;
    }
    if (!reply.value.recovered) throw new Error(`a join did not recover: ${reply.value.reason}`);
    this.isRecovered = true;
    // The reply may travel in the frame of the last messages, which is counted once it is read whole.
    setImmediate(() => this.settle());
  }

  private finish(): void {
    this.lastMs = performance.now();
    this.settle();
  }

  private settle(): void {
    if (!this.isRecovered || this.lastMs === 0) return;
    this.resolve(this.counter.received === this.missedCount ? this.lastMs - this.sentMs : Number.NaN);
  }
}
