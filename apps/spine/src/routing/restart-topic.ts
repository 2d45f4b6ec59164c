import type { Directory } from './directory.js';
import type { FanOut } from './fan-out.js';
import type { Recoveries } from './recovery.js';
import type { Topic } from './topic.js';

/** Changes where a followed topic stands (`change` resets its live window), and tells those who follow it by `gap`. */
export function restartTopic(
  parts: { readonly directory: Directory; readonly fanOut: FanOut; readonly recoveries: Recoveries },
  topic: Topic, reason: 'EPOCH_CHANGED' | 'HISTORY_TRIMMED', change: () => void,
): void {
  parts.fanOut.flushTopic(topic);
  const after = { epoch: topic.history.epoch, sequence: topic.history.lastSequence };
  change();
  parts.directory.announceReset(topic);
  if (topic.sessionCount === 0) return;
  parts.fanOut.announce(topic, parts.recoveries.gap(topic, after, { epoch: topic.history.epoch, sequence: topic.history.lastSequence }, reason));
}
