import { isArqonError } from '@arqonbus/errors';
import type { StampedBatch } from '../message.js';
import type { HistoryWindow } from '../wire/command-writer.js';
import type { ChannelPosition } from '../wire/frame-reader.js';
import type { FeedTarget } from './feed-target.js';
import type { Position, TopicPosition } from './topic-position.js';

/** One page of history, as it arrived. */
export interface RawPage {
  readonly batches: readonly StampedBatch[];
  /** Where the next page starts; 0n when there is none. */
  readonly nextSequence: bigint;
  readonly complete: boolean;
  readonly epoch: bigint;
}

/** Reads pages of history. */
export interface PageReader {
  page(window: HistoryWindow): Promise<RawPage>;
}

export interface FillRequest {
  readonly target: FeedTarget;
  readonly position: TopicPosition;
  /** Where to stop: the topic's end as the server told it. */
  readonly head: ChannelPosition;
  readonly reader: PageReader;
  readonly room: () => Promise<void>;
  readonly deliver: (batch: StampedBatch, from: number) => void;
  readonly lost: (after: Position, resumesAt: Position, reason: string) => void;
  /** Why the server did not replay. */
  readonly reason: string;
}

const pageEvents = 512;
const finalCodes: ReadonlySet<string> = new Set(['EPOCH_CHANGED', 'HISTORY_TRIMMED', 'LIMIT']);

/** Delivers what lies between a position and the topic's end from history, and tells of what is no longer there. */
export async function fillFromHistory(request: FillRequest): Promise<void> {
  const { position, head } = request;
  const after = position.current ?? { epoch: head.epoch, sequence: 0n };
  if (after.epoch !== head.epoch) {
    const begin = { epoch: head.epoch, sequence: 0n };
    request.lost(after, begin, 'EPOCH_CHANGED');
    position.advance(begin);
  }
  try {
    await readPages(request);
  } catch (error) {
    if (!isArqonError(error) || !finalCodes.has(error.code)) throw error;
  }
  skipTo(request, head);
}

async function readPages(request: FillRequest): Promise<void> {
  const { target, position, head, reader } = request;
  let fromSequence = (position.current?.sequence ?? 0n) + 1n;
  while (fromSequence > 0n && fromSequence <= head.sequence) {
    await request.room();
    const page = await reader.page({
      room: target.room, channel: head.channel, recipient: target.recipient, fromSequence, toSequence: head.sequence,
      fromTimeUs: 0n, toTimeUs: 0n, limit: pageEvents, epoch: head.epoch,
    });
    for (const batch of page.batches) takeBatch(request, batch);
    fromSequence = page.complete || page.nextSequence <= fromSequence ? 0n : page.nextSequence;
  }
}

function takeBatch(request: FillRequest, batch: StampedBatch): void {
  const { epoch, sequence, prev } = batch.stamp;
  skipTo(request, { epoch, sequence: prev });
  const verdict = request.position.take({ epoch, sequence, prev, count: batch.spans.length / 2 });
  if (verdict.kind === 'deliver') request.deliver(batch, verdict.from);
}

/** Moves over events that history does not give. */
function skipTo(request: FillRequest, to: Position): void {
  const { position, reason } = request;
  const after = position.current;
  if (after === undefined || !position.isBehind(to)) return;
  request.lost(after, { epoch: to.epoch, sequence: to.sequence }, reason === '' || reason === 'EPOCH_CHANGED' ? 'HISTORY_TRIMMED' : reason);
  position.advance(to);
}
