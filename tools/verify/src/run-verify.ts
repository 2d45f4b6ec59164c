import { SeededRandom } from '@arqonbus/e2e';
import type { Bus } from '@arqonbus/sdk';
import { waitFor, within } from '@arqonbus/testkit';
import { setTimeout as wait } from 'node:timers/promises';
import { checkRun, type Verdict } from './check-run.js';
import { Nemesis, type DoneFault } from './nemesis.js';
import { Publisher } from './publisher.js';
import { tellsOf, type Death, type Place, type ReadRecord, type RecordedRun } from './recorded-run.js';
import { SdkSubscriber } from './sdk-subscriber.js';
import type { StartStore } from './store-server.js';
import { TestBed } from './test-bed.js';
import { Visitor } from './visitor.js';
import { WireSubscriber } from './wire-subscriber.js';
import type { VerifyOptions } from './verify-options.js';

const topics = ['verify:a', 'verify:b', 'orders', 'ledger:main'] as const;
const wireTopics = ['verify:b', 'orders'] as const;
const publisherCount = 3;
const visitorCount = 2;
const settleTimeoutMs = 60_000;
const progressMs = 5_000;
const warmUpMs = 500;
const logCharacters = 12_000;

export interface VerifyParts {
  /** Gets each line of progress. */
  readonly tell: (line: string) => void;
  /** Ends the run early. */
  readonly signal: AbortSignal;
  /** Starts another store than the options name, such as one that forgets. */
  readonly startStore?: StartStore;
}

export interface VerifyResult {
  readonly verdict: Verdict;
  readonly deaths: readonly Death[];
  readonly faults: readonly DoneFault[];
  readonly seconds: number;
}

/** One run: writes and reads while the nemesis works, heals, reads everything back and judges. Rejects when servers do not start or the signal ends it. */
export async function runVerify(options: VerifyOptions, parts: VerifyParts): Promise<VerifyResult> {
  const startedMs = performance.now();
  const nowMs = (): number => performance.now() - startedMs;
  const startedAtUs = BigInt(Date.now()) * 1_000n;
  const tell = (line: string): void => parts.tell(`${(nowMs() / 1_000).toFixed(1).padStart(6)} s  ${line}`);
  tell(`seed ${String(options.seed)}, store ${options.store}, ${String(options.spineCount)} Spine(s), ${String(options.minutes)} minute(s)`);
  const bed = await TestBed.start(options, parts.startStore);
  const clients = new Set<Closable>();
  try {
    parts.signal.throwIfAborted();
    tell(`servers run as processes ${bed.parts.map((part) => String(part.pid())).join(', ')}; the store: ${bed.store.setup}`);
    const run = new Run(options, { bed, clients, nowMs, startedAtUs, tell, signal: parts.signal });
    return await run.execute();
  } catch (error) {
    if (!parts.signal.aborted) tell(`log of the servers:\n${bed.logs().slice(-logCharacters)}`);
    throw error;
  } finally {
    await Promise.all([...clients].map((client) => client.close()));
    await bed.stop();
  }
}

/** A client that ends with the run. */
interface Closable {
  close(): unknown;
}

interface RunParts {
  readonly bed: TestBed;
  readonly clients: Set<Closable>;
  readonly nowMs: () => number;
  readonly startedAtUs: bigint;
  readonly tell: (line: string) => void;
  readonly signal: AbortSignal;
}

class Run {
  private readonly random: SeededRandom;
  private readonly publishers: Publisher[] = [];
  private readonly visitors: Visitor[] = [];
  private readonly subscribers: (SdkSubscriber | WireSubscriber)[] = [];
  private readonly endedClients: string[] = [];

  constructor(private readonly options: VerifyOptions, private readonly parts: RunParts) {
    this.random = new SeededRandom(options.seed);
  }

  async execute(): Promise<VerifyResult> {
    const { bed, nowMs, tell, signal } = this.parts;
    await this.join();
    const wire = this.subscribers.filter((subscriber) => subscriber instanceof WireSubscriber);
    const loops = this.writers.map((writer) => writer.run());
    const progress = setInterval(() => { this.progress(); }, progressMs);
    const nemesis = new Nemesis({ bed, random: new SeededRandom(this.random.below(2 ** 32)), nowMs, tell, signal });
    const beganMs = nowMs();
    try {
      await wait(warmUpMs, undefined, { signal });
      await nemesis.run(this.options.minutes * 60_000);
    } finally {
      clearInterval(progress);
      for (const writer of this.writers) writer.stop();
    }
    const seconds = (nowMs() - beganMs) / 1_000;
    tell('all faults are healed; settling');
    await bed.ready();
    await this.settle(loops);
    const reads = await this.readBack();
    for (const subscriber of wire) subscriber.stop();
    tell('read back; checking');
    const recorded = this.recorded(reads, nemesis.deaths);
    const verdict = checkRun(recorded);
    if (!verdict.violations.isEmpty) tell(`log of the servers:\n${bed.logs().slice(-logCharacters)}`);
    return { verdict, deaths: nemesis.deaths, faults: nemesis.faults, seconds };
  }

  private async join(): Promise<void> {
    const { nowMs } = this.parts;
    const targets = [...topics, 'verify:*', 'orders'];
    for (const [index, target] of targets.entries()) {
      const name = `subscriber-${String(index + 1)}`;
      this.subscribers.push(await SdkSubscriber.join(name, await this.connect(name, index), target, { topics, nowMs }));
    }
    for (const [index, topic] of wireTopics.entries()) await this.joinByWire(`wire-${String(index + 1)}`, topic, index);
    for (let index = 0; index < publisherCount; index += 1) {
      const name = `publisher-${String(index + 1)}`;
      const bus = await this.connect(name, index);
      this.publishers.push(new Publisher(name, () => bus, { topics, random: new SeededRandom(this.random.below(2 ** 32)), nowMs }));
    }
    for (let index = 0; index < visitorCount; index += 1) {
      const name = `visitor-${String(index + 1)}`;
      const random = new SeededRandom(this.random.below(2 ** 32));
      this.visitors.push(new Visitor(name, { topics, random, nowMs, connect: () => this.connect(name, index) }));
    }
  }

  private get writers(): readonly (Publisher | Visitor)[] {
    return [...this.publishers, ...this.visitors];
  }

  private async joinByWire(name: string, topic: string, shieldIndex: number): Promise<void> {
    const { bed, nowMs } = this.parts;
    const subscriber = new WireSubscriber(name, { url: bed.url(shieldIndex), ca: bed.ca, token: () => bed.token(name), topic, nowMs });
    this.subscribers.push(subscriber);
    this.parts.clients.add({ close: () => { subscriber.stop(); } });
    void subscriber.run();
    await waitFor(() => subscriber.hasJoined, { timeoutMs: settleTimeoutMs, what: `${name} to join` });
  }

  private async connect(name: string, shieldIndex: number): Promise<Bus> {
    const bus = await this.parts.bed.connect(name, shieldIndex);
    this.parts.clients.add(bus);
    bus.on('state', ({ state, error }) => {
      if (state === 'closed' && error !== undefined) this.endedClients.push(`${name}: ${error.code} ${error.message}`);
    });
    return bus;
  }

  private progress(): void {
    const records = this.writers.flatMap((writer) => writer.records);
    const ackedCount = records.filter(({ outcome }) => outcome.kind === 'acked').length;
    const deliveredCount = this.subscribers.reduce((sum, subscriber) => sum + subscriber.deliveredCount, 0);
    this.parts.tell(`${String(ackedCount)} acknowledged, ${String(records.length - ackedCount)} unknown, ${String(deliveredCount)} delivered`);
  }

  /** Waits for every publish to settle, then for every subscriber to have each topic's last event, which is published now, or to be told of its loss. */
  private async settle(loops: readonly Promise<void>[]): Promise<void> {
    const { tell } = this.parts;
    for (const { name, pending, settled } of this.writers.map((writer) => ({ name: writer.name, pending: writer.pending, settled: writer.settled(settleTimeoutMs) }))) {
      if (!(await settled)) tell(`${name}: ${String(pending.size)} publishes do not settle`);
    }
    await within(Promise.all(loops), settleTimeoutMs, 'the writers to end');
    for (const topic of topics) {
      const last = await this.publishLast(topic);
      for (const subscriber of this.subscribers.filter((each) => each.follows(topic))) {
        // What does not arrive is found by the checker, as a hole at the end.
        await waitFor(() => tellsOf(subscriber.recorded.entries, topic, last), { timeoutMs: settleTimeoutMs, intervalMs: 20 }).catch(() => {
          tell(`${subscriber.name} does not get the last event of ${topic}, ${last.id}: ${subscriber.stand}`);
        });
      }
    }
  }

  /** Publishes until one event is acknowledged; a publish that is in doubt does not count. Rejects when none is. */
  private async publishLast(topic: string): Promise<{ readonly id: string; readonly place: Place }> {
    const [publisher] = this.publishers;
    return waitFor(async () => {
      const { id, outcome } = await publisher.publish(topic);
      return outcome.kind === 'acked' ? { id, place: outcome.place } : undefined;
    }, { timeoutMs: settleTimeoutMs, intervalMs: 200, what: `an acknowledgement in ${topic} after all faults were healed` });
  }

  /** Reads each topic through each Shield and from each Spine. */
  private async readBack(): Promise<ReadRecord[]> {
    const { bed, clients } = this.parts;
    const spines = await bed.connectToSpines();
    const shields = await Promise.all(bed.proxies.client.map(async (_, index) => ({ name: `shield-${String(index + 1)}`, bus: await this.connect('reader', index) })));
    for (const { bus } of spines) clients.add(bus);
    const reads: ReadRecord[] = [];
    for (const { name, bus } of [...shields, ...spines]) for (const topic of topics) reads.push(await readTopic(name, bus, topic));
    return reads;
  }

  private recorded(reads: readonly ReadRecord[], deaths: readonly Death[]): RecordedRun {
    const endedSubscribers = this.subscribers.flatMap(({ name, endedBy }) => (endedBy === undefined ? [] : [`${name}: ${endedBy}`]));
    return {
      startedAtUs: this.parts.startedAtUs,
      publishes: this.writers.flatMap((writer) => writer.records),
      pending: this.writers.flatMap((writer) => [...writer.pending]),
      endedClients: [...this.endedClients, ...endedSubscribers],
      subscribers: this.subscribers.map((subscriber) => subscriber.recorded),
      reads,
      deaths,
    };
  }
}

async function readTopic(via: string, bus: Bus, topic: string): Promise<ReadRecord> {
  const history = bus.history(topic, { pageSize: 1_000 });
  const events: ReadRecord['events'][number][] = [];
  for (;;) {
    const page = await history.page();
    events.push(...page.messages.map(({ text: id, sequence, timeUs }) => ({ id, sequence, timeUs })));
    if (page.complete || page.nextSequence === 0n) return { via, topic, epoch: page.epoch, events };
  }
}
