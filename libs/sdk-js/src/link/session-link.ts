import { ArqonError, closeCodes } from '@arqonbus/errors';
import { backoffDelayMs, windowDelayMs, type BackoffBounds, type ReconnectWindow } from './backoff.js';
import { afterClose } from './close-policy.js';
import { Heartbeat } from './heartbeat.js';
import type { ClientSocket, OpenSocket, SocketEnd } from './socket.js';
import type { TokenSource } from './token-source.js';

/**
 * State of a Bus:
 * - `connecting`: before the first welcome;
 * - `open`: a session is welcomed;
 * - `reconnecting`: the connection is lost or given up, another follows;
 * - `draining`: `Bus.drain` was called, nothing new is taken;
 * - `closed`: final.
 */
export type ConnectionState = 'connecting' | 'open' | 'reconnecting' | 'draining' | 'closed';

/** What changes the state (docs/state_machines/connection.md). */
export type ConnectionEvent = 'welcomed' | 'lost' | 'drained' | 'stopped';

/** Which event leads where; what is not here leaves the state as it is. */
export const connectionTransitions: Readonly<Record<ConnectionState, Readonly<Partial<Record<ConnectionEvent, ConnectionState>>>>> = {
  connecting: { welcomed: 'open', drained: 'draining', stopped: 'closed' },
  open: { lost: 'reconnecting', drained: 'draining', stopped: 'closed' },
  reconnecting: { welcomed: 'open', drained: 'draining', stopped: 'closed' },
  draining: { stopped: 'closed' },
  closed: {},
};

/** How a link reconnects. */
export interface ReconnectOptions extends BackoffBounds {
  /** Attempts in a row without a welcome before the Bus closes. */
  readonly maxAttempts: number;
  /** Longest wait for the welcome after an attempt began. */
  readonly handshakeTimeoutMs: number;
}

export interface LinkOptions {
  readonly url: string;
  readonly open: OpenSocket;
  readonly tokens: TokenSource;
  readonly reconnect: ReconnectOptions;
  readonly random: () => number;
  readonly now: () => number;
}

/** What a link tells its owner. */
export interface LinkOwner {
  /** A frame; may raise ArqonError MALFORMED_FRAME, which ends the connection. */
  received(bytes: Uint8Array): void;
  /** The connection is gone; another follows unless the state becomes `closed`. */
  connectionLost(): void;
  stateChanged(state: ConnectionState, error: ArqonError | undefined): void;
}

const maxTokenFailures = 3;
/** Between two refusals of a session that was welcome before: servers learn of a new signing key within 5 s. */
const refusedTokenDelayMs = 5_500;
const stableMs = 10_000;

/** Keeps one session open: connects with a fresh token, watches the heartbeat, and reconnects by the close code's rule. */
export class SessionLink {
  state: ConnectionState = 'connecting';
  /** Counts connections that were welcomed. */
  connection = 0;
  private socket: ClientSocket | undefined;
  private attempt = 0;
  private tokenFailures = 0;
  private isWelcomed = false;
  private welcomedAtMs = 0;
  private window: ReconnectWindow | undefined;
  private heartbeat: Heartbeat | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private lastError: unknown;

  constructor(
    private readonly options: LinkOptions,
    private readonly owner: LinkOwner,
  ) {}

  get isOpen(): boolean {
    return this.isWelcomed;
  }

  /** What the last attempt failed with. */
  get failure(): unknown {
    return this.lastError;
  }

  start(): void {
    void this.connect();
  }

  send(frame: Uint8Array): boolean {
    if (!this.isWelcomed || this.socket === undefined) return false;
    this.socket.send(frame);
    return true;
  }

  bufferedBytes(): number {
    return this.socket?.bufferedBytes() ?? 0;
  }

  /** The server's welcome; true when it is the first on this connection. */
  welcomed(heartbeatMs: number): boolean {
    const isNew = !this.isWelcomed;
    this.heartbeat?.stop();
    this.heartbeat = heartbeatMs > 0 ? new Heartbeat(heartbeatMs, this.options.now, () => this.giveUp(closeCodes.heartbeatLost.reason)) : undefined;
    clearTimeout(this.timer);
    this.tokenFailures = 0;
    if (isNew) {
      this.isWelcomed = true;
      this.connection += 1;
      this.welcomedAtMs = this.options.now();
      this.window = undefined;
    }
    return isNew;
  }

  /** Tells the state after the owner took up the welcome. */
  opened(): void {
    this.change('welcomed');
  }

  /** The server announced that it will close; the next connection comes within the window. */
  announced(window: ReconnectWindow): void {
    this.window = window;
  }

  /** Leaves a draining server. */
  leave(): void {
    if (this.isWelcomed) this.socket?.close(1000, 'draining');
  }

  /** Nothing new is taken from now on. */
  drain(): void {
    this.change('drained');
  }

  /** Reconnects at once instead of waiting for the delay to pass. */
  wake(): void {
    if (this.socket !== undefined || this.timer === undefined || this.state === 'closed') return;
    clearTimeout(this.timer);
    void this.connect();
  }

  /** Ends for good; `error` says why when it was not the application. */
  stop(error?: ArqonError): void {
    if (this.state === 'closed') return;
    clearTimeout(this.timer);
    this.heartbeat?.stop();
    const socket = this.socket;
    this.socket = undefined;
    this.isWelcomed = false;
    socket?.close(1000, 'closed');
    this.change('stopped', error);
  }

  private async connect(): Promise<void> {
    this.timer = undefined;
    const outcome = await this.options.tokens.fetch();
    if (this.state === 'closed' || this.socket !== undefined) return;
    if (outcome.kind === 'revoked') {
      this.stop(new ArqonError('UNAUTHENTICATED', { message: 'getToken gave no token: access was revoked.' }));
    } else if (outcome.kind === 'failed') {
      this.lastError = outcome.cause;
      this.retry(undefined);
    } else this.open(outcome.token);
  }

  private open(token: string): void {
    let socket: ClientSocket | undefined = undefined;
    try {
      socket = this.options.open(this.options.url, token, {
        received: (bytes) => {
          if (socket === this.socket) this.receive(bytes);
        },
        ended: (end) => {
          if (socket === this.socket) this.ended(end);
        },
      });
    } catch (cause) {
      // A platform refuses a URL or a token that cannot stand in a header: trying again changes nothing.
      this.stop(new ArqonError('INVALID_ARGUMENT', { field: 'url', cause }));
      return;
    }
    this.socket = socket;
    this.timer = setTimeout(() => this.giveUp('no welcome in time'), this.options.reconnect.handshakeTimeoutMs);
  }

  private receive(bytes: Uint8Array): void {
    this.heartbeat?.heard();
    try {
      this.owner.received(bytes);
    } catch (error) {
      this.lastError = error;
      this.giveUp('malformed frame from the server');
    }
  }

  private giveUp(reason: string): void {
    this.lastError ??= new ArqonError('TIMEOUT', { message: reason });
    this.socket?.abort();
  }

  private ended(end: SocketEnd): void {
    clearTimeout(this.timer);
    this.heartbeat?.stop();
    const lived = this.isWelcomed ? this.options.now() - this.welcomedAtMs : 0;
    this.socket = undefined;
    this.isWelcomed = false;
    this.owner.connectionLost();
    this.lastError = end.cause ?? this.lastError;
    if (lived > stableMs) this.attempt = 0;
    const next = afterClose(end);
    if (next.kind === 'stop') {
      this.stop(next.error);
      return;
    }
    if (next.kind === 'renew') {
      this.tokenFailures += 1;
      if (this.tokenFailures >= maxTokenFailures) {
        this.stop(new ArqonError('UNAUTHENTICATED', { message: `The server refused ${maxTokenFailures} tokens in a row.` }));
        return;
      }
    }
    this.retry(this.window, next.kind === 'renew' && this.connection > 0 && this.tokenFailures > 1 ? refusedTokenDelayMs : 0);
  }

  private retry(window: ReconnectWindow | undefined, leastDelayMs = 0): void {
    const { reconnect, random } = this.options;
    if (this.attempt >= reconnect.maxAttempts) {
      this.stop(new ArqonError('TIMEOUT', { message: `No connection after ${this.attempt} attempts.`, cause: this.lastError }));
      return;
    }
    const wantedMs = window === undefined ? backoffDelayMs(this.attempt, reconnect, random) : windowDelayMs(window, random);
    const delayMs = Math.max(leastDelayMs, wantedMs);
    this.attempt += 1;
    this.window = undefined;
    this.change('lost');
    this.timer = setTimeout(() => void this.connect(), delayMs);
  }

  private change(event: ConnectionEvent, error?: ArqonError): void {
    const next = connectionTransitions[this.state][event];
    if (next === undefined) return;
    this.state = next;
    this.owner.stateChanged(next, error);
  }
}
