import { readStampedBatch } from '@arqonbus/envelope';
import { ArqonError } from '@arqonbus/errors';
import type { HistoryReader, ReadPage, Topic } from '../routing/index.js';
import type { Bounds } from './readable-topic.js';

/** A window whose first and last sequence are fixed, checked to be without a hole. */
export interface ReplayWindow {
  readonly epoch: number;
  /** First sequence wanted. */
  readonly from: number;
  /** Last sequence wanted; below `from` when the window is empty. */
  readonly to: number;
}

export interface ReplayRequest {
  readonly bounds: Bounds;
  readonly epoch: number;
  /** Microseconds at which the window must have ended. */
  readonly nowUs: number;
}

/** @throws ArqonError WINDOW_UNBOUNDED with the field of the bound that is missing. */
export function requireBounds(bounds: Bounds): void {
  if (bounds.fromSequence === undefined && bounds.fromTimeUs === undefined) throw new ArqonError('WINDOW_UNBOUNDED', { field: 'from_sequence' });
  if (bounds.toSequence === undefined && bounds.toTimeUs === undefined) throw new ArqonError('WINDOW_UNBOUNDED', { field: 'to_sequence' });
}

/**
 * Turns times into sequences, once, so that the window stays the same however long it is read.
 * @throws ArqonError EPOCH_CHANGED for another epoch than the one asked for; WINDOW_UNBOUNDED for a window that may still grow; HISTORY_TRIMMED
 * when an event of the window may have been trimmed.
 */
export async function resolveWindow(reader: HistoryReader, topic: Topic, request: ReplayRequest): Promise<ReplayWindow> {
  const { bounds, epoch, nowUs } = request;
  const oldest = await readOne(reader, topic, epoch, {});
  if (bounds.toSequence !== undefined && bounds.toSequence > oldest.page.head) throw new ArqonError('WINDOW_UNBOUNDED', { field: 'to_sequence' });
  if (bounds.toTimeUs !== undefined && bounds.toTimeUs >= nowUs) throw new ArqonError('WINDOW_UNBOUNDED', { field: 'to_time_us' });
  requireWhole(oldest, bounds);
  const from = Math.max(bounds.fromSequence ?? 1, bounds.fromTimeUs === undefined ? 1 : await firstAfter(reader, topic, epoch, bounds.fromTimeUs));
  const last = bounds.toTimeUs === undefined ? oldest.page.head : await lastUpTo(reader, topic, epoch, bounds.toTimeUs);
  return { epoch, from, to: Math.min(bounds.toSequence ?? last, last) };
}

/** A page of one event, and that event's place. */
interface OneEvent {
  readonly page: ReadPage;
  readonly first: { readonly sequence: number; readonly prev: number; readonly timeUs: number } | undefined;
}

async function readOne(reader: HistoryReader, topic: Topic, epoch: number, bounds: Bounds): Promise<OneEvent> {
  const page = await reader.read(topic, { ...bounds, maxEvents: 1, maxBytes: 1 });
  if (page.epoch !== epoch) throw new ArqonError('EPOCH_CHANGED', { field: 'epoch' });
  return { page, first: page.events === 0 ? undefined : readStampedBatch(page.bytes, 0) };
}

/** What was trimmed lies before the oldest event, and is not later than it: the window must begin behind that. */
function requireWhole(oldest: OneEvent, bounds: Bounds): void {
  const { page, first } = oldest;
  const trimmedUpTo = first === undefined ? page.head : first.prev;
  if (trimmedUpTo === 0) return;
  const isBehind = bounds.fromSequence !== undefined && bounds.fromSequence > trimmedUpTo;
  const isLater = bounds.fromTimeUs !== undefined && first !== undefined && bounds.fromTimeUs > first.timeUs;
  if (!isBehind && !isLater) throw new ArqonError('HISTORY_TRIMMED', { field: bounds.fromSequence === undefined ? 'from_time_us' : 'from_sequence' });
}

async function firstAfter(reader: HistoryReader, topic: Topic, epoch: number, fromTimeUs: number): Promise<number> {
  const { page, first } = await readOne(reader, topic, epoch, { fromTimeUs });
  return first?.sequence ?? page.head + 1;
}

async function lastUpTo(reader: HistoryReader, topic: Topic, epoch: number, toTimeUs: number): Promise<number> {
  const { page, first } = await readOne(reader, topic, epoch, { fromTimeUs: toTimeUs + 1 });
  return first?.prev ?? page.head;
}
