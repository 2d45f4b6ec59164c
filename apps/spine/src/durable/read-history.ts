import { ArqonError } from '@arqonbus/errors';
import { encodeLogPage, tombstoneBody, type CommittedRun, type HistoryPage, type HistoryWindow, type TopicLog } from '@arqonbus/storage';
import type { Eraser, HistoryReader, LiveWindow, ReadPage, Topic } from '../routing/index.js';

/**
 * Reads a page of a topic that is ready: at once from the live window where that holds the whole of it, else from the store. Never beyond what
 * was fanned out on this Spine. The promise rejects with ArqonError STORE_UNAVAILABLE.
 */
export function readHistory(topic: Topic, window: HistoryWindow): HistoryPage | Promise<HistoryPage> {
  const { history } = topic;
  const log = topic.durable?.openLog;
  if (log === undefined) return history.read(window);
  if (window.fromSequence !== undefined && window.fromSequence > history.heldAfter) return history.read(window);
  return readLog(topic, log, window);
}

async function readLog(topic: Topic, log: TopicLog, window: HistoryWindow): Promise<HistoryPage> {
  const { epoch, lastSequence } = topic.history;
  const bounded = { ...window, toSequence: Math.min(window.toSequence ?? lastSequence, lastSequence) };
  const page = await log.read(bounded);
  if (page.epoch !== epoch) throw new ArqonError('EPOCH_CHANGED', { field: 'epoch' });
  return encodeLogPage(page, bounded);
}

/** History wherever it lies: the live window, and behind it the store. */
export class StoredHistory implements HistoryReader, Eraser {
  constructor(private readonly live: LiveWindow) {}

  read(topic: Topic, window: HistoryWindow): ReadPage | Promise<ReadPage> {
    const page = readHistory(topic, window);
    const { epoch, lastSequence: head } = topic.history;
    return page instanceof Promise ? page.then((read) => ({ ...read, epoch, head })) : { ...page, epoch, head };
  }

  erase(topic: Topic, sequence: number): boolean | Promise<boolean> {
    return topic.isInMemory ? this.live.erase(topic, sequence) : this.eraseStored(topic, topic.requireLog('channel'), sequence);
  }

  private async eraseStored(topic: Topic, log: TopicLog, sequence: number): Promise<boolean> {
    const wasHeld = await log.erase(sequence, (run: CommittedRun) => tombstoneBody(run.body, sequence - run.sequence));
    if (wasHeld) this.live.erase(topic, sequence);
    return wasHeld;
  }
}
