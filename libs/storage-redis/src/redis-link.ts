import { isArqonError, ArqonError } from '@arqonbus/errors';
import { RedisConnection, unavailable } from './redis-connection.js';
import type { RedisSettings } from './redis-options.js';

const firstRetryMs = 50;
const longestRetryMs = 500;
const heartbeatMs = 1_000;

export interface RedisLinkHandlers {
  up(connection: RedisConnection): void;
  down(reason: string): void;
}

/** Keeps one connection to the first of the addresses that serves, and opens another whenever it ends. */
export class RedisLink {
  private current: RedisConnection | undefined;
  private isClosed = false;
  /** Newest failure that nobody was told of; tells why the store stays down. */
  lastFailure = '';
  private nextAddress = 0;
  private retry: NodeJS.Timeout | undefined;
  private readonly heartbeat: NodeJS.Timeout;

  constructor(
    private readonly settings: RedisSettings,
    private readonly handlers: RedisLinkHandlers,
  ) {
    // A server that stopped without closing is noticed also when nobody asks it anything.
    this.heartbeat = setInterval(() => { this.current?.command('ping').catch((error: unknown) => { this.note(error); }); }, heartbeatMs);
    this.heartbeat.unref();
  }

  /** Tries each address once. Raises what the last attempt said; INVALID_ARGUMENT of any goes before. */
  async start(): Promise<void> {
    let failure: unknown;
    for (let tried = 0; tried < this.attemptsPerRound; tried += 1) {
      try {
        await this.connect();
        return;
      } catch (error) {
        if (!isArqonError(failure) || failure.code !== 'INVALID_ARGUMENT') failure = error;
      }
    }
    this.close();
    throw failure;
  }

  /** Takes a failure that heals by itself or is tried again. */
  note(error: unknown): void {
    this.lastFailure = error instanceof Error ? error.message : String(error);
  }

  get isUp(): boolean {
    return this.current !== undefined;
  }

  /** The connection of now. Raises ArqonError STORE_UNAVAILABLE when there is none. */
  get connection(): RedisConnection {
    if (this.current === undefined) throw new ArqonError('STORE_UNAVAILABLE', { message: 'Redis: not connected' });
    return this.current;
  }

  /** Of the address that serves. */
  get addressIndex(): number {
    return this.nextAddress;
  }

  /** Leaves the connection of now for the address, unless it is one to the same server. */
  moveTo(connection: RedisConnection, addressIndex: number): void {
    this.nextAddress = addressIndex;
    if (this.current !== undefined && this.current.runId !== connection.runId) this.current.close('another server is used');
  }

  close(): void {
    this.isClosed = true;
    clearInterval(this.heartbeat);
    clearTimeout(this.retry);
    this.current?.close();
    this.current = undefined;
  }

  private get attemptsPerRound(): number {
    return this.settings.isCluster ? 1 : this.settings.addresses.length;
  }

  private async connect(): Promise<void> {
    const { addresses } = this.settings;
    const address = addresses[this.nextAddress % addresses.length];
    this.nextAddress += 1;
    const connection = await RedisConnection.open(this.settings, address);
    if (this.isClosed) {
      connection.close();
      throw unavailable(new Error('the store was closed'));
    }
    // An address that serves is asked first when it ends.
    this.nextAddress -= 1;
    this.current = connection;
    void connection.ended.then((reason) => { this.lost(connection, reason); });
    this.handlers.up(connection);
  }

  private lost(connection: RedisConnection, reason: string): void {
    if (this.current !== connection || this.isClosed) return;
    this.current = undefined;
    this.handlers.down(reason);
    this.reconnect(0);
  }

  private reconnect(attempt: number): void {
    if (this.isClosed) return;
    const delayMs = attempt === 0 ? 0 : Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(attempt, 8));
    this.retry = setTimeout(() => {
      this.connect().catch((error: unknown) => {
        this.note(error);
        this.reconnect(attempt + 1);
      });
    }, delayMs);
  }
}
