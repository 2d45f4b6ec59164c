import type { Backplane, DurabilityName, GroupLog, HistoryStore, OpenGroupOptions, OpenLogOptions, StoreEvents, TopicLog } from '@arqonbus/storage';
import { redisRoomKeys, redisTopicKeys, topicKeyText, type TopicKey } from '@arqonbus/tenancy';
import { Announcements } from './announcements.js';
import { RedisBackplane } from './redis-backplane.js';
import type { RedisConnection } from './redis-connection.js';
import { RedisGroup } from './redis-group.js';
import { RedisLink } from './redis-link.js';
import { parseRedisOptions, type RedisSettings, type RedisStoreOptions } from './redis-options.js';
import { scripts } from './redis-script.js';
import { RedisTopicLog, type TopicLogShare } from './redis-topic-log.js';
import type { Worth } from './server-facts.js';
import { TopicState } from './topic-state.js';

/** A room's set of channels is kept this long after the last sign of life of any of them, milliseconds. */
const roomKeptMs = 604_800_000;
const scanCount = 512;

export interface OpenedRedisStore {
  readonly store: HistoryStore;
  readonly backplane: Backplane;
}

/**
 * Connects to Redis 7 or Valkey and keeps connected. Raises ArqonError INVALID_ARGUMENT for options or server settings that must change
 * (e.g. maxmemory-policy), STORE_UNAVAILABLE when no address serves (D1, D4, D5).
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<OpenedRedisStore> {
  const store = new RedisStore(parseRedisOptions(options), options.events);
  await store.start();
  return { store, backplane: store.backplane };
}

class RedisStore implements HistoryStore {
  readonly name = 'redis';
  readonly isShared = true;
  readonly isDense = true;
  readonly backplane: RedisBackplane;
  private readonly topics = new Map<string, TopicState>();
  private readonly commands: RedisLink;
  private readonly subscriptions: RedisLink;
  private readonly announcements: Announcements;
  private readonly share: TopicLogShare;
  private worth: Worth = { durability: 'MEMORY', reason: 'not connected' };
  private wasDown = false;

  constructor(
    private readonly settings: RedisSettings,
    private readonly events: StoreEvents | undefined,
  ) {
    this.commands = new RedisLink(settings, { up: (connection) => { this.connected(connection); }, down: (reason) => { this.disconnected(reason); } });
    this.subscriptions = new RedisLink(settings, {
      up: (connection) => { this.announcements.connected(connection); },
      down: () => { this.announcements.disconnected(); },
    });
    const note = (error: unknown): void => { this.subscriptions.note(error); };
    this.announcements = new Announcements(note);
    this.backplane = new RedisBackplane(this.commands, this.announcements, settings.prefix, note);
    this.share = {
      link: this.commands,
      announcedBytes: settings.announcedBytes,
      register: (key) => this.register(key),
      accepted: (state, epoch, prev, runs) => { this.backplane.accepted(state, epoch, prev, runs); },
      closed: (state) => { this.release(state); },
    };
  }

  get durability(): DurabilityName {
    return this.worth.durability;
  }

  get durabilityReason(): string {
    return this.isUp ? this.worth.reason : `not connected: ${this.commands.lastFailure || 'the connection was closed'}`;
  }

  get isUp(): boolean {
    return this.commands.isUp;
  }

  async start(): Promise<void> {
    try {
      await this.commands.start();
      await this.subscriptions.start();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async openLog(key: TopicKey, options: OpenLogOptions): Promise<TopicLog> {
    const text = topicKeyText(key);
    const state = this.topics.get(text) ?? new TopicState(redisTopicKeys(this.settings.prefix, key));
    this.topics.set(text, state);
    state.usersCount += 1;
    const log = new RedisTopicLog(key, state, options, this.share);
    try {
      await log.readHead();
      await this.register(key);
      return log;
    } catch (error) {
      log.close();
      throw error;
    }
  }

  async listChannels(tenant: string, room: string, maxCount: number): Promise<readonly string[]> {
    const { connection } = this.commands;
    const { channels } = redisRoomKeys(this.settings.prefix, tenant, room);
    const found = new Set<string>();
    let cursor = '0';
    do {
      const [next, names] = (await connection.command('sscan', channels, cursor, 'COUNT', scanCount)) as [Buffer, Buffer[]];
      cursor = next.toString();
      await Promise.all(names.map(async (name) => {
        const channel = name.toString();
        const { meta } = redisTopicKeys(this.settings.prefix, { tenant, room, channel });
        if (Number(await connection.command('exists', meta)) === 1) found.add(channel);
        // Its log is gone; whoever has it open makes it known again within a minute.
        else await connection.command('srem', channels, channel);
      }));
    } while (cursor !== '0' && found.size < maxCount);
    return [...found].slice(0, maxCount);
  }

  /** As of HistoryStore. Raises TypeError for a log of another store. */
  async openGroup(log: TopicLog, group: string, options: OpenGroupOptions): Promise<GroupLog> {
    if (!(log instanceof RedisTopicLog)) throw new TypeError('the log belongs to another store');
    const opened = new RedisGroup(log, group, options, this.announcements);
    try {
      return await opened.open();
    } catch (error) {
      await opened.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.backplane.close();
    this.commands.close();
    this.subscriptions.close();
  }

  private connected(connection: RedisConnection): void {
    this.worth = connection.worth;
    // Announcements of another server than the one that is written to would be missed: both connections go to the same.
    this.subscriptions.moveTo(connection, this.commands.addressIndex);
    if (!this.wasDown) return;
    this.wasDown = false;
    this.events?.up();
    this.backplane.connected();
  }

  private disconnected(reason: string): void {
    this.wasDown = true;
    this.events?.down(reason);
  }

  private async register(key: TopicKey): Promise<void> {
    if ('inbox' in key) return;
    const keys = redisRoomKeys(this.settings.prefix, key.tenant, key.room);
    await this.commands.connection.run(scripts.announceChannel, [keys.channels], [key.channel, keys.announcements, roomKeptMs]);
  }

  private release(state: TopicState): void {
    state.usersCount -= 1;
    if (state.usersCount > 0) return;
    for (const [text, one] of this.topics) if (one === state) this.topics.delete(text);
  }
}
