import type { Backplane, CommittedRun, Following, HistoryStore } from '@arqonbus/storage';
import { restartTopic, type Directory, type DurableDirectory, type FanOut, type Recoveries, type Topic } from '../routing/index.js';
import { DurableLog, type DurableParts } from './durable-log.js';

export interface DurableTopicsParts extends Omit<DurableParts, 'waiting'> {
  readonly store: HistoryStore;
  readonly backplane: Backplane;
  readonly producerIdleMs: number;
  readonly fanOut: FanOut;
  /** Made after this. */
  readonly directory: () => Directory;
  readonly recoveries: () => Recoveries;
  /** The topic's head rose. */
  readonly onAdvanced: (topic: Topic) => void;
}

/** Topics whose history a store keeps: their logs, and what comes back from them. */
export class DurableTopics implements DurableDirectory {
  /** What waits for the store, over all topics. */
  readonly waiting = { bytes: 0 };
  private readonly logs = new Map<Topic, DurableLog>();

  constructor(private readonly parts: DurableTopicsParts) {}

  get openCount(): number {
    return this.logs.size;
  }

  openLog(topic: Topic, fromStart: boolean): DurableLog {
    const { policy } = topic;
    const { fanOut } = this.parts;
    const options = { retention: policy.retention, producerIdleMs: this.parts.producerIdleMs, degrades: policy.onStoreFailure === 'degrade', fromStart };
    const log = new DurableLog(topic.key, options, { ...this.parts, waiting: this.waiting }, {
      opened: (head, newest) => {
        topic.history.resetTo({ ...head, lastSequence: newest[0]?.prev ?? head.lastSequence });
        for (const run of newest) topic.history.commit(run);
        // These were live before: nobody gets them as new.
        topic.history.takeTail();
        this.parts.directory().announceReset(topic);
        // Runs may wait for what it holds.
        if (policy.order === 'causal') this.parts.onAdvanced(topic);
      },
      committed: (runs) => { this.commit(topic, runs); },
      restarted: (head) => {
        const reason = head.epoch === topic.history.epoch ? 'HISTORY_TRIMMED' : 'EPOCH_CHANGED';
        restartTopic(this.restartParts(), topic, reason, () => { topic.history.resetTo(head); });
      },
      erased: (sequence) => {
        // The sequence names the run alone; what is no longer here is read from the store.
        fanOut.flushTopic(topic);
        topic.history.dropThrough(sequence);
      },
      degraded: () => {
        restartTopic(this.restartParts(), topic, 'EPOCH_CHANGED', () => { topic.history.reset(this.parts.nowMs() * 1_000); });
      },
    });
    this.logs.set(topic, log);
    return log;
  }

  closed(topic: Topic): void {
    this.logs.delete(topic);
  }

  storeLost(): void {
    for (const log of this.logs.values()) log.storeLost();
  }

  storeBack(): void {
    for (const log of this.logs.values()) log.storeBack();
  }

  listChannels(tenant: string, room: string, maxCount: number): Promise<readonly string[]> {
    return this.parts.store.listChannels(tenant, room, maxCount);
  }

  watchRoom(tenant: string, room: string, onChannel: (channel: string) => void): Following | undefined {
    return this.parts.store.isShared ? this.parts.backplane.watchRoom(tenant, room, onChannel) : undefined;
  }

  private commit(topic: Topic, runs: readonly CommittedRun[]): void {
    const { fanOut, nowMs } = this.parts;
    const { history } = topic;
    for (const run of runs) {
      if (run.sequence <= history.lastSequence) continue;
      fanOut.makeRoom(topic, run.body.length);
      history.commit(run);
      fanOut.markTopic(topic);
    }
    topic.lastActiveMs = nowMs();
    if (topic.policy.order === 'causal') this.parts.onAdvanced(topic);
  }

  private restartParts(): { directory: Directory; fanOut: FanOut; recoveries: Recoveries } {
    return { directory: this.parts.directory(), fanOut: this.parts.fanOut, recoveries: this.parts.recoveries() };
  }
}
