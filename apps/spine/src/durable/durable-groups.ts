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
    if (topic.isInMemory) return this.live.open(topic, group);
    return this.store.openGroup(topic.requireLog('group'), group, { leaseMs: runLeaseMs(this.options.leaseMs), consumer: this.options.consumer });
  }
}
