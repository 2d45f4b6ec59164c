import { setTimeout as delay } from 'node:timers/promises';
import { createArqonProtocol } from './arqon-protocol.js';
import { CreditWindow } from './credit-window.js';
import { FailureSignal } from './failure-signal.js';
import { MessageCounter } from './message-counter.js';
import { createNatsProtocol } from './nats-protocol.js';
import type { PeerProtocol } from './peer-protocol.js';
import { readCpuSeconds } from './process-usage.js';
import type { RawWebSocket } from './raw-websocket.js';

/** One timed run against one server. */
export interface LoadRequest {
  readonly protocol: 'arqon' | 'nats';
  readonly port: number;
  /** For `arqon`: a JWT. */
  readonly token: string;
  readonly serverPid: number;
  readonly subscriberCount: number;
  /** Messages per WebSocket message of the publisher. */
  readonly runLength: number;
  readonly chunkMessageCount: number;
  /** Bound of what is sent and not yet with every subscriber. */
  readonly windowMessageCount: number;
  readonly warmupMs: number;
  readonly measureMs: number;
}

/** What was seen between the end of the warm-up and the last delivery. */
export interface LoadResult {
  /** Messages of the whole run, warm-up included; each was seen by every subscriber, in order. */
  readonly sentCount: number;
  readonly deliveryCount: number;
  readonly elapsedMs: number;
  readonly deliveriesPerSecond: number;
  /** CPU seconds per second of the generator and of the server; 1 is one core. */
  readonly generatorCpuShare: number;
  readonly serverCpuShare: number | undefined;
  readonly serverCpuSecondsPerMillion: number | undefined;
}

const ringChunkCount = 4;
const connectConcurrency = 32;
const stallMs = 15_000;
/** Rests within the bytes that a server takes in one turn: more than one, since a rest may be too short to be seen. */
const restsPerLimit = 4;
const readBufferBytes = 262_144;

/** Connects, publishes for the asked time, waits for the last delivery, disconnects. Raises when a message is lost, doubled or out of order. */
export async function runLoad(request: LoadRequest): Promise<LoadResult> {
  const failure = new FailureSignal();
  const protocol = createProtocol(request);
  const chunks = Array.from({ length: ringChunkCount }, (_, chunk) =>
    protocol.buildChunk({ firstIndex: chunk * request.chunkMessageCount, messageCount: request.chunkMessageCount, runLength: request.runLength }),
  );
  const connections: RawWebSocket[] = [];
  try {
    const publisher = await protocol.openPublisher(failure.raise);
    connections.push(publisher.connection);
    const window = createWindow(request, chunks[0].length, publisher.bytesInFlightLimit);
    const counters = Array.from({ length: request.subscriberCount }, () => new MessageCounter({ ringMessageCount: ringChunkCount * request.chunkMessageCount, window }));
    await connectSubscribers(protocol, counters, failure, connections);
    return await failure.unless(measure({ request, window, counters, chunks, publisher: publisher.connection }));
  } finally {
    failure.settle();
    for (const connection of connections) connection.close();
  }
}

function createProtocol(request: LoadRequest): PeerProtocol {
  const readBuffer = Buffer.alloc(readBufferBytes);
  if (request.protocol === 'nats') return createNatsProtocol({ port: request.port, readBuffer });
  return createArqonProtocol({ port: request.port, token: request.token, readBuffer });
}

function createWindow(request: LoadRequest, chunkBytes: number, bytesInFlightLimit: number): CreditWindow {
  const byWindow = Math.floor(request.windowMessageCount / request.chunkMessageCount);
  const chunkLimit = Math.max(1, Math.min(byWindow, Math.floor(bytesInFlightLimit / chunkBytes)));
  const restAfterChunkCount = Math.max(1, Math.floor(bytesInFlightLimit / restsPerLimit / chunkBytes));
  return new CreditWindow({ subscriberCount: request.subscriberCount, chunkMessageCount: request.chunkMessageCount, chunkLimit, restAfterChunkCount });
}

async function connectSubscribers(protocol: PeerProtocol, counters: readonly MessageCounter[], failure: FailureSignal, connections: RawWebSocket[]): Promise<void> {
  const remaining = counters.values();
  const connectSome = async (): Promise<void> => {
    for (const counter of remaining) {
      const connection = await protocol.openSubscriber(counter, failure.raise);
      connections.push(connection);
      if (!failure.isSettled) continue;
      connection.close();
      return;
    }
  };
  await failure.unless(Promise.all(Array.from({ length: connectConcurrency }, connectSome)).then(() => undefined));
}

interface Measurement {
  readonly request: LoadRequest;
  readonly window: CreditWindow;
  readonly counters: readonly MessageCounter[];
  readonly chunks: readonly Buffer[];
  readonly publisher: RawWebSocket;
}

async function measure(measurement: Measurement): Promise<LoadResult> {
  const { request, window, counters } = measurement;
  const pump = startPump(measurement);
  await delay(request.warmupMs);
  const before = readMeters(request.serverPid, counters);
  await delay(request.measureMs);
  pump.stop();
  await untilDrained(window, pump);
  const after = readMeters(request.serverPid, counters);
  const sentCount = window.sentChunkCount * request.chunkMessageCount;
  const incomplete = counters.find((counter) => counter.received !== sentCount);
  if (incomplete !== undefined) throw new Error(`${sentCount} messages were sent, a subscriber has ${incomplete.received}`);
  return { sentCount, ...difference(before, after) };
}

interface Pump {
  stop(): void;
  onDrained: () => void;
}

/** Publishes whenever there is credit. */
function startPump({ window, chunks, publisher }: Measurement): Pump {
  let isStopped = false;
  const pump: Pump = {
    stop: () => {
      isStopped = true;
    },
    onDrained: () => undefined,
  };
  window.onCredit = () => {
    while (!isStopped && window.take()) publisher.write(chunks[(window.sentChunkCount - 1) % chunks.length]);
    if (isStopped && window.completedChunkCount === window.sentChunkCount) pump.onDrained();
  };
  window.onCredit();
  return pump;
}

async function untilDrained(window: CreditWindow, pump: Pump): Promise<void> {
  if (window.completedChunkCount === window.sentChunkCount) return;
  await new Promise<void>((resolve, reject) => {
    let completed = window.completedChunkCount;
    const timer = setInterval(() => {
      if (window.completedChunkCount === completed) reject(new Error(`messages were lost: ${window.sentChunkCount} chunks sent, ${completed} complete, none more for ${stallMs} ms`));
      completed = window.completedChunkCount;
    }, stallMs);
    pump.onDrained = () => {
      clearInterval(timer);
      resolve();
    };
  });
}

interface Meters {
  readonly timeMs: number;
  readonly deliveryCount: number;
  readonly generatorCpuSeconds: number;
  readonly serverCpuSeconds: number | undefined;
}

function readMeters(serverPid: number, counters: readonly MessageCounter[]): Meters {
  const own = process.cpuUsage();
  return {
    timeMs: performance.now(),
    deliveryCount: counters.reduce((sum, counter) => sum + counter.received, 0),
    generatorCpuSeconds: (own.user + own.system) / 1e6,
    serverCpuSeconds: readCpuSeconds(serverPid),
  };
}

function difference(before: Meters, after: Meters): Omit<LoadResult, 'sentCount'> {
  const elapsedMs = after.timeMs - before.timeMs;
  const deliveryCount = after.deliveryCount - before.deliveryCount;
  const serverCpuSeconds = after.serverCpuSeconds === undefined || before.serverCpuSeconds === undefined ? undefined : after.serverCpuSeconds - before.serverCpuSeconds;
  return {
    deliveryCount,
    elapsedMs,
    deliveriesPerSecond: deliveryCount / (elapsedMs / 1_000),
    generatorCpuShare: (after.generatorCpuSeconds - before.generatorCpuSeconds) / (elapsedMs / 1_000),
    serverCpuShare: serverCpuSeconds === undefined ? undefined : serverCpuSeconds / (elapsedMs / 1_000),
    serverCpuSecondsPerMillion: serverCpuSeconds === undefined ? undefined : serverCpuSeconds / (deliveryCount / 1e6),
  };
}
