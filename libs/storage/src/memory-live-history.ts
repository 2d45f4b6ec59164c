import type { LiveHistory, OpenTopicOptions, TopicHistory } from './live-history.js';
import { MemoryTopicHistory } from './memory-topic-history.js';
import { ProducerMemory } from './producer-memory.js';

export interface MemoryHistoryOptions {
  /** Bytes over all topics (default 1 GiB). */
  readonly maxBytes: number;
  /** Acknowledged runs per producer and topic within one turn. */
  readonly maxUnacknowledgedRuns: number;
  /** Milliseconds after which an idle producer is forgotten. */
  readonly producerIdleMs: number;
  /** Bytes left free before each tail, for the header of whoever fans it out. */
  readonly headroomBytes: number;
  /** Whether subscribers are told what content inspection found (E24); default false. */
  readonly exposesInspection?: boolean;
}

/** History in this process's memory, lost with it (D1). */
export class MemoryLiveHistory implements LiveHistory {
  readonly durability = 'MEMORY';
  byteCount = 0;
  private readonly topics = new Set<MemoryTopicHistory>();
  private lastEpoch = 0;
  private evictionOrder: Iterator<MemoryTopicHistory> | undefined;

  constructor(private readonly options: MemoryHistoryOptions) {}

  openTopic(options: OpenTopicOptions, nowUs: number): TopicHistory {
    const producers = new ProducerMemory({ maxUnacknowledged: this.options.maxUnacknowledgedRuns, idleMs: this.options.producerIdleMs });
    const topic = new MemoryTopicHistory(options, producers, this.shareFor(), nowUs);
    this.topics.add(topic);
    return topic;
  }

  closeTopic(topic: TopicHistory): void {
    for (const mine of this.topics) {
      if (mine !== topic) continue;
      this.byteCount -= mine.byteCount;
      this.topics.delete(mine);
      return;
    }
  }

  private shareFor(): { headroomBytes: number; exposesInspection: boolean; nextEpoch: (nowUs: number) => number; addBytes: (bytes: number) => void } {
    return {
      headroomBytes: this.options.headroomBytes,
      exposesInspection: this.options.exposesInspection === true,
      nextEpoch: (nowUs) => (this.lastEpoch = Math.max(this.lastEpoch + 1, nowUs)),
      addBytes: (bytes) => {
        this.byteCount += bytes;
        if (bytes > 0 && this.byteCount > this.options.maxBytes) this.evict();
      },
    };
  }

  /** Over the process's bound: topics above their fair share give up their oldest runs, in turn. */
  private evict(): void {
    const fairShare = this.options.maxBytes / this.topics.size;
    for (let visited = 0; visited < this.topics.size && this.byteCount > this.options.maxBytes; visited += 1) {
      const topic = this.nextForEviction();
      while (topic !== undefined && topic.byteCount >= fairShare && this.byteCount > this.options.maxBytes) {
        if (!topic.dropOldest()) break;
      }
    }
  }

  private nextForEviction(): MemoryTopicHistory | undefined {
    let next = this.evictionOrder?.next();
    if (next === undefined || next.done === true) {
      this.evictionOrder = this.topics.values();
      next = this.evictionOrder.next();
    }
    return next.done === true ? undefined : next.value;
  }
}
