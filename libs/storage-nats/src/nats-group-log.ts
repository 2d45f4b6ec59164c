import { createHash } from 'node:crypto';
import { AckPolicy, DeliverPolicy, ReplayPolicy } from '@nats-io/jetstream';
import { createInbox, nanos, type Msg, type Subscription } from '@nats-io/transport-node';
import type { GroupLog, GroupRun, OpenGroupOptions } from '@arqonbus/storage';
import { natsGroupText, natsSubjectsBelow, parseNatsSubject } from '@arqonbus/tenancy';
import { committedRun, LogBodies } from './log-bodies.js';
import type { NatsLink } from './nats-link.js';
import type { NatsTopicLog } from './nats-topic-log.js';
import { parseDelivery, type Delivered } from './ordered-delivery.js';
import type { IndexedRun } from './run-index.js';
import { unavailable } from './unavailable.js';

const encoder = new TextEncoder();
const acknowledgement = encoder.encode('+ACK');
const refusal = encoder.encode('-NAK');
const progress = encoder.encode('+WPI');
/** What the server may take to answer beyond the time it was told to wait. */
const answerMs = 2_000;
/** Runs of one answer. */
const maxTakeCount = 256;

/** A group as a durable pull consumer: the server leases each message to one member and hands it out again. */
export class NatsGroupLog implements GroupLog {
  private readonly replies = new WeakMap<GroupRun, string>();
  private isClosed = false;

  private constructor(
    private readonly link: NatsLink,
    private readonly log: NatsTopicLog,
    private readonly name: string,
    private readonly options: OpenGroupOptions,
  ) {}

  /** Makes the consumer where there is none, at the end of the log. Rejects with STORE_UNAVAILABLE. */
  static async open(link: NatsLink, log: NatsTopicLog, group: string, options: OpenGroupOptions): Promise<NatsGroupLog> {
    const name = `G-${createHash('sha256').update(natsGroupText(log.key, group)).digest('hex').slice(0, 40)}`;
    const opened = new NatsGroupLog(link, log, name, options);
    await opened.ensureConsumer();
    return opened;
  }

  async take(maxRuns: number, waitMs: number): Promise<readonly GroupRun[]> {
    const deadlineMs = performance.now() + waitMs;
    const count = Math.min(maxRuns, maxTakeCount);
    for (;;) {
      this.assertOpen();
      const leftMs = Math.max(0, deadlineMs - performance.now());
      // What is there comes at once; only then is one run waited for, and its followers are there at the next call.
      let messages = await this.pull({ batch: count, no_wait: true }, 0);
      if (messages.length === 0 && leftMs >= 1) messages = await this.pull({ batch: 1, expires: nanos(Math.ceil(leftMs)) }, leftMs);
      if (messages.length === 0) return [];
      const runs: GroupRun[] = [];
      for (const message of messages) {
        const run = await this.runOf(message);
        if (run !== undefined) runs.push(run);
      }
      if (runs.length > 0) return runs;
    }
  }

  async acknowledge(run: GroupRun): Promise<void> {
    const reply = this.replies.get(run);
    if (reply === undefined) return;
    await this.link.inbox.request(reply, acknowledgement);
    this.replies.delete(run);
  }

  async extend(runs: readonly GroupRun[]): Promise<void> {
    this.assertOpen();
    for (const run of runs) this.tell(run, progress);
    await this.link.ask('the lease was not extended', () => this.link.connection.flush());
  }

  async release(run: GroupRun): Promise<void> {
    this.assertOpen();
    this.tell(run, refusal);
    this.replies.delete(run);
    await this.link.ask('the run was not released', () => this.link.connection.flush());
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  private tell(run: GroupRun, word: Uint8Array): void {
    const reply = this.replies.get(run);
    if (reply !== undefined) this.link.connection.publish(reply, word);
  }

  private assertOpen(): void {
    if (this.isClosed) throw unavailable('the group is closed');
    if (!this.link.isUp) throw unavailable('not connected');
  }

  private async ensureConsumer(): Promise<void> {
    const { stream, stem } = await this.log.settled();
    await this.link.ask('no consumer for the group', (manager) => manager.consumers.add(stream.name, {
      name: this.name,
      durable_name: this.name,
      filter_subject: natsSubjectsBelow(stem),
      deliver_policy: DeliverPolicy.New,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(this.options.leaseMs),
      replay_policy: ReplayPolicy.Instant,
      max_ack_pending: this.link.settings.maxGroupPendingCount,
    }));
  }

  private async pull(request: { batch: number; no_wait?: boolean; expires?: number }, waitMs: number): Promise<Delivered[]> {
    const { stream } = await this.log.settled();
    const answer = await collect(this.link, `$JS.API.CONSUMER.MSG.NEXT.${stream.name}.${this.name}`, request, waitMs + answerMs);
    // The stream was lost, and the consumer with it.
    if (answer.isConsumerMissing) await this.ensureConsumer();
    return answer.messages;
  }

  /** Undefined for what is no run of the log any more, or not of this group; it is then done with. */
  private async runOf(delivered: Delivered): Promise<GroupRun | undefined> {
    const { stream, stem, view } = await this.log.settled();
    const message = parseNatsSubject(delivered.subject);
    await stream.reach(delivered.streamSequence);
    const isTombstone = message?.kind === 'tombstone';
    const indexed = message?.kind === 'run' || isTombstone ? view.index.findMessage(isTombstone ? message.erased : delivered.streamSequence) : undefined;
    const isOurs = indexed !== undefined && (!isTombstone || !(await this.isDone(stream.name, indexed)));
    const held = isOurs ? await new LogBodies(this.link, stream.name, stem).read(indexed) : undefined;
    if (indexed === undefined || held === undefined) {
      this.link.connection.publish(delivered.reply, acknowledgement);
      return undefined;
    }
    const run: GroupRun = { run: committedRun(indexed, held), epoch: view.epoch, deliveriesBefore: delivered.deliveryCount - 1 };
    this.replies.set(run, delivered.reply);
    return run;
  }

  /** Whether the erased run was acknowledged before: all below the consumer's floor were. One above may be handed out once more. */
  private async isDone(stream: string, run: IndexedRun): Promise<boolean> {
    const info = await this.link.ask('the group was not read', (manager) => manager.consumers.info(stream, this.name));
    return run.streamSequence <= info.ack_floor.stream_seq && info.ack_floor.consumer_seq > 0;
  }
}

/** Sends one pull request and takes what comes until the server says that it is over, or all came. */
function collect(link: NatsLink, subject: string, request: { batch: number }, timeoutMs: number): Promise<{ messages: Delivered[]; isConsumerMissing: boolean }> {
  return new Promise((resolve, reject) => {
    const messages: Delivered[] = [];
    const inbox = createInbox();
    const finish = (isConsumerMissing: boolean): void => {
      clearTimeout(timer);
      subscription.unsubscribe();
      resolve({ messages, isConsumerMissing });
    };
    const onMessage = (message: Msg): void => {
      const place = parseDelivery(message);
      if (place !== undefined) {
        messages.push(place.delivered);
        if (messages.length === request.batch) finish(false);
      } else if (message.headers !== undefined && message.headers.code !== 100) {
        finish(message.headers.code === 503 || /consumer deleted/i.test(message.headers.description));
      }
    };
    const subscription: Subscription = link.connection.subscribe(inbox, { callback: (error, message) => { if (error === null) onMessage(message); } });
    const timer = setTimeout(() => {
      if (link.isUp || messages.length > 0) finish(false);
      else {
        subscription.unsubscribe();
        reject(unavailable('the group does not answer'));
      }
    }, timeoutMs);
    link.connection.publish(subject, JSON.stringify(request), { reply: inbox });
  });
}
