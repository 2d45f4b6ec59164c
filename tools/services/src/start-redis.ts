import { freePort } from '@arqonbus/testkit';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ensureTool } from './ensure-tool.js';
import { findOnPath } from './find-on-path.js';
import { spawnServer, type ServerProcess } from './spawn-server.js';

export interface StartRedisOptions {
  /** Path of a redis-server or valkey-server; default: either from PATH, else installed by apt where possible. */
  readonly executable?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Where its files are; it is then kept. Default: a temporary folder, which `stop` removes. */
  readonly folder?: string;
  /** Append-only file; default `no`: what it holds is lost with the process. */
  readonly appendonly?: 'yes' | 'no';
  /** Default `everysec`. */
  readonly appendfsync?: 'always' | 'everysec' | 'no';
  /** Core to stay on, where `taskset` exists. */
  readonly core?: number;
  /** Further arguments, e.g. `--requirepass`, `secret`. */
  readonly args?: readonly string[];
  /** How long to wait for its port; default 10,000. */
  readonly readyTimeoutMs?: number;
}

/** A running Redis or Valkey on loopback. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  readonly folder: string;
  readonly executable: string;
  /** Of the process that runs now. */
  readonly pid: number;
  /** Ends it by SIGKILL, as a crash does; the folder stays. */
  kill(): Promise<void>;
  /** Starts it again on the same port and folder, ending it first if it runs; other settings may be given. */
  restart(changes?: Pick<StartRedisOptions, 'appendonly' | 'appendfsync' | 'args'>): Promise<void>;
  /** Last 8 KiB that it wrote. */
  recentOutput(): string;
  /** Ends it and removes a temporary folder. */
  stop(): Promise<void>;
}

/**
 * Starts a redis-server (or valkey-server) on a loopback port. Raises `ToolMissingError` without one, `Error` with its output when it
 * does not come up.
 */
export async function startRedis(options: StartRedisOptions = {}): Promise<RedisServer> {
  const executable = options.executable ?? (await findRedis());
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'arqonbus-redis-')));
  const port = options.port ?? (await freePort());
  const running = new RunningRedis(executable, folder, port, options);
  try {
    await running.start();
  } catch (error) {
    await running.stop();
    throw error;
  }
  return running;
}

async function findRedis(): Promise<string> {
  return findOnPath('redis-server') ?? findOnPath('valkey-server') ?? ensureTool('redis-server', { aptPackage: 'redis-server' });
}

class RunningRedis implements RedisServer {
  private server: ServerProcess | undefined;
  private settings: StartRedisOptions;

  constructor(
    readonly executable: string,
    readonly folder: string,
    readonly port: number,
    private readonly options: StartRedisOptions,
  ) {
    this.settings = options;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.server?.pid ?? 0;
  }

  async start(): Promise<void> {
    const { appendonly = 'no', appendfsync = 'everysec', args = [], core } = this.settings;
    this.server = spawnServer({
      command: this.executable,
      cwd: this.folder,
      args: [
        '--bind', '127.0.0.1', '--port', String(this.port), '--dir', this.folder, '--daemonize', 'no', '--save', '',
        '--appendonly', appendonly, '--appendfsync', appendfsync, ...args,
      ],
      ...(core === undefined ? {} : { core }),
    });
    await waitUntilReady(this.port, this.server, this.options.readyTimeoutMs ?? 10_000);
  }

  async kill(): Promise<void> {
    this.server?.child.kill('SIGKILL');
    await this.server?.ended;
  }

  async restart(changes: Pick<StartRedisOptions, 'appendonly' | 'appendfsync' | 'args'> = {}): Promise<void> {
    await this.server?.stop();
    this.settings = { ...this.settings, ...changes };
    await this.start();
  }

  recentOutput(): string {
    return this.server?.recentOutput() ?? '';
  }

  async stop(): Promise<void> {
    await this.server?.stop();
    if (this.options.folder === undefined) await rm(this.folder, { recursive: true, force: true });
  }
}

async function waitUntilReady(port: number, server: ServerProcess, timeoutMs: number): Promise<void> {
  const exit = { description: '' };
  void server.ended.then((description) => (exit.description = description));
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline && exit.description === '') {
    if (await answers(port)) return;
    await delay(10);
  }
  throw new Error(`redis-server did not become ready (${exit.description || `waited ${timeoutMs} ms`}): ${server.recentOutput()}`);
}

/** True when it serves: an answer that it still loads its files does not count, one that a password is missing does. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const end = (isReady: boolean): void => {
      socket.destroy();
      resolve(isReady);
    };
    socket.setTimeout(1_000, () => end(false));
    socket.once('error', () => end(false));
    socket.once('close', () => resolve(false));
    socket.once('data', (data) => end(/^(\+PONG|-NOAUTH)/.test(data.toString('latin1'))));
    socket.write('PING\r\n');
  });
}
