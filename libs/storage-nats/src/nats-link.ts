import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import {
  connect, nkeyAuthenticator, tokenAuthenticator, usernamePasswordAuthenticator, type Authenticator, type NatsConnection, type NodeConnectionOptions,
} from '@nats-io/transport-node';
import type { StoreEvents } from '@arqonbus/storage';
import { settingsOf, type NatsCredentials, type NatsSettings, type NatsStoreOptions } from './nats-store-options.js';
import { RequestInbox } from './request-inbox.js';
import { ignoreFailure, orUnavailable, unavailable } from './unavailable.js';

const reconnectWaitMs = 100;
/** A server that is paused, or behind a cut cable, is given up after about three of these. */
const pingIntervalMs = 2_000;

/** The one connection of a process to its NATS servers, which it keeps up. */
export class NatsLink {
  readonly inbox: RequestInbox;
  private isConnected = true;
  private isClosing = false;
  private readonly onUp = new Set<() => void>();

  private constructor(
    readonly connection: NatsConnection,
    readonly manager: JetStreamManager,
    readonly settings: NatsSettings,
    private readonly events: StoreEvents | undefined,
  ) {
    this.inbox = new RequestInbox(connection, settings.requestTimeoutMs);
    ignoreFailure(this.watch());
  }

  /** Rejects with STORE_UNAVAILABLE when no server answers, refuses us, or has no JetStream. */
  static open(options: NatsStoreOptions): Promise<NatsLink> {
    const settings = settingsOf(options);
    return orUnavailable('no connection', async () => {
      const connection = await connect(connectionOptions(options, settings));
      try {
        const manager = await jetstreamManager(connection, { timeout: settings.requestTimeoutMs });
        return new NatsLink(connection, manager, settings, options.events);
      } catch (error) {
        await connection.close();
        throw error;
      }
    });
  }

  get isUp(): boolean {
    return this.isConnected && !this.isClosing;
  }

  get isClosed(): boolean {
    return this.isClosing;
  }

  /** Called when the connection is there again. */
  whenUp(listener: () => void): () => void {
    this.onUp.add(listener);
    return () => this.onUp.delete(listener);
  }

  /** A request through the JetStream API; fails at once while there is no connection. */
  async ask<T>(what: string, work: (manager: JetStreamManager) => Promise<T>): Promise<T> {
    if (!this.isUp) throw unavailable('not connected');
    return orUnavailable(what, () => work(this.manager));
  }

  async close(): Promise<void> {
    if (this.isClosing) return;
    this.isClosing = true;
    this.inbox.close();
    await this.connection.close();
  }

  private async watch(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (this.isClosing) return;
      if (status.type === 'disconnect' || status.type === 'close') this.goDown(status.type === 'close' ? 'the connection was closed' : 'the connection broke');
      else if (status.type === 'reconnect') this.goUp();
    }
  }

  private goDown(reason: string): void {
    if (!this.isConnected) return;
    this.isConnected = false;
    this.inbox.failAll(reason);
    this.events?.down(`nats: ${reason}`);
  }

  private goUp(): void {
    if (this.isConnected) return;
    this.isConnected = true;
    this.events?.up();
    for (const listener of [...this.onUp]) listener();
  }
}

function connectionOptions(options: NatsStoreOptions, settings: NatsSettings): NodeConnectionOptions {
  return {
    servers: [...settings.servers],
    name: settings.clientName,
    timeout: settings.connectTimeoutMs,
    reconnect: true,
    // Readiness tells of a store that is away; only close() gives up.
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: reconnectWaitMs,
    reconnectJitter: reconnectWaitMs,
    pingInterval: pingIntervalMs,
    maxPingOut: 2,
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    ...(options.credentials === undefined ? {} : { authenticator: authenticatorOf(options.credentials) }),
  };
}

function authenticatorOf(credentials: NatsCredentials): Authenticator {
  switch (credentials.kind) {
    case 'user':
      return usernamePasswordAuthenticator(credentials.user, credentials.password);
    case 'token':
      return tokenAuthenticator(credentials.token);
    case 'nkey':
      return nkeyAuthenticator(new TextEncoder().encode(credentials.seed));
  }
}
