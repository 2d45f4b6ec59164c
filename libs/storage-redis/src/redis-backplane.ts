import type { Backplane, CommittedRun, Following, LogFollower, TopicLog } from '@arqonbus/storage';
import { redisRoomKeys } from '@arqonbus/tenancy';
import type { AnnouncementListener, Announcements } from './announcements.js';
import type { RedisConnection } from './redis-connection.js';
import type { RedisLink } from './redis-link.js';
import { RedisTopicLog } from './redis-topic-log.js';
import type { TopicState } from './topic-state.js';
import { TopicFollow } from './topic-follow.js';

/** A topic that was quiet for this long is looked at; two looks are as far apart, so that what was missed is noticed within a second. */
const lookMs = 450;
/** Topics asked about at once. */
const looksAtOnce = 512;

interface RoomWatch extends AnnouncementListener {
  look(): Promise<void>;
}

/** Carries runs between Spines by Redis pub/sub; the logs are the truth. */
export class RedisBackplane implements Backplane {
  private readonly follows = new Map<TopicState, Set<TopicFollow>>();
  private readonly rooms = new Set<RoomWatch>();
  private isLooking = false;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly link: RedisLink,
    private readonly announcements: Announcements,
    private readonly prefix: string,
    private readonly note: (error: unknown) => void,
  ) {
    this.timer = setInterval(() => { void this.look(performance.now() - lookMs); }, lookMs);
    this.timer.unref();
  }

  /** As of Backplane. Raises TypeError for a log of another store. */
  follow(log: TopicLog, afterSequence: number, follower: LogFollower): Following {
    if (!(log instanceof RedisTopicLog)) throw new TypeError('the log belongs to another store');
    const follow = new TopicFollow(log, afterSequence, follower);
    const { state } = log;
    const follows = this.follows.get(state) ?? new Set();
    this.follows.set(state, follows.add(follow));
    const stopListening = this.announcements.listen(state.keys.announcements, follow);
    follow.onStop = () => {
      stopListening();
      follows.delete(follow);
      if (follows.size === 0 && this.follows.get(state) === follows) this.follows.delete(state);
    };
    return follow;
  }

  watchRoom(tenant: string, room: string, onChannel: (channel: string) => void): Following {
    const keys = redisRoomKeys(this.prefix, tenant, room);
    let knownCount = 0;
    let isStopped = false;
    const tellAll = async (): Promise<void> => {
      const names = (await this.link.connection.command('smembers', keys.channels)) as Buffer[];
      knownCount = names.length;
      for (const name of names) if (!isStopped) onChannel(name.toString());
    };
    const watch: RoomWatch = {
      heard: (message) => { if (!isStopped) onChannel(message.toString()); },
      // The look that follows repeats what failed here.
      listening: () => { tellAll().catch(this.note); },
      look: async () => {
        const count = Number(await this.link.connection.command('scard', keys.channels));
        if (count !== knownCount) await tellAll();
      },
    };
    this.rooms.add(watch);
    const stopListening = this.announcements.listen(keys.announcements, watch);
    return {
      stop: () => {
        isStopped = true;
        this.rooms.delete(watch);
        stopListening();
      },
    };
  }

  close(): Promise<void> {
    clearInterval(this.timer);
    for (const follows of this.follows.values()) for (const follow of [...follows]) follow.stop();
    this.rooms.clear();
    return Promise.resolve();
  }

  /** Runs of this process were accepted: followers need not wait for the announcement. */
  accepted(state: TopicState, epoch: number, prev: number, runs: readonly CommittedRun[]): void {
    const last = runs[runs.length - 1];
    for (const follow of [...(this.follows.get(state) ?? [])]) {
      follow.take({ kind: 'runs', epoch, prev, timeUs: last.timeUs, lastSequence: last.sequence + last.count - 1, runs: () => [...runs] });
    }
  }

  /** The store is there again: all topics are looked at. */
  connected(): void {
    void this.look(Number.POSITIVE_INFINITY);
  }

  private async look(heardBeforeMs: number): Promise<void> {
    if (this.isLooking || !this.link.isUp) return;
    this.isLooking = true;
    try {
      const { connection } = this.link;
      const quiet = [...this.follows.values()].map((follows) => [...follows]).filter(isLookedAt(heardBeforeMs));
      for (let at = 0; at < quiet.length; at += looksAtOnce) {
        await Promise.all(quiet.slice(at, at + looksAtOnce).map((follows) => this.lookAt(connection, follows)));
      }
      for (const room of [...this.rooms]) await room.look();
    } catch (error) {
      // The connection went: a look after the next one finds what was missed.
      this.note(error);
    } finally {
      this.isLooking = false;
    }
  }

  /** Compares heads. Anything but growth is left to the script, which decides about a new epoch. */
  private async lookAt(connection: RedisConnection, follows: readonly TopicFollow[]): Promise<void> {
    const { log } = follows[0];
    const known = log.head;
    const [epoch, last, runId, erasures] = (await connection.command('hmget', log.state.keys.meta, 'epoch', 'last', 'run', 'erasures')) as (Buffer | null)[];
    // Nodes of a cluster are restarted one by one: their scripts compare run ids.
    const isSame = Number(epoch) === known.epoch && Number(last) === known.lastSequence && connection.runId !== '' && runId?.toString() === connection.runId;
    if (!isSame) await log.readHead();
    for (const follow of follows) {
      follow.isUncertain = false;
      follow.check();
      if (Number(epoch) === follow.epoch) await follow.checkErasures(Number(erasures));
    }
  }
}

function isLookedAt(heardBeforeMs: number): (follows: readonly TopicFollow[]) => boolean {
  return (follows) => follows.some((follow) => follow.isUncertain) || follows.every((follow) => follow.heardAtMs < heardBeforeMs);
}
