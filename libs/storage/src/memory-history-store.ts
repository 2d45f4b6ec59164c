import { topicKeyText, type TopicKey } from '@arqonbus/tenancy';
import { MemoryGroupPlaces } from './group-places.js';
import { LocalBackplane } from './local-backplane.js';
import { LocalGroups } from './local-groups.js';
import { MemoryTopicLog, type MemoryLogShare } from './memory-topic-log.js';
import type { Backplane, GroupLog, HistoryStore, OpenGroupOptions, OpenLogOptions, TopicLog } from './topic-log.js';

export interface MemoryStoreOptions {
  /** Bytes over all topics (default 1 GiB); above them a topic that grows gives up its own oldest runs. */
  readonly maxBytes?: number;
  /** Microseconds of the wall clock, for epochs. */
  readonly nowUs: () => number;
}

const defaultMaxBytes = 1_073_741_824;

/** Logs in this process's memory, lost with it (D1): what the other stores are compared with, and where rooms without a store lease tasks. */
export class MemoryHistoryStore implements HistoryStore {
  readonly name = 'memory';
  readonly isShared = false;
  readonly isDense = true;
  readonly durability = 'MEMORY';
  readonly durabilityReason = 'kept in the memory of this process alone';
  readonly backplane = new LocalBackplane();
  private readonly logs = new Map<string, MemoryTopicLog>();
  /** Channels by tenant and room. */
  private readonly channels = new Map<string, Set<string>>();
  private readonly groups: LocalGroups;
  private readonly share: MemoryLogShare;
  private byteCount = 0;
  private lastEpoch = 0;
  private isClosed = false;

  constructor(private readonly options: MemoryStoreOptions) {
    const { maxBytes = defaultMaxBytes } = options;
    this.groups = new LocalGroups({ backplane: this.backplane, places: new MemoryGroupPlaces() });
    this.share = {
      backplane: this.backplane,
      nextEpoch: (nowUs) => (this.lastEpoch = Math.max(this.lastEpoch + 1, nowUs)),
      addBytes: (bytes) => {
        this.byteCount += bytes;
        return this.byteCount > maxBytes;
      },
      isClosed: () => this.isClosed,
    };
  }

  get isUp(): boolean {
    return !this.isClosed;
  }

  /** The options of whoever opens the log first hold until the process ends. */
  openLog(key: TopicKey, options: OpenLogOptions): Promise<TopicLog> {
    const text = topicKeyText(key);
    const known = this.logs.get(text);
    if (known !== undefined) return Promise.resolve(known);
    const log = new MemoryTopicLog(key, options, this.share, this.options.nowUs());
    this.logs.set(text, log);
    if ('room' in key) this.addChannel(key.tenant, key.room, key.channel);
    return Promise.resolve(log);
  }

  listChannels(tenant: string, room: string, maxCount: number): Promise<readonly string[]> {
    return Promise.resolve([...this.channels.get(`${tenant}/${room}`) ?? []].slice(0, maxCount));
  }

  openGroup(log: TopicLog, group: string, options: OpenGroupOptions): Promise<GroupLog> {
    return this.groups.open(log, group, options);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.groups.close();
    await this.backplane.close();
    this.logs.clear();
    this.channels.clear();
  }

  private addChannel(tenant: string, room: string, channel: string): void {
    const names = this.channels.get(`${tenant}/${room}`) ?? new Set<string>();
    this.channels.set(`${tenant}/${room}`, names.add(channel));
    this.backplane.announceChannel(tenant, room, channel);
  }
}

/** The memory adapter of both ports. */
export function openMemoryStore(options: MemoryStoreOptions): { readonly store: HistoryStore; readonly backplane: Backplane } {
  const store = new MemoryHistoryStore(options);
  return { store, backplane: store.backplane };
}
