import { setTimeout as delay } from 'node:timers/promises';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect as connectNats } from '@nats-io/transport-node';
import { connect as connectBus } from '@arqonbus/sdk';
import { benchRoom } from '../generator/arqon-connection.js';
import { createPayload } from '../generator/payload.js';
import { perMillion, startMeter } from './meter.js';
import { publishedRingCount } from './publish-acked.js';
import type { PublishClientTask, PublishOutcome } from './task.js';

/** A stream that takes what is published to it. */
export const benchStream = 'BENCH';
export const benchSubject = 'bench';

const headTimeoutMs = 3_000;

/** What an application sees of a client library. */
interface Publisher {
  /** Resolves with the message's sequence once it is acknowledged. */
  publish(payload: Uint8Array): Promise<{ readonly sequence: number; readonly durability: string }>;
  /** Sequence of the last message that the server has taken. */
  countOnServer(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Publishes with a fixed number of messages not yet acknowledged, the same program for both libraries. Every acknowledgement must
 * carry a sequence of its own that rises, and the server must have counted as many messages.
 */
export async function publishWithClient(task: PublishClientTask): Promise<PublishOutcome> {
  const publisher = task.kind === 'publish-sdk' ? await openSdk(task) : await openJetStream(task);
  try {
    const before = await publisher.countOnServer();
    const outcome = await run(publisher, task);
    const counted = await untilCounted(publisher, before + outcome.totalCount) - before;
    if (counted !== outcome.totalCount) throw new Error(`${outcome.totalCount} messages were acknowledged, the server counted ${counted}`);
    return outcome;
  } finally {
    await publisher.close();
  }
}

/** The server's head may show a moment after the acknowledgement. */
async function untilCounted(publisher: Publisher, expected: number): Promise<number> {
  const deadlineMs = performance.now() + headTimeoutMs;
  for (;;) {
    const count = await publisher.countOnServer();
    if (count >= expected || performance.now() > deadlineMs) return count;
    await delay(20);
  }
}

async function run(publisher: Publisher, task: PublishClientTask): Promise<PublishOutcome> {
  const flow = new Flow(publisher);
  const ended = flow.start(task.inFlightCount);
  await Promise.race([delay(task.warmupMs), ended]);
  const before = flow.ackedCount;
  const readMeter = startMeter(task.serverPids);
  await Promise.race([delay(task.measureMs), ended]);
  flow.stop();
  await ended;
  const metered = readMeter();
  const ackedCount = flow.ackedCount - before;
  return {
    ackedCount,
    totalCount: flow.ackedCount,
    elapsedMs: metered.elapsedMs,
    ackedPerSecond: ackedCount / (metered.elapsedMs / 1_000),
    generatorCpuShare: metered.generatorCpuShare,
    serverCpuSecondsPerMillion: perMillion(metered.serverCpuSeconds, ackedCount),
    durability: [...flow.durabilities].join('/'),
  };
}

/** Each acknowledgement makes room for the next message. */
class Flow {
  ackedCount = 0;
  readonly durabilities = new Set<string>();
  private readonly payloads = Array.from({ length: publishedRingCount }, (_, index) => createPayload(index));
  private sentCount = 0;
  private lastSequence = 0;
  private isStopped = false;
  private resolve: () => void = () => undefined;
  private reject: (error: unknown) => void = () => undefined;

  constructor(private readonly publisher: Publisher) {}

  /** Settles once it was stopped and all is acknowledged, or with the first failure. */
  start(inFlightCount: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
      for (let count = 0; count < inFlightCount; count += 1) this.publishOne();
    });
  }

  stop(): void {
    this.isStopped = true;
  }

  private publishOne(): void {
    const payload = this.payloads[this.sentCount % publishedRingCount];
    this.sentCount += 1;
    this.publisher.publish(payload).then(this.acknowledge, (error: unknown) => { this.reject(error); });
  }

  private readonly acknowledge = ({ sequence, durability }: { readonly sequence: number; readonly durability: string }): void => {
    if (sequence <= this.lastSequence) this.reject(new Error(`sequence ${sequence} is not above ${this.lastSequence}`));
    this.lastSequence = sequence;
    this.ackedCount += 1;
    this.durabilities.add(durability);
    if (!this.isStopped) this.publishOne();
    else if (this.ackedCount === this.sentCount) this.resolve();
  };
}

async function openSdk({ spine }: PublishClientTask): Promise<Publisher> {
  const bus = await connectBus({ url: `ws://127.0.0.1:${spine.port}`, getToken: () => spine.token });
  const publish: Publisher['publish'] = async (payload) => {
    const result = await bus.publish(benchRoom, { type: 'application/octet-stream', payload });
    return { sequence: Number(result.sequence), durability: result.durability };
  };
  // The topic is there before its head is asked for.
  const { sequence: firstSequence } = await publish(createPayload(0));
  return {
    publish,
    countOnServer: async () => Math.max(firstSequence, Number((await bus.channelInfo(benchRoom)).sequence)),
    close: () => Promise.resolve(bus.close()),
  };
}

async function openJetStream({ spine }: PublishClientTask): Promise<Publisher> {
  const connection = await connectNats({ servers: `127.0.0.1:${spine.port}` });
  const client = jetstream(connection);
  const manager = await jetstreamManager(connection);
  return {
    publish: async (payload) => ({ sequence: (await client.publish(benchSubject, payload)).seq, durability: 'PubAck' }),
    countOnServer: async () => (await manager.streams.info(benchStream)).state.last_seq,
    close: () => connection.close(),
  };
}
