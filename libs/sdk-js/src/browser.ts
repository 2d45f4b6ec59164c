import { ArqonError } from '@arqonbus/errors';
import { Bus } from './bus.js';
import type { BusOptions } from './bus-options.js';
import { openWith, type WebSocketConstructor } from './link/socket-web.js';

/** Options of `connect` in a browser. */
export interface ConnectOptions extends BusOptions {
  /** A standard WebSocket to use instead of the platform's. */
  readonly WebSocket?: WebSocketConstructor | undefined;
}

interface BrowserGlobals {
  readonly WebSocket?: WebSocketConstructor;
  readonly addEventListener?: (name: string, listener: () => void) => void;
  readonly removeEventListener?: (name: string, listener: () => void) => void;
}

/**
 * Opens a session and resolves once the server welcomed it. Rejects with ArqonError UNAUTHENTICATED, NOT_PERMITTED, INVALID_ARGUMENT, or
 * TIMEOUT with the last failure as its cause, and with the signal's reason.
 */
export async function connect(options: ConnectOptions): Promise<Bus> {
  const globals: BrowserGlobals = globalThis;
  const WebSocketClass = options.WebSocket ?? globals.WebSocket;
  if (WebSocketClass === undefined) throw new ArqonError('INVALID_ARGUMENT', { field: 'WebSocket', message: 'This platform has no WebSocket.' });
  const onOnline = (wake: () => void): (() => void) => {
    globals.addEventListener?.('online', wake);
    return () => globals.removeEventListener?.('online', wake);
  };
  return new Bus(options, { open: openWith(WebSocketClass), onOnline }).open(options.signal);
}

export type { BusOptions } from './bus-options.js';
export { Bus, type Pong } from './bus.js';
export { ClosedError, isClosedError } from './closed-error.js';
export type { WaitOptions } from './deadline.js';
export type { History, HistoryOptions, HistoryPage } from './history.js';
export type { GroupMember, GroupMemberEvents, GroupOptions, TaskHandler } from './group/group-member.js';
export type { Task } from './group/task.js';
export type { ConnectionState } from './link/session-link.js';
export type { WebSocketConstructor, WebSocketLike } from './link/socket-web.js';
export type { GetToken } from './link/token-source.js';
export type { Message } from './message.js';
export type { EventInit, EventMetadata, PublishOptions, RawEvent, TypedEvent } from './publish-options.js';
export { comparePositions, mergePositions, type PositionOrder } from './positions.js';
export type { PublishResult } from './publish/ticket.js';
export type { ReplayOptions, ReplayWindow } from './replay/replay.js';
export type { BusEvents } from './session-core.js';
export type { GapEvent, GapReason, RecoveredEvent } from './subscribe/events.js';
export type { JoinOptions, SincePosition } from './subscribe/joining.js';
export type { Subscription, SubscriptionEvents } from './subscribe/subscription.js';
export type { Position } from './subscribe/topic-position.js';
export type { JoinAddress, TopicAddress } from './topic.js';
export type { Durability, SessionLimits } from './wire/control-reader.js';
export type { ChannelPosition, Inspection } from './wire/frame-reader.js';
export type { ChannelInfo, ServerStatus } from './wire/reply-reader.js';
export { ArqonError, isArqonError, type ErrorCode } from '@arqonbus/errors';
