import { readStampedBatch } from '@arqonbus/envelope';
import { ArqonError } from '@arqonbus/errors';
import { encodeRunBody, type GroupLog, type GroupRun, type TopicHistory } from '@arqonbus/storage';
import { viewOf, type Topic } from '../routing/index.js';
import type { GroupSource } from './group-source.js';

export interface LiveGroupLimits {
  readonly maxGroupsPerTopic: number;
  /** Milliseconds without members after which a group's place may be given to another. */
  readonly groupIdleMs: number;
}

/**
 * Groups of rooms in memory, read from the live window. Positions live as long as the topic and are lost with the Spine, as MEMORY promises:
 * a group whose members come back finds what came meanwhile, as far as history still holds it.
 */
export class LiveGroupSource implements GroupSource {
  /** Events that history trimmed before they were handed out. */
  readonly counters = { trimmed: 0 };
  private readonly byTopic = new WeakMap<Topic, Map<string, LiveGroupLog>>();

  constructor(private readonly limits: LiveGroupLimits, private readonly nowMs: () => number) {}

  open(topic: Topic, group: string): Promise<GroupLog> {
    let groups = this.byTopic.get(topic);
    if (groups === undefined) this.byTopic.set(topic, groups = new Map<string, LiveGroupLog>());
    let log = groups.get(group);
    if (log === undefined) {
      if (!this.hasPlace(groups)) return Promise.reject(new ArqonError('GROUP_LIMIT', { field: 'group' }));
      log = new LiveGroupLog(topic.history, this.nowMs, (count) => { this.counters.trimmed += count; });
      groups.set(group, log);
    }
    log.closedAtMs = undefined;
    return Promise.resolve(log);
  }

  private hasPlace(groups: Map<string, LiveGroupLog>): boolean {
    if (groups.size < this.limits.maxGroupsPerTopic) return true;
    const oldestMs = this.nowMs() - this.limits.groupIdleMs;
    for (const [name, log] of groups) {
      if (log.closedAtMs !== undefined && log.closedAtMs <= oldestMs) groups.delete(name);
    }
    return groups.size < this.limits.maxGroupsPerTopic;
  }
}

/** Bytes read from the window at once. */
const pageBytes = 262_144;
const maxEventsPerRun = 4_096;

/** One group's place in a live window. Its one consumer is this Spine, so runs have no lease: they are out or given back. */
class LiveGroupLog implements GroupLog {
  closedAtMs: number | undefined;
  private epoch: number;
  private nextSequence: number;
  private readonly out = new Map<number, GroupRun>();
  private returned: GroupRun[] = [];

  constructor(
    private readonly history: TopicHistory, private readonly nowMs: () => number, private readonly onTrimmed: (count: number) => void,
  ) {
    this.epoch = history.epoch;
    this.nextSequence = history.lastSequence + 1;
  }

  take(maxRuns: number): Promise<readonly GroupRun[]> {
    this.followEpoch();
    const runs = this.returned.splice(0, maxRuns).map((run) => ({ ...run, deliveriesBefore: run.deliveriesBefore + 1 }));
    while (runs.length < maxRuns && this.nextSequence <= this.history.lastSequence) {
      const read = this.read(maxRuns - runs.length);
      if (read.length === 0) break;
      runs.push(...read);
    }
    for (const run of runs) this.out.set(run.run.sequence, run);
    return Promise.resolve(runs);
  }

  acknowledge(run: GroupRun): Promise<void> {
    if (run.epoch === this.epoch) this.out.delete(run.run.sequence);
    return Promise.resolve();
  }

  extend(): Promise<void> {
    return Promise.resolve();
  }

  release(run: GroupRun): Promise<void> {
    if (run.epoch !== this.epoch || !this.out.delete(run.run.sequence)) return Promise.resolve();
    this.returned.push(run);
    this.returned.sort((left, right) => left.run.sequence - right.run.sequence);
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.closedAtMs = this.nowMs();
    return Promise.resolve();
  }

  /** A topic that was emptied begins anew, and so does the group. */
  private followEpoch(): void {
    if (this.epoch === this.history.epoch) return;
    this.epoch = this.history.epoch;
    this.nextSequence = 1;
    this.out.clear();
    this.returned = [];
  }

  private read(maxRuns: number): GroupRun[] {
    const { firstSequence } = this.history;
    if (this.nextSequence < firstSequence) {
      this.onTrimmed(firstSequence - this.nextSequence);
      this.nextSequence = firstSequence;
    }
    const { bytes } = this.history.read({ fromSequence: this.nextSequence, maxEvents: maxEventsPerRun, maxBytes: pageBytes });
    const runs: GroupRun[] = [];
    for (let at = 0; at < bytes.length && runs.length < maxRuns;) {
      const batch = readStampedBatch(bytes, at);
      const view = viewOf(bytes, batch.envelopesStart, batch.envelopesEnd);
      runs.push({
        run: {
          producer: undefined, count: view.envelopeCount, body: encodeRunBody(batch.routing, batch.sender, batch.after, bytes, view),
          sequence: batch.sequence, prev: batch.prev, timeUs: batch.timeUs,
        },
        epoch: this.epoch, deliveriesBefore: 0,
      });
      this.nextSequence = batch.sequence + view.envelopeCount;
      at = batch.end;
    }
    return runs;
  }
}
