import { connect, type Bus, type Subscription } from '@arqonbus/sdk';
import { waitFor, within, type TestTokenOptions } from '@arqonbus/testkit';
import { setTimeout as wait } from 'node:timers/promises';
import { checkEqual, DemoFailure } from './demo-failure.js';
import { startLocalBus, type LocalBus } from './local-bus.js';
import { compareNumbers, NumberCollector, publishNumbers, type PublishedNumbers } from './numbered-stream.js';
import { Transcript, type DemoCounts, type DemoSummary } from './transcript.js';

const plans = 'plans:main';
const numbersPerSide = 400;
const intervalMs = 5;
const beforeKillMs = 600;
const downMs = 400;
const stepTimeoutMs = 30_000;
const wide = { publish: ['*', '@*'], subscribe: ['*', '@*'] };

export interface DemoOptions {
  /** Gets each line of the transcript. */
  readonly print: (line: string) => void;
  /** Aborted when the user ends the demo. */
  readonly signal: AbortSignal;
}

interface Cast {
  readonly bus: LocalBus;
  readonly planner: Bus;
  readonly worker: Bus;
  readonly stranger: Bus;
}

/** The bus, shown: runs every step, checks what it shows, cleans up, and tells what it found. Rejects only when the user ended it. */
export async function runDemo(options: DemoOptions): Promise<DemoSummary> {
  const transcript = new Transcript(options.print);
  const counts: { -readonly [Name in keyof DemoCounts]: DemoCounts[Name] } = { publishedCount: 0, deliveredCount: 0, lostCount: 0, doubledCount: 0, foreignCount: 0 };
  const cleanups: (() => Promise<void>)[] = [];
  const ended = new Promise<never>((_resolve, reject) => {
    options.signal.addEventListener('abort', () => reject(new DemoFailure('ended by a signal')), { once: true });
  });
  let failure: string | undefined;
  try {
    await Promise.race([ended, play(transcript, counts, cleanups)]);
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
  } finally {
    for (const clean of cleanups.reverse()) await clean();
  }
  options.signal.throwIfAborted();
  if (failure === undefined) transcript.step('Shield and Spine drained and ended; all files removed');
  return transcript.summary(counts, failure);
}

type Counts = { -readonly [Name in keyof DemoCounts]: DemoCounts[Name] };

async function play(transcript: Transcript, counts: Counts, cleanups: (() => Promise<void>)[]): Promise<void> {
  const bus = await startLocalBus();
  cleanups.push(() => bus.stop());
  transcript.step(`Spine runs as process ${bus.spinePid}, Shield as process ${bus.shieldPid()} at ${bus.url}`);
  const join = async (tenant: string, sub: string): Promise<Bus> => {
    const client = await connectAs(bus, { tenant, sub });
    cleanups.push(() => client.close());
    return client;
  };
  const [planner, worker, stranger] = await Promise.all([join('acme', 'planner'), join('acme', 'worker'), join('globex', 'stranger')]);
  transcript.step('planner and worker of tenant acme and stranger of tenant globex connect over TLS 1.3');
  const cast = { bus, planner, worker, stranger };
  const followed = await followPlans(transcript, cast);
  await greet(transcript, cast, followed);
  await askAndAnswer(transcript, cast);
  const published = await surviveKill(transcript, cast, followed, counts);
  await readBack(transcript, cast, published);
  await keepTenantsApart(transcript, cast, followed, counts);
}

async function connectAs(bus: LocalBus, who: TestTokenOptions): Promise<Bus> {
  return connect({ url: bus.url, ca: bus.ca, getToken: () => bus.token({ ...who, ...wide }), reconnect: { minDelayMs: 50, maxDelayMs: 500 } });
}

interface Followed {
  readonly byPlanner: NumberCollector;
  readonly byWorker: NumberCollector;
  readonly byStranger: NumberCollector;
  /** What the SDKs of acme told of the interruption. */
  readonly told: { reconnectCount: number; replayedCount: number; readonly losses: string[] };
}

async function followPlans(transcript: Transcript, { planner, worker, stranger }: Cast): Promise<Followed> {
  const subscriptions = await Promise.all([planner, worker, stranger].map((client) => client.join(plans)));
  const [byPlanner, byWorker, byStranger] = subscriptions.map((subscription: Subscription) => new NumberCollector(subscription));
  const told: Followed['told'] = { reconnectCount: 0, replayedCount: 0, losses: [] };
  for (const client of [planner, worker]) {
    client.on('state', ({ state, previous }) => { told.reconnectCount += previous === 'reconnecting' && state === 'open' ? 1 : 0; });
    client.on('recovered', ({ replayedCount }) => { told.replayedCount += replayedCount; });
    client.on('gap', ({ reason, lost }) => { if (lost) told.losses.push(reason); });
  }
  transcript.step(`all three join ${plans}: one topic of acme, and another of globex with the same name`);
  return { byPlanner, byWorker, byStranger, told };
}

async function greet(transcript: Transcript, { planner }: Cast, { byWorker }: Followed): Promise<void> {
  const sentMs = performance.now();
  const { sequence, durability } = await planner.publish(plans, { type: 'text/plain', payload: 'planner 0' });
  await waitFor(() => byWorker.count === 1, { what: 'worker to receive the first message' });
  transcript.step(`planner publishes, the store takes it as #${sequence} (${durability}), worker has it ${(performance.now() - sentMs).toFixed(1)} ms after the call`);
}

async function askAndAnswer(transcript: Transcript, { planner, worker }: Cast): Promise<void> {
  const tasks = await worker.join('tasks:sums');
  tasks.on('message', (message) => {
    const sum = message.text.split('+').reduce((total, part) => total + Number(part), 0);
    message.reply({ type: 'text/plain', payload: String(sum) }).catch((error: unknown) => tasks.close(error));
  });
  const answer = await planner.request('tasks:sums', { type: 'text/plain', payload: '19+23' }, { timeoutMs: 5_000 });
  checkEqual('the answer to 19+23', `${answer.text} from ${answer.sender}`, '42 from worker');
  transcript.step(`planner asks for 19+23 on tasks:sums, ${answer.sender} answers ${answer.text}`);
  await tasks.leave();
}

async function surviveKill(transcript: Transcript, cast: Cast, followed: Followed, counts: Counts): Promise<PublishedNumbers[]> {
  const { bus, planner, worker } = cast;
  const stream = { count: numbersPerSide, intervalMs };
  transcript.step(`planner and worker begin to publish ${numbersPerSide} numbered messages each, one every ${intervalMs} ms`);
  const publishing = Promise.all([publishNumbers(planner, plans, stream), publishNumbers(worker, plans, stream), killAndRestart(transcript, bus)]);
  const [byPlanner, byWorker] = await within(publishing, stepTimeoutMs, 'every numbered message to be acknowledged');
  const expected = { planner: numbersPerSide, worker: numbersPerSide + 1 };
  await waitFor(() => followed.byPlanner.count >= expected.planner && followed.byWorker.count >= expected.worker, { timeoutMs: stepTimeoutMs, what: 'every numbered message to arrive' });
  countNumbers(followed, counts);
  const { reconnectCount, replayedCount, losses } = followed.told;
  checkEqual('reconnected clients of acme', reconnectCount, 2);
  checkEqual('losses that the SDKs reported', losses.join(', '), '');
  transcript.step(`both reconnect and resume by themselves, ${replayedCount} messages are replayed to the two; every publish is acknowledged`);
  checkEqual('lost messages', counts.lostCount, 0);
  checkEqual('messages delivered twice', counts.doubledCount, 0);
  transcript.step(`worker has planner's 1 to ${numbersPerSide} and planner has worker's, in order: ${counts.publishedCount} published, ${counts.deliveredCount} delivered, 0 lost, 0 doubled`);
  return [byPlanner, byWorker];
}

async function killAndRestart(transcript: Transcript, bus: LocalBus): Promise<void> {
  await wait(beforeKillMs);
  const killed = bus.shieldPid();
  await bus.killShield();
  transcript.step(`kill -9 ${killed}: the Shield is gone, and with it every connection; both go on publishing`);
  await wait(downMs);
  await bus.restartShield();
  transcript.step(`the Shield is back as process ${bus.shieldPid()} on the same port`);
}

function countNumbers({ byPlanner, byWorker }: Followed, counts: Counts): void {
  const fromWorker = byPlanner.numbersOf('worker');
  // Number 0 was the greeting.
  const fromPlanner = byWorker.numbersOf('planner').slice(1);
  const sides = [fromWorker, fromPlanner].map((numbers) => compareNumbers(numbers, numbersPerSide));
  counts.publishedCount = 2 * numbersPerSide;
  counts.deliveredCount = fromWorker.length + fromPlanner.length;
  counts.lostCount = sides.reduce((total, side) => total + side.lostCount, 0);
  counts.doubledCount = sides.reduce((total, side) => total + side.doubledCount, 0);
  checkEqual('publishers whose messages arrived in order', sides.filter((side) => side.isInOrder).length, 2);
}

async function readBack(transcript: Transcript, { planner }: Cast, published: readonly PublishedNumbers[]): Promise<void> {
  const sequences: bigint[] = [];
  const epochs = new Set<bigint>();
  for await (const message of planner.history(plans)) {
    sequences.push(message.sequence);
    epochs.add(message.epoch);
  }
  const total = 2 * numbersPerSide + 1;
  checkEqual('messages in history', sequences.length, total);
  checkEqual('epochs in history', epochs.size, 1);
  checkEqual('first place in history that does not follow the one before', sequences.find((sequence, index) => sequence !== BigInt(index + 1)), undefined);
  const places = new Set(published.flat().map((result) => result.sequence));
  checkEqual('different places acknowledged', places.size, 2 * numbersPerSide);
  transcript.step(`history of ${plans} holds #1 to #${total} without a hole, in one epoch`);
}

async function keepTenantsApart(transcript: Transcript, { stranger, planner, worker }: Cast, followed: Followed, counts: Counts): Promise<void> {
  const seenByAcme = followed.byPlanner.count + followed.byWorker.count;
  const { sequence } = await stranger.publish(plans, { type: 'text/plain', payload: 'stranger 1' });
  checkEqual(`first sequence of globex's own ${plans}`, sequence, 1n);
  // What was sent before these answers would have arrived before them.
  await Promise.all([stranger, planner, worker].map((client) => client.ping()));
  counts.foreignCount = followed.byStranger.count;
  checkEqual('messages of acme that globex received', counts.foreignCount, 0);
  checkEqual('messages that acme received', followed.byPlanner.count + followed.byWorker.count, seenByAcme);
  const senders: string[] = [];
  for await (const message of stranger.history(plans)) senders.push(message.sender);
  checkEqual('senders in the history of globex', senders.join(', '), 'stranger');
  transcript.step(`stranger of globex saw none of it; its own ${plans} begins at #1 and holds that one message, which acme never saw`);
}
