import type { Bus, Subscription } from '@arqonbus/sdk';
import { deliveredCountOf, type Delivery, type Place, type SubscriberRecord, type ToldGap } from './recorded-run.js';

/** Keeps everything that the SDK gives an application that follows a topic or all channels of a room. */
export class SdkSubscriber {
  private readonly entries: (Delivery | ToldGap)[] = [];
  private begins: SubscriberRecord['begins'] = [];
  private room: string | undefined;
  /** Why the subscription ended; undefined while it lives. */
  endedBy: string | undefined;

  private constructor(readonly name: string, private readonly bus: Bus, private readonly nowMs: () => number) {}

  /** Joins; for `room:*` every channel. `topics` are those that will be written to. */
  static async join(name: string, bus: Bus, target: string, options: { readonly topics: readonly string[]; readonly nowMs: () => number }): Promise<SdkSubscriber> {
    const subscriber = new SdkSubscriber(name, bus, options.nowMs);
    const room = /^(.+):\*$/.exec(target)?.[1];
    subscriber.room = room;
    const subscription = await bus.join(room === undefined ? target : { room, allChannels: true });
    subscriber.record(subscription);
    const heads = new Map<string, Place>(subscription.positions.map(({ channel, epoch, sequence }) => [channel, { epoch, sequence }]));
    subscriber.begins = options.topics.filter((topic) => room === undefined ? topic === target : topic.startsWith(`${room}:`))
      .map((topic) => ({ topic, place: heads.get(topic.split(':').at(1) ?? '') ?? { epoch: 0n, sequence: 0n } }));
    return subscriber;
  }

  get recorded(): SubscriberRecord {
    return { name: this.name, begins: this.begins, entries: this.entries, ...(this.room === undefined ? {} : { room: this.room }) };
  }

  get deliveredCount(): number {
    return deliveredCountOf(this.entries);
  }

  /** How it stands, for a report. */
  get stand(): string {
    const last = this.entries.at(-1);
    const heard = last === undefined ? 'it heard nothing' : `it heard last of ${last.topic} at ${String(last.atMs)} ms`;
    return `its connection is ${this.bus.state}, ${heard}${this.endedBy === undefined ? '' : `, its subscription ended: ${this.endedBy}`}`;
  }

  follows(topic: string): boolean {
    return this.begins.some((begin) => begin.topic === topic);
  }

  private record(subscription: Subscription): void {
    subscription.on('message', ({ topic, text: id, epoch, sequence, timeUs }) => {
      this.entries.push({ kind: 'delivered', topic, id, place: { epoch, sequence }, timeUs, atMs: Math.round(this.nowMs()) });
    });
    subscription.on('gap', ({ topic, after, resumesAt, reason, lost }) => {
      this.entries.push({ kind: 'gap', topic, after, resumesAt, reason, isLost: lost, atMs: Math.round(this.nowMs()) });
    });
    subscription.on('closed', ({ error }) => {
      this.endedBy = error === undefined ? 'closed' : String(error);
    });
  }
}
