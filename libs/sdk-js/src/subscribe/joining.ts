import { ArqonError, isArqonError } from '@arqonbus/errors';
import type { DescMessage } from '@bufbuild/protobuf';
import type { Respond, StampedBatch } from '../message.js';
import type { SessionCore } from '../session-core.js';
import { checkedRoom, resolveTopic, type JoinAddress } from '../topic.js';
import type { ChannelPosition } from '../wire/frame-reader.js';
import { Feed, type FeedLink, type FeedSink, type FeedStart } from './feed.js';
import type { FeedTarget } from './feed-target.js';
import { pageReader } from './page-reader.js';
import { Subscription } from './subscription.js';
import type { Position } from './topic-position.js';

/** A position to go on from; `channel` is needed where every channel of a room is joined. */
export type SincePosition = Position & { readonly channel?: string };

/** Options of a join. */
export interface JoinOptions {
  /** Message type that `message.data` decodes to. */
  readonly schema?: DescMessage | undefined;
  /** Where to begin: `now` (the default), `start` (the oldest event that history holds), or the last position seen. */
  readonly since?: 'now' | 'start' | SincePosition | readonly SincePosition[] | undefined;
  /** Gives up joining. */
  readonly signal?: AbortSignal | undefined;
  /** Replaces the Bus's `maxQueuedMessages`. */
  readonly maxQueuedMessages?: number | undefined;
}

/** The inbox of a client, as what is joined. */
export function inboxTarget(clientId: string): FeedTarget {
  return { room: '', channel: '', allChannels: false, recipient: clientId, text: `@${clientId}` };
}

/** Reads a join's address. Raises INVALID_NAME; the inbox of another cannot be joined, and one's own is `Bus.inbox`. */
export function targetOf(address: JoinAddress): FeedTarget {
  if (typeof address !== 'string' && 'allChannels' in address) {
    const room = checkedRoom(address.room);
    return { room, channel: '', allChannels: true, recipient: '', text: `${room}:*` };
  }
  const { room, channel, recipient, text } = resolveTopic(address);
  if (recipient !== '') throw new ArqonError('INVALID_NAME', { field: 'room', message: 'An inbox is followed by inbox().' });
  return { room, channel, allChannels: false, recipient: '', text };
}

/** Joins and returns the subscription. With `only`, batches go there instead of to the application. */
export async function subscribe<T>(
  core: SessionCore, respond: Respond, target: FeedTarget, options: JoinOptions, only?: (batch: StampedBatch) => void,
): Promise<Subscription<T>> {
  const subscription: Subscription<T> = new Subscription(target, {
    isHidden: (session) => core.isHidden(session),
    seen: ({ room, channel, recipient, stamp, spans }) => {
      if (recipient === '') core.seen.record(room, channel, stamp.epoch, stamp.sequence + BigInt(spans.length / 2 - 1));
    },
    respond,
    gap: (event) => core.events.emit('gap', event),
    recovered: (event) => core.events.emit('recovered', event),
    positions: () => feed.current(),
    leave: () => leave(core, feed),
  }, options.schema, options.maxQueuedMessages ?? core.settings.maxQueuedMessages);
  const feed: Feed = new Feed(target, feedLink(core), only === undefined ? subscription : silentSink(only), startOf(options.since, target.channel));
  core.feeds.add(feed);
  try {
    await feed.open({ signal: options.signal, timeoutMs: core.settings.commandTimeoutMs });
  } catch (error) {
    // The server may have joined all the same.
    leave(core, feed).catch((failure: unknown) => {
      if (isArqonError(failure)) core.events.emit('error', failure);
    });
    throw error;
  }
  const close = (error: unknown): void => subscription.close(error);
  core.closers.add(close);
  subscription.on('closed', () => {
    core.closers.delete(close);
    feed.close();
    core.feeds.remove(feed);
  });
  return subscription;
}

/** A position that names no channel is one of the channel that is joined. */
function startOf(since: JoinOptions['since'], joinedChannel: string): FeedStart {
  if (since === undefined || since === 'now') return 'now';
  if (since === 'start') return 'start';
  const positions = 'epoch' in since ? [since] : since;
  return positions.map(({ channel = joinedChannel, epoch, sequence }): ChannelPosition => ({ channel, epoch, sequence }));
}

async function leave(core: SessionCore, feed: Feed): Promise<void> {
  feed.close();
  const { room, channel, allChannels } = feed.target;
  const isLast = core.feeds.remove(feed);
  if (!isLast || room === '' || !core.link.isOpen) return;
  await core.commands.send({
    build: () => ({ kind: 'leave', room, channel, allChannels }),
    read: (body) => (body.kind === 'left' ? true : undefined),
  }, { timeoutMs: core.settings.commandTimeoutMs });
  core.groups.questioned(room, channel);
}

function feedLink(core: SessionCore): FeedLink {
  const { page } = pageReader(core, {});
  return {
    page,
    connection: () => core.link.connection,
    sleep: (delayMs) => new Promise((resolve) => void setTimeout(resolve, delayMs)),
    join: (target, resume, joined, wait) => core.feeds.exclusive(target.room, async () => {
      const { room, channel, allChannels } = target;
      await core.commands.send({
        build: () => ({ kind: 'join', room, channel, allChannels, resume: resume() }),
        read: (body) => {
          if (body.kind !== 'joined') return undefined;
          joined(body);
          return true;
        },
      }, wait);
    }),
  };
}

function silentSink(deliver: (batch: StampedBatch) => void): FeedSink {
  const nothing = (): void => undefined;
  return { isPaused: () => false, roomAvailable: () => Promise.resolve(), deliver, gap: nothing, recovered: nothing, failed: nothing };
}
