import type { HistoryPage, HistoryWindow } from '@arqonbus/storage';
import type { FanOut } from './fan-out.js';
import type { Topic } from './topic.js';

/** One page of a topic, with what the topic was when it was read. */
export interface ReadPage extends HistoryPage {
  readonly epoch: number;
  /** Sequence of the topic's last event. */
  readonly head: number;
}

/**
 * Reads a topic's history, wherever it lies. The events of one page stand one behind another without a hole, framed as they always are: runs
 * are cut at the window's edges and where `maxEvents` ends, nowhere else. Rejects with ArqonError, STORE_UNAVAILABLE among them.
 */
export interface HistoryReader {
  read(topic: Topic, window: HistoryWindow): ReadPage | Promise<ReadPage>;
}

/** Replaces events by tombstones (see tombstoneBody), wherever they lie: history, live windows, other Spines. */
export interface Eraser {
  /** False when the event is not held. Rejects with ArqonError STORE_UNAVAILABLE when the store cannot do it now. */
  erase(topic: Topic, sequence: number): boolean | Promise<boolean>;
}

/** The live window as history: all there is of a topic that is kept in memory alone. */
export class LiveWindow implements HistoryReader, Eraser {
  constructor(private readonly fanOut: FanOut) {}

  read(topic: Topic, window: HistoryWindow): ReadPage {
    const { history } = topic;
    // A run that is still pending may grow.
    if ((window.toSequence ?? history.lastSequence) > history.takenSequence) this.fanOut.flushTopic(topic);
    return { ...history.read(window), epoch: history.epoch, head: history.lastSequence };
  }

  erase(topic: Topic, sequence: number): boolean {
    this.fanOut.flushTopic(topic);
    return topic.history.erase(sequence);
  }
}
