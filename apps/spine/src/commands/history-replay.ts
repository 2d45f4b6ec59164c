import { envelopeRanges, readStampedBatch } from '@arqonbus/envelope';
import { ArqonError } from '@arqonbus/errors';
import { setTimeout as sleep } from 'node:timers/promises';
import { whenCaughtUp, type HistoryReader, type Session, type Topic } from '../routing/index.js';
import type { CommandCall, CommandContext, CommandHandler, CommandValue } from './command.js';
import { requireSafeNumber } from './names.js';
import { findReadable, mayRead, placesNamed, readBounds, showsInspection } from './readable-topic.js';
import { ReplayPace } from './replay-pace.js';
import { requireBounds, resolveWindow, type ReplayWindow } from './replay-window.js';

/** Replays of one session at a time. */
const maxReplaysPerSession = 4;
/** Events of one replay. */
const maxReplayEvents = 1_000_000;
/** Sequences that an event may take where a store numbers by place: there the replay itself counts events. */
const widestStep = 4_096;
/** Longest wait before the session and its rights are looked at again. */
const longestWaitMs = 1_000;
/** Bytes read for each event that may leave now, so that little is read in vain. */
const bytesPerEventAllowed = 512;
/** An empty frame: it asks for the credit without being a page, which would tell a Shield a position of the session. */
const heartbeat = new Uint8Array(0);

const running = new WeakMap<Session, number>();

/**
 * history_replay: all events of a bounded window, in order and without a hole, or an error (D9, D12). Whole runs, cut at the window's edges and at
 * `limit` alone, so that the same window gives the same bytes at any pace. Live delivery goes on beside it.
 */
export const historyReplay: CommandHandler<'historyReplay'> = async (context, call, value) => {
  const bounds = readBounds(value);
  requireBounds(bounds);
  const epoch = requireSafeNumber(value.epoch, 'epoch');
  if (epoch === 0 || value.limit > maxReplayEvents) throw new ArqonError('INVALID_ARGUMENT', { field: epoch === 0 ? 'epoch' : 'limit' });
  const { session } = call;
  const count = running.get(session) ?? 0;
  if (count >= maxReplaysPerSession) throw new ArqonError('LIMIT', { field: 'history_replay' });
  running.set(session, count + 1);
  try {
    const topic = await findReadable(context, session, value);
    await whenCaughtUp(placesNamed(value, topic));
    // A run that is still pending may grow.
    context.fanOut.flushTopic(topic);
    const reader = context.history;
    const window = await resolveWindow(reader, topic, { bounds, epoch, nowUs: context.nowMs() * 1_000 });
    const sequencesPerEvent = topic.durable?.isDense === false ? widestStep : 1;
    if (value.limit === 0 && window.to - window.from >= maxReplayEvents * sequencesPerEvent) throw new ArqonError('LIMIT', { field: 'limit' });
    const replay = new Replay(context, call, value, { reader, topic, window });
    const nextSequence = await replay.run();
    if (session.isClosed) return;
    call.reply({ case: 'history', value: { nextSequence: BigInt(nextSequence), complete: nextSequence === 0, epoch: BigInt(epoch) } });
  } finally {
    running.set(session, (running.get(session) ?? 1) - 1);
  }
};

interface ReplaySource {
  readonly reader: HistoryReader;
  readonly topic: Topic;
  readonly window: ReplayWindow;
}

/** One replay under way. */
class Replay {
  private readonly session: Session;
  private readonly pace: ReplayPace | undefined;
  private eventsLeft: number;
  /** Sequence of the last event sent; undefined before the first. */
  private last: number | undefined;
  private next: number;
  /** The session's buffer was seen to have room, and nothing was waited for since. */
  private hasRoom = false;

  constructor(
    private readonly context: CommandContext, call: CommandCall, private readonly value: CommandValue<'historyReplay'>, private readonly source: ReplaySource,
  ) {
    this.session = call.session;
    this.next = source.window.from;
    this.eventsLeft = value.limit === 0 ? maxReplayEvents : value.limit;
    this.pace = value.pace === 0 ? undefined : new ReplayPace(value.pace, context.nowMs());
  }

  /**
   * Sends the window; returns the sequence at which to go on when `limit` ended it, else 0.
   * @throws ArqonError HISTORY_TRIMMED, EPOCH_CHANGED, NOT_PERMITTED, STORE_UNAVAILABLE: nothing is sent behind what is missing.
   */
  async run(): Promise<number> {
    const { window } = this.source;
    while (this.next !== 0 && this.next <= window.to && this.eventsLeft > 0) {
      await this.roomForPage();
      if (this.session.isClosed) return 0;
      if (!mayRead(this.session, this.value)) throw new ArqonError('NOT_PERMITTED', { field: this.value.recipient === '' ? 'room' : 'recipient' });
      await this.sendPage();
    }
    return this.next <= window.to ? this.next : 0;
  }

  /** Resolves when the session has room, the pace allows an event and its rate a page; or when the session is closed. */
  private async roomForPage(): Promise<void> {
    const { session, context } = this;
    for (;;) {
      if (session.isClosed) return;
      const nowMs = context.nowMs();
      // Half of a session's burst is left for what it does besides.
      const waitMs = Math.max(session.bucket?.reserveMs(nowMs) ?? 0, this.pace === undefined || this.pace.eventsAllowed(nowMs) >= 1 ? 0 : this.pace.waitMs);
      if (waitMs > 0) {
        await sleep(Math.min(waitMs, longestWaitMs), undefined, { ref: false });
        this.hasRoom = false;
      } else if (session.awaitsCredit || session.isLagging) {
        await session.nextRoom(longestWaitMs);
        this.hasRoom = true;
      } else if (this.hasRoom) return;
      else this.askForCredit();
    }
  }

  private askForCredit(): void {
    this.session.awaitsCredit = true;
    this.session.port.sendPage(heartbeat);
  }

  private async sendPage(): Promise<void> {
    const { reader, topic, window } = this.source;
    const { maxPageBytes } = this.context.limits;
    const allowed = this.pace?.eventsAllowed(this.context.nowMs());
    const maxBytes = allowed === undefined ? maxPageBytes : Math.min(maxPageBytes, Math.ceil(allowed) * bytesPerEventAllowed);
    const withInspection = showsInspection(this.context, this.session);
    const page = await reader.read(topic, { fromSequence: this.next, toSequence: window.to, maxEvents: this.eventsLeft, maxBytes, withInspection });
    if (page.epoch !== window.epoch || topic.isClosed) throw new ArqonError('EPOCH_CHANGED', { field: 'epoch' });
    if (page.events === 0) throw new ArqonError('HISTORY_TRIMMED');
    this.requireNoHole(page.bytes);
    // Another page may have taken the credit while this one was read.
    if (this.session.isClosed || this.session.awaitsCredit || this.session.isLagging) return;
    if (allowed === undefined) this.sent(page.bytes, { events: page.events, last: page.lastSequence, next: page.nextSequence });
    else this.sendPart(page.bytes, allowed, page.nextSequence);
  }

  /** Sends the first batches of a page, as many as the pace allows. */
  private sendPart(bytes: Uint8Array, allowed: number, pageNext: number): void {
    let at = 0;
    let events = 0;
    let last = 0;
    while (at < bytes.length && (events === 0 || events < allowed)) {
      const batch = readStampedBatch(bytes, at);
      const count = envelopeRanges(bytes, batch.envelopesStart, batch.envelopesEnd).length;
      events += count;
      last = batch.sequence + count - 1;
      at = batch.end;
    }
    this.pace?.sent(events);
    this.sent(bytes.subarray(0, at), { events, last, next: at < bytes.length ? last + 1 : pageNext });
  }

  private sent(bytes: Uint8Array, page: { readonly events: number; readonly last: number; readonly next: number }): void {
    const { session } = this;
    this.eventsLeft -= page.events;
    this.last = page.last;
    this.next = page.next === 0 ? this.source.window.to + 1 : page.next;
    session.bucket?.charge(bytes.length);
    session.flush();
    if (session.port.send(bytes)) this.askForCredit();
  }

  /** The page must follow what was sent, or begin where the window does. */
  private requireNoHole(bytes: Uint8Array): void {
    const { prev } = readStampedBatch(bytes, 0);
    const isWhole = this.last === undefined ? prev < this.source.window.from : prev === this.last;
    if (!isWhole) throw new ArqonError('HISTORY_TRIMMED');
  }
}
