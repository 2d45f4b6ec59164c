import type { StreamInfo } from '@nats-io/jetstream';
import type { DurabilityName, GroupLog, HistoryStore, OpenGroupOptions, OpenLogOptions, TopicLog } from '@arqonbus/storage';
import { natsChannelOfRecord, natsRecordStreamName, natsRecordSubjects, topicKeyText, type TopicKey } from '@arqonbus/tenancy';
import { LogStream } from './log-stream.js';
import { NatsGroupLog } from './nats-group-log.js';
import type { NatsLink } from './nats-link.js';
import { NatsTopicLog } from './nats-topic-log.js';
import type { StreamRegistry } from './open-topic.js';
import { errorCodeOf } from './stream-config.js';

const streamNotFound = 10_059;

/** Topics as JetStream keeps them: a stream for each tenant and retention class (D3, D19). */
export class NatsHistoryStore implements HistoryStore, StreamRegistry {
  readonly name = 'jetstream';
  readonly isShared = true;
  readonly isDense = false;
  private readonly logs = new Map<string, NatsTopicLog>();
  private readonly streams = new Map<string, Promise<LogStream>>();
  private weakest: { readonly replicas: number; readonly isFile: boolean; readonly stream: string } | undefined;

  constructor(private readonly link: NatsLink) {}

  get isUp(): boolean {
    return this.link.isUp;
  }

  get durability(): DurabilityName {
    const { replicasCount, isSyncDeclared } = this.link.settings;
    if (this.weakest?.isFile === false) return 'MEMORY';
    if ((this.weakest?.replicas ?? replicasCount) > 1) return 'QUORUM';
    return isSyncDeclared ? 'FSYNC' : 'STORE';
  }

  get durabilityReason(): string {
    const { replicasCount, isSyncDeclared } = this.link.settings;
    const replicas = this.weakest?.replicas ?? replicasCount;
    const where = this.weakest === undefined ? 'new streams' : `stream ${this.weakest.stream}`;
    if (this.weakest?.isFile === false) return `${where} is kept in memory`;
    if (replicas > 1) return `${where}: ${replicas} replicas, most of which have the run`;
    const sync = isSyncDeclared ? 'the operator declared sync_interval: always' : 'files are synced now and then, and no client can ask the server for sync_interval';
    return `${where}: one replica in a file; ${sync}`;
  }

  openLog(key: TopicKey, options: OpenLogOptions): Promise<TopicLog> {
    const text = topicKeyText(key);
    let log = this.logs.get(text);
    if (log === undefined) {
      const created: NatsTopicLog = new NatsTopicLog(key, this.link, this, options, () => {
        if (this.logs.get(text) === created) this.logs.delete(text);
      });
      log = created;
      this.logs.set(text, log);
    }
    return log.use(options);
  }

  async listChannels(tenant: string, room: string, maxCount: number): Promise<readonly string[]> {
    return this.link.ask('the channels were not listed', async (manager) => {
      try {
        const info = await manager.streams.info(natsRecordStreamName(tenant), { subjects_filter: natsRecordSubjects(tenant, room) });
        return Object.keys(info.state.subjects ?? {}).slice(0, maxCount).map(natsChannelOfRecord);
      } catch (error) {
        if (errorCodeOf(error) === streamNotFound) return [];
        throw error;
      }
    });
  }

  openGroup(log: TopicLog, group: string, options: OpenGroupOptions): Promise<GroupLog> {
    if (!(log instanceof NatsTopicLog)) throw new TypeError('a log of another store');
    return NatsGroupLog.open(this.link, log, group, options);
  }

  open(tenant: string, retentionClass: string): Promise<LogStream> {
    const name = `${tenant}/${retentionClass}`;
    const opened = this.streams.get(name);
    if (opened !== undefined) return opened;
    const opening = LogStream.open(this.link, tenant, retentionClass, (info) => { this.noteConfig(info); });
    this.streams.set(name, opening);
    opening.catch(() => this.streams.delete(name));
    return opening;
  }

  async close(): Promise<void> {
    for (const log of [...this.logs.values()]) log.abandon();
    for (const opened of await Promise.allSettled([...this.streams.values()])) if (opened.status === 'fulfilled') opened.value.stop();
    this.streams.clear();
    await this.link.close();
  }

  private noteConfig({ config }: StreamInfo): void {
    const found = { replicas: config.num_replicas, isFile: config.storage === 'file', stream: config.name };
    if (this.weakest === undefined || (this.weakest.isFile && !found.isFile) || found.replicas < this.weakest.replicas) this.weakest = found;
  }
}
