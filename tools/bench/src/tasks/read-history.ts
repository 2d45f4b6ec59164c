import { setTimeout as delay } from 'node:timers/promises';
import type { Envelope } from '@arqonbus/proto';
import { benchRoom, encodeCommand, measureEnvelope, nextEnvelope, openArqon } from '../generator/arqon-connection.js';
import { assertHarmless } from '../generator/arqon-counter.js';
import { FailureSignal } from '../generator/failure-signal.js';
import { MessageAssembler } from '../generator/message-assembler.js';
import type { RawWebSocket } from '../generator/raw-websocket.js';
import { SequenceCounter } from '../generator/sequence-counter.js';
import { perMillion, startMeter } from './meter.js';
import { publishedRingCount } from './publish-acked.js';
import type { ReplayOutcome, ReplayTask } from './task.js';

const readBufferBytes = 1_048_576;
/** More than a page holds, so that its bytes decide. */
const pageEventCount = 10_000;

/** Reads history on every connection until the time is up; raises for a message that is lost, doubled or another than was published. */
export async function readHistoryTask(task: ReplayTask): Promise<ReplayOutcome> {
  const failure = new FailureSignal();
  const readers: HistoryReader[] = [];
  try {
    const readBuffer = Buffer.alloc(readBufferBytes);
    for (let count = 0; count < task.connectionCount; count += 1) readers.push(await HistoryReader.open(task, readBuffer, failure.raise));
    return await failure.unless(measure(task, readers));
  } finally {
    failure.settle();
    for (const reader of readers) reader.close();
  }
}

async function measure(task: ReplayTask, readers: readonly HistoryReader[]): Promise<ReplayOutcome> {
  const receivedNow = (): number => readers.reduce((sum, reader) => sum + reader.received, 0);
  const running = Promise.all(readers.map((reader) => reader.readOverAndOver()));
  await Promise.race([delay(task.warmupMs), running]);
  const before = receivedNow();
  const readMeter = startMeter(task.serverPids);
  await Promise.race([delay(task.measureMs), running]);
  const metered = readMeter();
  const receivedCount = receivedNow() - before;
  for (const reader of readers) reader.stop();
  // Each finishes its window, which is how a loss at its end would show.
  await running;
  return {
    receivedCount,
    elapsedMs: metered.elapsedMs,
    messagesPerSecond: receivedCount / (metered.elapsedMs / 1_000),
    generatorCpuShare: metered.generatorCpuShare,
    serverCpuShare: metered.serverCpuShare,
    serverCpuSecondsPerMillion: perMillion(metered.serverCpuSeconds, receivedCount),
  };
}

/** One connection that asks for the whole of the history again and again. */
class HistoryReader {
  private readonly counter: SequenceCounter;
  private isStopped = false;
  private onReply: () => void = () => undefined;
  private nextSequence = 0;

  private constructor(private readonly task: ReplayTask, private readonly connection: RawWebSocket, private readonly epoch: bigint) {
    this.counter = new SequenceCounter({ indexOffset: measureEnvelope().indexOffset, ringMessageCount: publishedRingCount, onOther: (envelope) => this.handle(envelope) }, 1);
    connection.measureWith(new MessageAssembler((message) => this.counter.readFrame(message)));
  }

  static async open(task: ReplayTask, readBuffer: Buffer, onFailure: (error: Error) => void): Promise<HistoryReader> {
    const { connection } = await openArqon({ ...task.spine, readBuffer }, onFailure);
    connection.write(encodeCommand({ case: 'historyGet', value: { room: benchRoom, fromSequence: 1n, limit: 1 } }));
    const answer = await nextEnvelope(connection, (envelope) => envelope.body.case === 'reply');
    const reply = answer.body.case === 'reply' ? answer.body.value.body : undefined;
    if (reply?.case !== 'history') throw new Error('history_get was not answered with a page');
    return new HistoryReader(task, connection, reply.value.epoch);
  }

  get received(): number {
    return this.counter.received;
  }

  async readOverAndOver(): Promise<void> {
    while (!this.isStopped) {
      this.counter.restartAt(1);
      if (this.task.how === 'replay') await this.ask(1);
      else for (let from = 1; from !== 0; from = this.nextSequence) await this.ask(from);
      if (this.counter.due !== this.task.messageCount + 1) throw new Error(`the window ended before sequence ${this.counter.due} of ${this.task.messageCount}`);
    }
  }

  stop(): void {
    this.isStopped = true;
  }

  close(): void {
    this.connection.close();
  }

  private ask(from: number): Promise<void> {
    const window = { room: benchRoom, fromSequence: BigInt(from), toSequence: BigInt(this.task.messageCount), epoch: this.epoch };
    return new Promise((resolve) => {
      this.onReply = resolve;
      this.connection.write(encodeCommand(this.task.how === 'replay' ? { case: 'historyReplay', value: window } : { case: 'historyGet', value: { ...window, limit: pageEventCount } }));
    });
  }

  private handle(envelope: Envelope): void {
    const reply = envelope.body.case === 'reply' ? envelope.body.value.body : undefined;
    if (reply?.case !== 'history') {
      assertHarmless(envelope);
      return;
    }
    this.nextSequence = Number(reply.value.nextSequence);
    this.onReply();
  }
}
