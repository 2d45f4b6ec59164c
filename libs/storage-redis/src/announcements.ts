import type { Cluster, Redis } from 'ioredis';
import type { RedisConnection } from './redis-connection.js';

export interface AnnouncementListener {
  heard(message: Buffer): void;
  /** The channel is heard from now on; what was published before was missed. */
  listening(): void;
}

const channelsPerCommand = 256;

/** Listens to pub/sub channels over a connection of its own, again after each reconnection. */
export class Announcements {
  private readonly listeners = new Map<string, Set<AnnouncementListener>>();
  private client: Redis | Cluster | undefined;

  /** `note` takes failures that heal by themselves. */
  constructor(private readonly note: (error: unknown) => void) {}

  /** Uses a new connection: everything is subscribed to anew. */
  connected(connection: RedisConnection): void {
    const { client } = connection;
    this.client = client;
    client.on('messageBuffer', (channel: Buffer, message: Buffer) => {
      for (const listener of [...(this.listeners.get(channel.toString()) ?? [])]) listener.heard(message);
    });
    const channels = [...this.listeners.keys()];
    for (let at = 0; at < channels.length; at += channelsPerCommand) this.subscribe(channels.slice(at, at + channelsPerCommand));
  }

  disconnected(): void {
    this.client = undefined;
  }

  listen(channel: string, listener: AnnouncementListener): () => void {
    const listeners = this.listeners.get(channel) ?? new Set();
    listeners.add(listener);
    if (this.listeners.has(channel)) queueMicrotask(() => { if (listeners.has(listener)) listener.listening(); });
    else {
      this.listeners.set(channel, listeners);
      this.subscribe([channel]);
    }
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0 || this.listeners.get(channel) !== listeners) return;
      this.listeners.delete(channel);
      // Unsubscribing only saves work, and a connection that cannot do it has no subscriptions either.
      this.client?.unsubscribe(channel).catch(this.note);
    };
  }

  private subscribe(channels: readonly string[]): void {
    const { client } = this;
    if (client === undefined) return;
    client.subscribe(...channels).then(
      () => {
        for (const channel of channels) for (const listener of [...(this.listeners.get(channel) ?? [])]) listener.listening();
      },
      // Announcements are hints, but without a subscription every one of them is missed: begin anew.
      (error: unknown) => {
        this.note(error);
        client.disconnect();
      },
    );
  }
}
