import { ArqonError, isArqonError } from '@arqonbus/errors';
import { Cluster, Redis } from 'ioredis';
import type { RedisAddress, RedisSettings } from './redis-options.js';
import type { RedisScript } from './redis-script.js';
import { assertUsable, leastWorth, parseServerFacts, restartSurvival, worthOf, type RestartSurvival, type ServerFacts, type Worth } from './server-facts.js';

type Argument = string | Buffer | number;

/** After these answers the server is of no use to us, another may be. */
const fatalAnswers = /^(READONLY|MASTERDOWN|LOADING|NOAUTH|CLUSTERDOWN|UNBLOCKED)|timed out/;

/**
 * One connection to one server (or to one cluster), from its opening to its end: it never reconnects, so that the server's run id holds for
 * every answer that comes through it.
 */
export class RedisConnection {
  private isEnded = false;
  /** Resolves with the reason when it has ended. */
  readonly ended: Promise<string>;
  private readonly end: (reason: string) => void;

  private constructor(
    readonly client: Redis | Cluster,
    private readonly commandTimeoutMs: number,
  ) {
    let end: (reason: string) => void = () => undefined;
    this.ended = new Promise((resolve) => (end = resolve));
    this.end = (reason) => {
      this.isEnded = true;
      end(reason);
    };
    let lastError = '';
    client.on('error', (error: Error) => (lastError = error.message));
    client.on('end', () => this.end(lastError === '' ? 'the connection was closed' : lastError));
  }

  /** Of the server; empty for a cluster, whose scripts ask their own node. */
  runId = '';
  survival: RestartSurvival = 0;
  worth: Worth = { durability: 'MEMORY', reason: 'not connected' };

  /** Raises ArqonError STORE_UNAVAILABLE, or INVALID_ARGUMENT when the server's settings do not allow it to be used. */
  static async open(settings: RedisSettings, address: RedisAddress): Promise<RedisConnection> {
    const connection = new RedisConnection(createClient(settings, address), settings.commandTimeoutMs);
    const { client } = connection;
    let cause: unknown;
    client.on('error', (error: unknown) => (cause ??= error));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('the server does not answer')), settings.connectTimeoutMs + settings.commandTimeoutMs);
    });
    try {
      await Promise.race([client.connect(), late]);
      await Promise.race([connection.readFacts(settings), late]);
      return connection;
    } catch (error) {
      connection.close();
      throw isArqonError(error) ? error : unavailable(cause ?? error);
    } finally {
      clearTimeout(timer);
    }
  }

  private async readFacts(settings: RedisSettings): Promise<void> {
    const { client } = this;
    const nodes = client instanceof Cluster ? client.nodes('master') : [client];
    const facts = await Promise.all(nodes.map(readServerFacts));
    for (const one of facts) assertUsable(one, settings);
    this.worth = leastWorth(facts.map(worthOf));
    this.survival = Math.min(...facts.map(restartSurvival)) as RestartSurvival;
    if (!(client instanceof Cluster)) this.runId = facts[0].runId;
  }

  /** Answers as buffers. Rejects with ArqonError STORE_UNAVAILABLE when it is not answered in time or refused. */
  async command(name: string, ...args: Argument[]): Promise<unknown> {
    if (this.isEnded) throw unavailable(new Error('the connection was closed'));
    try {
      return await this.client.callBuffer(name, args);
    } catch (error) {
      throw this.failed(error);
    }
  }

  /** Runs a script by its name; sends it when the server does not know it. */
  async run(script: RedisScript, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    if (this.isEnded) throw unavailable(new Error('the connection was closed'));
    try {
      return await this.client.callBuffer('evalsha', [script.sha, keys.length, ...keys, ...args]);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw this.failed(error);
    }
    return this.command('eval', script.text, keys.length, ...keys, ...args);
  }

  private failed(error: unknown): ArqonError {
    const message = error instanceof Error ? error.message : '';
    if (fatalAnswers.test(message)) this.close(message.includes('timed out') ? `no answer within ${this.commandTimeoutMs} ms` : message);
    return unavailable(error);
  }

  /** Ends it at once; what was not answered rejects. */
  close(reason = 'the connection was closed'): void {
    if (this.isEnded) return;
    this.end(reason);
    this.client.disconnect();
  }
}

function createClient(settings: RedisSettings, address: RedisAddress): Redis | Cluster {
  const options = {
    protocol: 2 as const,
    lazyConnect: true,
    // What was sent and not answered is reported, never sent again: a later connection may reach a store that lost what came before it.
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: null,
    commandTimeout: settings.commandTimeoutMs,
    connectTimeout: settings.connectTimeoutMs,
    disableClientInfo: true,
  };
  if (!settings.isCluster) return new Redis({ ...options, ...address });
  const { username, password, tls } = address;
  return new Cluster(settings.addresses.map(({ host, port }) => ({ host, port })), {
    lazyConnect: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: () => null,
    slotsRefreshTimeout: settings.connectTimeoutMs,
    redisOptions: {
      commandTimeout: options.commandTimeout,
      connectTimeout: options.connectTimeout,
      autoResendUnfulfilledCommands: false,
      protocol: 2,
      disableClientInfo: true,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(tls === undefined ? {} : { tls }),
    },
  });
}

async function readServerFacts(node: Redis): Promise<ServerFacts> {
  const info = await node.info();
  let config: Map<string, string> | undefined;
  try {
    const answer = await node.config('GET', 'append*', 'no-appendfsync-on-rewrite', 'maxmemory-policy');
    config = new Map();
    for (let at = 0; at + 1 < answer.length; at += 2) config.set(answer[at], answer[at + 1]);
  } catch (error) {
    // CONFIG may be forbidden or renamed; anything else is a failure of the connection.
    if (!(error instanceof Error) || !/^(NOPERM|ERR unknown)/.test(error.message)) throw error;
  }
  return parseServerFacts(info, config);
}

/** ArqonError STORE_UNAVAILABLE with what the server or the system said; never holds arguments. */
export function unavailable(cause: unknown): ArqonError {
  if (isArqonError(cause)) return cause;
  const said = cause instanceof Error && cause.message !== '' ? cause.message.split('\n')[0] : 'the connection was closed';
  return new ArqonError('STORE_UNAVAILABLE', { message: `Redis: ${said}`, cause: cause instanceof Error ? new Error(said) : cause });
}
