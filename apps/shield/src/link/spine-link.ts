import { readSpineFrame, ShieldFrameBuilder, type SpineFrameHandlers, type SpineMessageBody } from '@arqonbus/link';
import type { LinkWelcome } from '@arqonbus/proto';
import { hardCaps } from '@arqonbus/errors';
import { WebSocket, type RawData } from 'ws';
import type { UplinkTarget } from './uplink.js';

const SUBPROTOCOL = 'arqon.link.v1';
const LINK_PROTOCOL = 1;
const HANDSHAKE_TIMEOUT_MS = 5_000;
const RECONNECT_MIN_MS = 50;
const RECONNECT_MAX_MS = 2_000;
/** Above it the Spine does not read any more: the link is closed, since its bound is ours. */
const BUFFER_CAP_BYTES = 33_554_432;

/**
 * Masks of zeros. A mask keeps scripts of a browser from writing bytes of their choice to a cache between (RFC 6455, 10.3); nothing is between a
 * Shield and its Spine but, at most, TLS. Masking took half of the Shield's time per client frame.
 */
function leaveUnmasked(): void {
  // The mask is zeros already.
}

export interface SpineLinkOptions {
  /** Tried in turn. */
  readonly urls: readonly string[];
  readonly key: string;
  readonly shieldId: string;
  readonly version: string;
}

/** A message of the Spine, the greeting left out. */
export type SpineNotice = Exclude<SpineMessageBody, { case: 'welcome' }>;

export interface SpineLinkEvents extends Omit<SpineFrameHandlers, 'message'> {
  up(welcome: LinkWelcome): void;
  down(reason: string): void;
  message(body: SpineNotice): void;
  /** A dial ended. */
  dialed(result: 'ok' | 'failed', detail: string): void;
  received(bytes: number): void;
}

/**
 * - `waiting`: until the next dial; `dialing`: TCP and upgrade; `greeting`: until LinkWelcome;
 * - `up`; `closed`: for good.
 */
export type SpineLinkState = 'waiting' | 'dialing' | 'greeting' | 'up' | 'closed';

/** What changes the state (docs/state_machines/link.md). */
export type SpineLinkEvent = 'dial' | 'opened' | 'welcomed' | 'lost' | 'stopped';

/** Which event leads where; what is not here leaves the state as it is. */
export const spineLinkTransitions: Readonly<Record<SpineLinkState, Readonly<Partial<Record<SpineLinkEvent, SpineLinkState>>>>> = {
  waiting: { dial: 'dialing', stopped: 'closed' },
  dialing: { opened: 'greeting', lost: 'waiting', stopped: 'closed' },
  greeting: { welcomed: 'up', lost: 'waiting', stopped: 'closed' },
  up: { lost: 'waiting', stopped: 'closed' },
  closed: {},
};

/** The Shield's end of the link: dials, greets, watches, and dials again with full jitter. */
export class SpineLink implements UplinkTarget {
  state: SpineLinkState = 'waiting';
  sentBytes = 0;
  readonly #options: SpineLinkOptions;
  readonly #events: SpineLinkEvents;
  #ws: WebSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #attemptCount = 0;
  #urlIndex = 0;
  #heardMs = 0;
  #heartbeatMs = 0;
  /** Window that a draining Spine named for the next dial. */
  #window: { readonly minMs: number; readonly maxMs: number } | undefined;

  constructor(options: SpineLinkOptions, events: SpineLinkEvents) {
    this.#options = options;
    this.#events = events;
  }

  get isUp(): boolean {
    return this.state === 'up';
  }

  get bufferedBytes(): number {
    return this.#ws?.bufferedAmount ?? 0;
  }

  /** Begins to dial; outcomes come as events. */
  start(): void {
    this.#dial();
  }

  send(bytes: Uint8Array): void {
    if (this.#ws?.readyState !== WebSocket.OPEN) return;
    // A copy: unmasked bytes may wait in the kernel's queue after this returns.
    this.#ws.send(Buffer.from(bytes), { binary: true });
    this.sentBytes += bytes.length;
    if (this.bufferedBytes > BUFFER_CAP_BYTES) this.#ws.terminate();
  }

  /** Stops reading; heartbeats are not missed meanwhile. */
  pause(): void {
    this.#ws?.pause();
  }

  resume(): void {
    this.#heardMs = performance.now();
    this.#ws?.resume();
  }

  /** Ends the link for a fault in what the Spine said, and dials again. */
  fail(reason: string): void {
    const ws = this.#ws;
    ws?.close(4400, 'malformed');
    if (ws !== undefined) this.#closed(reason);
  }

  /** Says goodbye; no event follows. */
  close(): void {
    this.#step('stopped');
    clearTimeout(this.#timer);
    this.#ws?.close(1001, 'shield stops');
    const ws = this.#ws;
    // The Spine may never answer the close.
    const cut = setTimeout(() => ws?.terminate(), 1_000);
    cut.unref();
  }

  /** False when the event means nothing in this state. */
  #step(event: SpineLinkEvent): boolean {
    const next = spineLinkTransitions[this.state][event];
    if (next === undefined) return false;
    this.state = next;
    return true;
  }

  #dial(): void {
    if (!this.#step('dial')) return;
    const url = this.#options.urls[this.#urlIndex % this.#options.urls.length];
    const ws = new WebSocket(url, SUBPROTOCOL, {
      headers: { authorization: `Bearer ${this.#options.key}` },
      perMessageDeflate: false,
      generateMask: leaveUnmasked,
      maxPayload: hardCaps.frameBytes,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      followRedirects: false,
    });
    this.#ws = ws;
    let failure = '';
    ws.on('open', () => {
      this.#greet(ws);
    });
    ws.on('message', (data: RawData, isBinary: boolean) => {
      if (ws === this.#ws) this.#receive(ws, data, isBinary);
    });
    ws.on('error', (error) => {
      failure = error.message;
    });
    ws.on('close', (code) => {
      if (ws === this.#ws) this.#closed(failure === '' ? `closed with ${code}` : failure);
    });
  }

  #greet(ws: WebSocket): void {
    if (!this.#step('opened')) return;
    const { shieldId, version } = this.#options;
    const hello = new ShieldFrameBuilder();
    hello.appendMessage({ body: { case: 'hello', value: { protocol: LINK_PROTOCOL, shieldId, version } } });
    const bytes = hello.take();
    if (bytes !== undefined) this.send(bytes);
    this.#timer = setTimeout(() => {
      ws.terminate();
    }, HANDSHAKE_TIMEOUT_MS);
  }

  #receive(ws: WebSocket, data: RawData, isBinary: boolean): void {
    if (this.state === 'closed') return;
    this.#heardMs = performance.now();
    if (!isBinary || !Buffer.isBuffer(data)) {
      ws.close(4400, 'binary messages only');
      return;
    }
    this.#events.received(data.length);
    try {
      readSpineFrame(data, {
        deliverTopic: (topic, room, last, prev, bytes, start, end) => {
          this.#events.deliverTopic(topic, room, last, prev, bytes, start, end);
        },
        deliverSession: (session, page, bytes, start, end) => {
          this.#events.deliverSession(session, page, bytes, start, end);
        },
        message: (body) => {
          if (body.case === 'draining') this.#window = { minMs: body.value.reconnectAfterMsMin, maxMs: body.value.reconnectAfterMsMax };
          if (body.case === 'welcome') this.#welcomed(ws, body.value);
          else this.#events.message(body);
        },
      });
    } catch (error) {
      // What precedes the bad message was carried out; the resumption repairs the rest.
      this.fail(error instanceof Error ? error.message : 'malformed');
    }
  }

  #welcomed(ws: WebSocket, welcome: LinkWelcome): void {
    clearTimeout(this.#timer);
    if (welcome.protocol !== LINK_PROTOCOL || !this.#step('welcomed')) {
      ws.close(4400, 'unexpected welcome');
      return;
    }
    this.#attemptCount = 0;
    this.#heartbeatMs = Math.max(welcome.heartbeatMs, 100);
    this.#events.dialed('ok', this.#options.urls[this.#urlIndex % this.#options.urls.length]);
    this.#watch(ws);
    this.#events.up(welcome);
  }

  /** Two heartbeats missed: the link is dead even where TCP does not say so. */
  #watch(ws: WebSocket): void {
    this.#timer = setTimeout(() => {
      if (ws !== this.#ws || this.state !== 'up') return;
      if (performance.now() - this.#heardMs > this.#heartbeatMs * 2.5) ws.terminate();
      else this.#watch(ws);
    }, this.#heartbeatMs / 2);
    this.#timer.unref();
  }

  #closed(reason: string): void {
    const wasUp = this.state === 'up';
    if (!this.#step('lost')) return;
    this.#ws = undefined;
    clearTimeout(this.#timer);
    if (wasUp) this.#events.down(reason);
    else this.#events.dialed('failed', reason);
    this.#urlIndex += 1;
    this.#timer = setTimeout(() => {
      this.#dial();
    }, this.#nextDelayMs());
  }

  /** Full jitter up to a ceiling that doubles; the only Spine of the list may ask for a window of its own. */
  #nextDelayMs(): number {
    const window = this.#window;
    this.#window = undefined;
    if (window !== undefined && this.#options.urls.length === 1) return window.minMs + Math.random() * Math.max(0, window.maxMs - window.minMs);
    const ceilingMs = Math.min(RECONNECT_MAX_MS, RECONNECT_MIN_MS * 2 ** Math.min(this.#attemptCount, 10));
    this.#attemptCount += 1;
    return RECONNECT_MIN_MS / 2 + Math.random() * ceilingMs;
  }
}
