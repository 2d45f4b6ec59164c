import { freePort } from '@arqonbus/testkit';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ensureTool } from './ensure-tool.js';
import { spawnServer, type ServerProcess } from './spawn-server.js';

export interface StartNatsOptions {
  /** Opens a WebSocket listener without TLS; default off. */
  readonly websocket?: boolean;
  /** Path of a nats-server, e.g. from ensureNats; default: from PATH, else installed by apt where possible. */
  readonly executable?: string;
  /** Core to stay on, where `taskset` exists. */
  readonly core?: number;
  /** Turns JetStream on; default off. */
  readonly jetstream?: JetStreamOptions;
  /** Further lines of nats-server configuration. */
  readonly config?: readonly string[];
  /** How long to wait for its ports; default 10,000. */
  readonly readyTimeoutMs?: number;
}

export interface JetStreamOptions {
  /** Folder to keep the streams in, which stays after stop(); default one in the temporary folder. */
  readonly storeFolder?: string;
  /** When files are synced: before every acknowledgement, or now and then, as nats-server writes durations (`2m`); default the server's. */
  readonly syncInterval?: 'always' | (string & {});
  /** Bytes that streams may reserve together, which nothing is set aside for; default three quarters of the disk. */
  readonly maxFileBytes?: number;
}

/** A running nats-server on loopback. */
export interface NatsServer {
  readonly port: number;
  /** Port of the WebSocket listener; 0 without one. */
  readonly wsPort: number;
  /** Of the process running now: another one after restart(). */
  readonly pid: number;
  readonly executable: string;
  /** Folder of the streams; '' without JetStream. */
  readonly storeFolder: string;
  /** SIGKILL; resolves when the process is gone. Its files stay. */
  kill(): Promise<void>;
  /** Starts it again on the same ports and files, after ending it where it still runs. */
  restart(): Promise<void>;
  /** Ends the server and removes its temporary folder. */
  stop(): Promise<void>;
}

interface Ports {
  readonly port: number;
  readonly wsPort: number;
}

/**
 * Starts a nats-server on free loopback ports with its files in a temporary folder.
 * Raises `ToolMissingError` without a nats-server, `Error` with its output when it does not come up.
 */
export async function startNats(options: StartNatsOptions = {}): Promise<NatsServer> {
  const executable = options.executable ?? (await ensureTool('nats-server', { aptPackage: 'nats-server' }));
  const folder = await mkdtemp(join(tmpdir(), 'arqonbus-nats-'));
  const storeFolder = options.jetstream === undefined ? '' : (options.jetstream.storeFolder ?? join(folder, 'jetstream'));
  const removeFolder = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const ports: Ports = { port: await freePort(), wsPort: options.websocket === true ? await freePort() : 0 };
  const start = async (): Promise<ServerProcess> => {
    const configFile = join(folder, 'nats.conf');
    await removePortsFiles(folder);
    await writeFile(configFile, configText(folder, storeFolder, options, ports));
    const server = spawnServer({ command: executable, args: ['-c', configFile], ...(options.core === undefined ? {} : { core: options.core }) });
    try {
      await untilListening(folder, server, options.readyTimeoutMs ?? 10_000);
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  };
  try {
    let server = await start();
    return {
      ...ports,
      executable,
      storeFolder,
      get pid() {
        return server.pid;
      },
      kill: async () => {
        server.child.kill('SIGKILL');
        await server.ended;
      },
      restart: async () => {
        await server.stop();
        server = await start();
      },
      stop: async () => {
        await server.stop();
        await removeFolder();
      },
    };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}

function configText(folder: string, storeFolder: string, options: StartNatsOptions, { port, wsPort }: Ports): string {
  const { syncInterval, maxFileBytes } = options.jetstream ?? {};
  return [
    'host: 127.0.0.1',
    `port: ${String(port)}`,
    // The server writes a file there once it listens.
    `ports_file_dir: ${JSON.stringify(folder)}`,
    ...(wsPort !== 0 ? [`websocket { host: 127.0.0.1, port: ${String(wsPort)}, no_tls: true }`] : []),
    ...(storeFolder === '' ? [] : ['jetstream {', `  store_dir: ${JSON.stringify(storeFolder)}`]),
    ...(syncInterval === undefined ? [] : [`  sync_interval: ${syncInterval}`]),
    ...(maxFileBytes === undefined ? [] : [`  max_file_store: ${String(maxFileBytes)}`]),
    ...(storeFolder === '' ? [] : ['}']),
    ...(options.config ?? []),
    '',
  ].join('\n');
}

async function portsFiles(folder: string): Promise<string[]> {
  return existsSync(folder) ? (await readdir(folder)).filter((name) => name.endsWith('.ports')) : [];
}

async function removePortsFiles(folder: string): Promise<void> {
  await Promise.all((await portsFiles(folder)).map((name) => rm(join(folder, name), { force: true })));
}

async function untilListening(folder: string, server: ServerProcess, timeoutMs: number): Promise<void> {
  const exit = { description: '' };
  void server.ended.then((description) => (exit.description = description));
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline && exit.description === '') {
    if ((await portsFiles(folder)).length > 0) return;
    await delay(10);
  }
  throw new Error(`nats-server did not become ready (${exit.description || `waited ${timeoutMs} ms`}): ${server.recentOutput()}`);
}
