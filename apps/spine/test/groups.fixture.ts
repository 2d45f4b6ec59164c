import { fromBinary } from '@bufbuild/protobuf';
import { encodeEventEntry, encodeSender } from '@arqonbus/envelope';
import { FrameSchema, type Envelope } from '@arqonbus/proto';
import { MemoryLiveHistory } from '@arqonbus/storage';
import { Room, Tenant, Topic } from '../src/routing/index.js';
import { DeadLetterPublisher } from '../src/groups/dead-letter-publisher.js';
import type { GroupOptions } from '../src/groups/group-options.js';
import type { DeadLetterSink, GroupSource, TaskReceiver } from '../src/groups/group-source.js';
import { Groups } from '../src/groups/groups.js';
import { LiveGroupSource } from '../src/groups/live-group-source.js';
import { viewOf } from '../src/routing/index.js';

const policy = {
  history: 'memory', order: 'arrival', onStoreFailure: 'refuse', retention: { maxEvents: 10_000, maxBytes: 16_777_216, maxAgeMs: 3_600_000 },
} as const;

/** A delivered task as its member sees it. */
export interface SeenTask {
  readonly id: Uint8Array;
  readonly text: string;
  readonly sequence: number;
  readonly attempt: number;
}

/** A session, as far as groups see one: what it is sent is decoded as a client would. */
export class Worker implements TaskReceiver {
  isClosed = false;
  isLagging = false;
  readonly batchSizes: number[] = [];
  onTask: (task: SeenTask) => void = () => undefined;
  private inbox: SeenTask[] = [];

  constructor(readonly name: string, readonly groups?: Groups<Worker>) {}

  queue(entry: Uint8Array): void {
    for (const batch of fromBinary(FrameSchema, entry).batches) {
      this.batchSizes.push(batch.envelopes.length);
      for (const [index, envelope] of batch.envelopes.entries()) {
        const task = { id: envelope.id, text: textOf(envelope), sequence: Number(batch.stamp?.sequence) + index, attempt: batch.stamp?.task?.attempt ?? 0 };
        this.inbox.push(task);
        this.onTask(task);
      }
    }
  }

  /** What came since the last call. */
  take(): SeenTask[] {
    const tasks = this.inbox;
    this.inbox = [];
    return tasks;
  }

  texts(): string[] {
    return this.take().map((task) => task.text);
  }
}

function textOf(envelope: Envelope): string {
  return envelope.body.case === 'event' ? new TextDecoder().decode(envelope.body.value.payload) : '';
}

export interface WorldOptions extends Partial<GroupOptions> {
  readonly deadLetters?: (inner: DeadLetterSink) => DeadLetterSink;
  readonly source?: (inner: GroupSource) => GroupSource;
  readonly maxEvents?: number;
}

/** Groups over a real live window, with a clock that tests turn. */
export class World {
  nowMs = 1_700_000_000_000;
  readonly warnings: string[] = [];
  readonly live: LiveGroupSource;
  /** Of the first Spine. */
  readonly groups: Groups<Worker>;
  /** Those of Spines that run. */
  readonly spines: Groups<Worker>[] = [];
  readonly topic: Topic;
  /** One more Spine on the same source. */
  readonly addSpine: () => Groups<Worker>;
  private readonly wakeAll: (topic: Topic) => void;
  private readonly history: MemoryLiveHistory;
  private readonly tenant = new Tenant('acme');
  private readonly room = new Room(1, this.tenant, 'jobs');
  private readonly topics = new Map<string, Topic>();
  private idCount = 0;

  constructor(options: WorldOptions = {}) {
    const { deadLetters = (sink) => sink, source = (inner) => inner, maxEvents = policy.retention.maxEvents, ...groupOptions } = options;
    this.history = new MemoryLiveHistory({ maxBytes: 67_108_864, maxUnacknowledgedRuns: 64, producerIdleMs: 600_000, headroomBytes: 64 });
    const clock = (): number => this.nowMs;
    this.live = new LiveGroupSource({ maxGroupsPerTopic: groupOptions.maxGroupsPerTopic ?? 64, groupIdleMs: 3_600_000 }, clock);
    this.topic = this.open('main', maxEvents);
    this.wakeAll = (topic) => { for (const spine of this.spines) spine.wake(topic); };
    const publisher = new DeadLetterPublisher({
      directory: { openTopic: (_tenant, _room, channel) => this.open(channel) }, nowMs: clock,
      fanOut: { flushTopic: () => undefined, markTopic: this.wakeAll },
    });
    const warn = (_fields: object, message: string): void => { this.warnings.push(message); };
    const sharedSource = source(this.live);
    this.addSpine = () => {
      const groups = new Groups<Worker>({
        source: sharedSource, deadLetters: deadLetters(publisher), options: { leaseMs: 10_000, ...groupOptions }, nowMs: clock, logger: { warn, error: warn },
      });
      this.spines.push(groups);
      return groups;
    };
    this.groups = this.addSpine();
  }

  open(channel: string, maxEvents: number = policy.retention.maxEvents): Topic {
    const known = this.topics.get(channel);
    if (known !== undefined) return known;
    const topic = new Topic(this.topics.size + 1, this.tenant, { kind: 'channel', room: this.room, channel }, {
      store: this.history, policy: { ...policy, retention: { ...policy.retention, maxEvents } }, nowMs: this.nowMs, onTailFull: () => undefined,
    });
    this.topics.set(channel, topic);
    return topic;
  }

  /** Publishes one run of text events. */
  publish(texts: readonly string[], topic = this.topic): void {
    const entries = texts.map((text) => encodeEventEntry({ id: this.nextId(), type: 'text/plain', payload: new TextEncoder().encode(text) }));
    const source = Buffer.concat(entries);
    topic.history.append({
      source, view: viewOf(source, 0, source.length), routing: topic.routing, sender: encodeSender('publisher', 7), after: new Uint8Array(0), producerOwner: '',
      turn: 0, sequence: 0, prev: 0, timeUs: 0, count: 0,
    }, this.nowMs * 1_000);
    topic.history.takeTail();
    this.wakeAll(topic);
  }

  async join(name: string, options: { readonly group?: string; readonly topic?: Topic; readonly groups?: Groups<Worker>; readonly onTask?: Worker['onTask'] } = {}): Promise<Worker> {
    const { groups = this.groups } = options;
    const worker = new Worker(name, groups);
    if (options.onTask !== undefined) worker.onTask = options.onTask;
    await groups.join(worker, options.topic ?? this.topic, options.group ?? 'workers', () => undefined);
    await this.settle();
    return worker;
  }

  close(worker: Worker): void {
    worker.isClosed = true;
    worker.groups?.removeSession(worker);
  }

  ack(worker: Worker, task: SeenTask): void {
    worker.groups?.acknowledge(worker, task.id, { nack: false, retryAfterMs: 0 });
  }

  nack(worker: Worker, task: SeenTask, retryAfterMs = 0): void {
    worker.groups?.acknowledge(worker, task.id, { nack: true, retryAfterMs });
  }

  /** Turns the clock and ticks as the timers do. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 250) {
      this.nowMs += Math.min(250, left);
      for (const spine of this.spines) spine.tick(this.nowMs);
      await this.settle();
    }
  }

  /** Lets everything that was begun come to its end. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => { setImmediate(resolve); });
  }

  /** Envelopes of a channel of the room, oldest first. */
  envelopes(channel: string): Envelope[] {
    const { history } = this.open(channel);
    const page = history.read({ fromSequence: 1, maxEvents: 10_000, maxBytes: 16_777_216 });
    return fromBinary(FrameSchema, page.bytes).batches.flatMap((batch) => batch.envelopes);
  }

  private nextId(): Uint8Array {
    this.idCount += 1;
    const id = new Uint8Array(16);
    id[6] = 0x70;
    new DataView(id.buffer).setUint32(12, this.idCount);
    return id;
  }
}
