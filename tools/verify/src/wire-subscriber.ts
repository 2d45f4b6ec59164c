import type { Batch, Envelope, Frame, Gap, Joined } from '@arqonbus/proto';
import { newId } from '@arqonbus/e2e';
import { RawWireClient } from '@arqonbus/testkit';
import { setTimeout as wait } from 'node:timers/promises';
import { comparePlaces, deliveredCountOf, placeText, type Delivery, type JoinedAt, type Place, type SubscriberRecord, type ToldGap } from './recorded-run.js';

const retryMs = 150;
const welcomeTimeoutMs = 10_000;
/** The server sends at least a heartbeat each second. */
const silenceMs = 4_000;

export interface WireSubscriberOptions {
  readonly url: string;
  readonly ca: string;
  readonly token: () => Promise<string>;
  readonly topic: string;
  readonly nowMs: () => number;
}

/**
 * Follows a topic by the protocol alone: it joins with its last position after each reconnect, heals nothing, and keeps the predecessor
 * that each run names, so what the SDK would mend shows.
 */
export class WireSubscriber {
  private readonly entries: (Delivery | ToldGap | JoinedAt)[] = [];
  private readonly room: string;
  private readonly channel: string;
  private begin: Place | undefined;
  private position: Place = { epoch: 0n, sequence: 0n };
  private client: RawWireClient | undefined;
  private isStopped = false;
  private lastHeardMs = 0;
  /** Whether the join of this connection is answered. */
  private isAnswered = false;
  /** Why the last connection could not be made or used. */
  private lastFailure: unknown;
  readonly endedBy: string | undefined;

  constructor(readonly name: string, private readonly options: WireSubscriberOptions) {
    [this.room, this.channel = ''] = options.topic.split(':');
  }

  get recorded(): SubscriberRecord {
    return { name: this.name, begins: [{ topic: this.options.topic, place: this.begin ?? this.position }], entries: this.entries };
  }

  get deliveredCount(): number {
    return deliveredCountOf(this.entries);
  }

  /** How it stands, for a report. */
  get stand(): string {
    const heardMs = Math.round(performance.now() - this.lastHeardMs);
    const failure = this.lastFailure === undefined ? '' : `, the last failure was ${String(this.lastFailure)}`;
    return `at ${placeText(this.position)}, its join is ${this.isAnswered ? '' : 'not '}answered, it heard something ${String(heardMs)} ms ago${failure}`;
  }

  get hasJoined(): boolean {
    return this.begin !== undefined;
  }

  follows(topic: string): boolean {
    return topic === this.options.topic;
  }

  /** Reads until stopped, whatever happens to the connection. */
  async run(): Promise<void> {
    while (!this.isStopped) {
      try {
        await this.readConnection();
      } catch (error) {
        // What ends a connection does not matter to the record: the position is what the next one goes on from.
        this.lastFailure = error;
      }
      this.client?.terminate();
      if (!this.isStopped) await wait(retryMs);
    }
  }

  stop(): void {
    this.isStopped = true;
    this.client?.terminate();
  }

  private async readConnection(): Promise<void> {
    const { url, ca, token } = this.options;
    const client = await RawWireClient.connect(url, { ca, token: await token() });
    this.client = client;
    this.isAnswered = false;
    await client.next(isWelcome, welcomeTimeoutMs);
    await this.join(client);
    this.lastHeardMs = performance.now();
    const watch = setInterval(() => {
      if (performance.now() - this.lastHeardMs > silenceMs) client.terminate();
    }, silenceMs / 4);
    try {
      for await (const frame of client.frames) {
        this.lastHeardMs = performance.now();
        for (const batch of frame.batches) this.take(batch, client);
        // The server lost its state of the session, and with it a command that it had not answered (docs/protocol.md, positions).
        if (!this.isAnswered && isWelcome(frame)) await this.join(client);
      }
    } finally {
      clearInterval(watch);
    }
  }

  private async join(client: RawWireClient): Promise<void> {
    const id = newId();
    const resume = this.begin === undefined ? [] : [{ channel: this.channel, ...this.position }];
    const join = { room: this.room, channel: this.channel, resume };
    await client.sendFrame({ batches: [{ envelopes: [{ id, body: { case: 'command', value: { body: { case: 'join', value: join } } } }] }] });
  }

  private take(batch: Batch, client: RawWireClient): void {
    for (const envelope of batch.envelopes) this.takeControl(envelope, client);
    const { stamp, envelopes } = batch;
    if (stamp === undefined || batch.room !== this.room || batch.channel !== this.channel) return;
    const { epoch, sequence, prev, timeUs } = stamp;
    if (envelopes.length === 0) {
      // The end of the topic is further than what came: a lost tail, which coming back mends.
      if (this.begin !== undefined && comparePlaces({ epoch, sequence }, this.position) > 0) client.terminate();
      return;
    }
    for (const [index, { body }] of envelopes.entries()) {
      const place = { epoch, sequence: sequence + BigInt(index) };
      if (body.case !== 'event' || comparePlaces(place, this.position) <= 0) continue;
      const id = Buffer.from(body.value.payload).toString();
      this.entries.push({ kind: 'delivered', topic: this.options.topic, id, place, ...(index === 0 ? { prev } : {}), timeUs, atMs: this.atMs() });
      this.position = place;
    }
  }

  private takeControl({ body }: Envelope, client: RawWireClient): void {
    if (body.case === 'error') client.terminate();
    if (body.case === 'signal' && body.value.body.case === 'gap') this.takeGap(body.value.body.value);
    if (body.case === 'reply' && body.value.body.case === 'joined') this.takeJoined(body.value.body.value);
  }

  private takeGap({ room, channel, resumesAt, reason }: Gap): void {
    if (room !== this.room || channel !== this.channel || resumesAt === undefined || comparePlaces(resumesAt, this.position) <= 0) return;
    this.lost(resumesAt, reason);
  }

  private takeJoined({ positions, recovered, reason }: Joined): void {
    const head = positions.find(({ channel }) => channel === this.channel);
    if (head === undefined) return;
    this.isAnswered = true;
    const { epoch, sequence } = head;
    if (this.begin === undefined) {
      this.begin = { epoch, sequence };
      this.position = this.begin;
      return;
    }
    if (!recovered && comparePlaces(head, this.position) !== 0) this.lost({ epoch, sequence }, reason);
    this.entries.push({ kind: 'joined', topic: this.options.topic, head: { epoch, sequence }, atMs: this.atMs() });
  }

  private lost({ epoch, sequence }: Place, reason: string): void {
    const resumesAt = { epoch, sequence };
    this.entries.push({ kind: 'gap', topic: this.options.topic, after: this.position, resumesAt, reason, isLost: true, atMs: this.atMs() });
    this.position = resumesAt;
  }

  private atMs(): number {
    return Math.round(this.options.nowMs());
  }
}

function isWelcome({ batches }: Frame): boolean {
  return batches.some(({ envelopes }) => envelopes.some(({ body }) => body.case === 'signal' && body.value.body.case === 'welcome'));
}
