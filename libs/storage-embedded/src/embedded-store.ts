import {
  LocalBackplane, LocalGroups, type Backplane, type DurabilityName, type GroupLog, type HistoryStore, type OpenGroupOptions, type OpenLogOptions, type TopicLog,
} from '@arqonbus/storage';
import { topicKeyText, type TopicKey } from '@arqonbus/tenancy';
import type { DatabaseClient } from './database-client.js';
import { EmbeddedLog, type SharedLog } from './embedded-log.js';
import type { DurabilityClaim } from './settings.js';

/** Topics in one file of one machine, used by one process at a time (D1, D4). */
export class EmbeddedStore implements HistoryStore {
  readonly name = 'embedded';
  readonly isShared = false;
  readonly isDense = true;
  readonly durability: DurabilityName;
  readonly durabilityReason: string;
  private readonly local = new LocalBackplane();
  private readonly groups: LocalGroups;
  private readonly logs = new Map<string, Promise<SharedLog>>();
  private readonly opened = new Set<SharedLog>();
  private nextLog = 1;

  constructor(private readonly client: DatabaseClient, claim: DurabilityClaim, private readonly nowUs: () => number) {
    this.durability = claim.durability;
    this.durabilityReason = claim.reason;
    this.groups = new LocalGroups({
      backplane: this.local,
      places: {
        load: (key, group) => client.ask('loadGroup', { key, group }),
        save: (key, group, change) => client.ask('saveGroup', { key, group, change }),
      },
    });
    client.reopenLogs = () => this.reopenLogs();
  }

  get backplane(): Backplane {
    return this.local;
  }

  get isUp(): boolean {
    return this.client.isUp;
  }

  /** The options of whoever opens the log first hold until all have closed it. */
  async openLog(key: TopicKey, options: OpenLogOptions): Promise<TopicLog> {
    const text = topicKeyText(key);
    const opening = this.logs.get(text) ?? this.openShared(key, options);
    this.logs.set(text, opening);
    let shared: SharedLog;
    try {
      shared = await opening;
    } catch (error) {
      if (this.logs.get(text) === opening) this.logs.delete(text);
      throw error;
    }
    // Released while this was waiting for it: opened anew.
    if (this.logs.get(text) !== opening) return this.openLog(key, options);
    shared.usersCount += 1;
    return new EmbeddedLog(shared, this.client, this.local, () => { this.leave(text, shared); });
  }

  listChannels(tenant: string, room: string, maxCount: number): Promise<readonly string[]> {
    return this.client.ask('channels', { tenant, room, maxCount });
  }

  openGroup(log: TopicLog, group: string, options: OpenGroupOptions): Promise<GroupLog> {
    return this.groups.open(log, group, options);
  }

  async close(): Promise<void> {
    this.groups.close();
    await this.local.close();
    await this.client.close();
    this.logs.clear();
  }

  private async openShared(key: TopicKey, options: OpenLogOptions): Promise<SharedLog> {
    const log = this.nextLog;
    this.nextLog += 1;
    const { head, isNew } = await this.client.ask('open', { log, key, options, nowUs: this.nowUs(), known: undefined });
    if (isNew && 'room' in key) this.local.announceChannel(key.tenant, key.room, key.channel);
    const shared: SharedLog = { key, log, options, head, usersCount: 0, erasing: Promise.resolve() };
    this.opened.add(shared);
    return shared;
  }

  /** After the store came back. Followers hear of logs that lack acknowledged runs and so began a new epoch. */
  private async reopenLogs(): Promise<void> {
    for (const shared of this.opened) {
      const { key, log, options, head: known } = shared;
      const { head } = await this.client.request('open', { log, key, options, nowUs: this.nowUs(), known });
      shared.head = head;
      if (head.epoch !== known.epoch) this.local.announceReset(key, head);
    }
  }

  private leave(text: string, shared: SharedLog): void {
    shared.usersCount -= 1;
    if (shared.usersCount > 0) return;
    this.logs.delete(text);
    this.opened.delete(shared);
    // A store that is down or closed has nothing to release.
    void Promise.allSettled([this.client.ask('release', { log: shared.log })]);
  }
}
