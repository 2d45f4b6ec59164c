import { encodeLogPage, type HistoryPage, type HistoryWindow, type TopicLog } from '@arqonbus/storage';
import type { Topic } from '../routing/index.js';

/**
 * Reads a page of a topic that is ready: at once from the live window where that holds the whole of it, else from the store. Never beyond what
 * was fanned out on this Spine. The promise rejects with ArqonError STORE_UNAVAILABLE.
 */
export function readHistory(topic: Topic, window: HistoryWindow): HistoryPage | Promise<HistoryPage> {
  const { history } = topic;
  const log = topic.durable?.openLog;
  if (log === undefined) return history.read(window);
  if (window.fromSequence !== undefined && window.fromSequence > history.heldAfter) return history.read(window);
  return readLog(log, { ...window, toSequence: Math.min(window.toSequence ?? history.lastSequence, history.lastSequence) });
}

async function readLog(log: TopicLog, window: HistoryWindow): Promise<HistoryPage> {
  return encodeLogPage(await log.read(window), window);
}
