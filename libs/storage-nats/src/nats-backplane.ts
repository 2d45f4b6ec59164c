import type { Backplane, Following, LogFollower, TopicLog } from '@arqonbus/storage';
import { natsChannelOfRecord, natsRecordSubjects } from '@arqonbus/tenancy';
import { NatsTopicLog } from './nats-topic-log.js';
import type { NatsLink } from './nats-link.js';
import { ignoreFailure } from './unavailable.js';

const relistMs = 1_000;
const maxChannelsCount = 100_000;

/** Carries runs by the ordered consumers that the logs have, and new channels by the messages with their records. */
export class NatsBackplane implements Backplane {
  private readonly watched = new Set<() => void>();

  constructor(
    private readonly link: NatsLink,
    private readonly listChannels: (tenant: string, room: string, maxCount: number) => Promise<readonly string[]>,
  ) {}

  follow(log: TopicLog, afterSequence: number, follower: LogFollower): Following {
    if (!(log instanceof NatsTopicLog)) throw new TypeError('a log of another store');
    return log.follow(afterSequence, follower);
  }

  watchRoom(tenant: string, room: string, onChannel: (channel: string) => void): Following {
    let isStopped = false;
    const subscription = this.link.connection.subscribe(natsRecordSubjects(tenant, room), {
      callback: (error, message) => { if (error === null && !isStopped) onChannel(natsChannelOfRecord(message.subject)); },
    });
    const list = async (): Promise<void> => {
      for (const channel of await this.listChannels(tenant, room, maxChannelsCount)) if (!isStopped) onChannel(channel);
    };
    // Records that were written while nobody listened: at the beginning, and while the connection was away.
    const relist = (): void => { ignoreFailure(list()); };
    const first = setTimeout(relist, 0);
    const again = setTimeout(relist, relistMs);
    const forgetUp = this.link.whenUp(relist);
    const stop = (): void => {
      isStopped = true;
      clearTimeout(first);
      clearTimeout(again);
      forgetUp();
      this.watched.delete(stop);
      if (!subscription.isClosed()) subscription.unsubscribe();
    };
    this.watched.add(stop);
    return { stop };
  }

  close(): Promise<void> {
    for (const stop of [...this.watched]) stop();
    return Promise.resolve();
  }
}
