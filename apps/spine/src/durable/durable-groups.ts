import { ArqonError } from '@arqonbus/errors';
import type { GroupLog, HistoryStore } from '@arqonbus/storage';
import { runLeaseMs, type GroupSource } from '../groups/index.js';
import { whenReady, type Topic } from '../routing/index.js';

/** Groups of durable rooms through the store's own groups, shared by all its Spines; those of rooms in memory from the live window. */
export class DurableGroupSource implements GroupSource {
  /** @param options.leaseMs lease of a task; runs are leased longer */
  constructor(
    private readonly live: GroupSource, private readonly store: HistoryStore,
    private readonly options: { readonly consumer: string; readonly leaseMs: number },
  ) {}

  async open(topic: Topic, group: string): Promise<GroupLog> {
    await whenReady([topic]);
    const { durable } = topic;
    if (durable === undefined || durable.state === 'degraded') return this.live.open(topic, group);
    const log = durable.openLog;
    if (log === undefined) throw new ArqonError('STORE_UNAVAILABLE', { field: 'group', retryAfterMs: 500 });
    return this.store.openGroup(log, group, { leaseMs: runLeaseMs(this.options.leaseMs), consumer: this.options.consumer });
  }
}
