import type { CommittedRun, LogPage, LogWindow } from '@arqonbus/storage';
import { committedRun, type LogBodies } from './log-bodies.js';
import type { IndexedRun, RunIndex } from './run-index.js';
import type { TopicView } from './topic-view.js';

/** Requests under way at once for one page. */
const chunkCount = 512;

/** Reads a page of a view that is up to date. Rejects with STORE_UNAVAILABLE. */
export async function readPage(view: TopicView, bodies: LogBodies, window: LogWindow): Promise<LogPage> {
  for (;;) {
    const { epoch } = view;
    const { chosen, isComplete } = choose(view.index, window);
    const runs: CommittedRun[] = [];
    for (let from = 0; from < chosen.length; from += chunkCount) runs.push(...(await readChunk(view.index, bodies, chosen.slice(from, from + chunkCount))));
    // A reset while the page was read: what was read is of the old epoch. A page whose runs the server dropped meanwhile is read again too.
    if (view.epoch === epoch && (runs.length > 0 || chosen.length === 0 || isComplete)) return { ...view.head, runs, isComplete };
  }
}

async function readChunk(index: RunIndex, bodies: LogBodies, chosen: readonly IndexedRun[]): Promise<CommittedRun[]> {
  const held = await Promise.all(chosen.map((run) => bodies.read(run)));
  const runs: CommittedRun[] = [];
  for (const [position, message] of held.entries()) {
    if (message === undefined) index.remove(chosen[position].streamSequence);
    else runs.push(committedRun(chosen[position], message));
  }
  return runs;
}

/** The runs that touch the window, from its beginning, as many as its bounds allow and one at least. */
function choose(index: RunIndex, window: LogWindow): { readonly chosen: readonly IndexedRun[]; readonly isComplete: boolean } {
  const { fromSequence = 0, toSequence = Infinity, fromTimeUs = 0, toTimeUs = Infinity, maxEvents, maxBytes } = window;
  const chosen: IndexedRun[] = [];
  if (fromSequence > toSequence || fromTimeUs > toTimeUs) return { chosen, isComplete: true };
  let events = 0;
  let bytes = 0;
  for (let position = index.search((run) => run.end >= fromSequence && run.timeUs >= fromTimeUs); ; position += 1) {
    const run = index.at(position);
    if (run === undefined || run.sequence > toSequence || run.timeUs > toTimeUs) return { chosen, isComplete: true };
    events += run.count;
    bytes += run.bodyBytes;
    if (chosen.length > 0 && (events > maxEvents || bytes > maxBytes)) return { chosen, isComplete: false };
    chosen.push(run);
  }
}
