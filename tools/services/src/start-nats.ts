import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ensureTool } from './ensure-tool.js';
import { spawnServer, type ServerProcess } from './spawn-server.js';

export interface StartNatsOptions {
  /** Opens a WebSocket listener without TLS; default off. */
  readonly websocket?: boolean;
  /** Path of a nats-server; default: from PATH, else installed by apt where possible. */
  readonly executable?: string;
  /** Core to stay on, where `taskset` exists. */
  readonly core?: number;
  /** Further lines of nats-server configuration. */
  readonly config?: readonly string[];
  /** How long to wait for its ports; default 10,000. */
  readonly readyTimeoutMs?: number;
}

/** A running nats-server on loopback. */
export interface NatsServer {
  readonly port: number;
  /** Port of the WebSocket listener; 0 without one. */
  readonly wsPort: number;
  readonly pid: number;
  readonly executable: string;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

/**
 * Starts a nats-server on free loopback ports with its files in a temporary folder.
 * Raises `ToolMissingError` without a nats-server, `Error` with its output when it does not come up.
 */
export async function startNats(options: StartNatsOptions = {}): Promise<NatsServer> {
  const executable = options.executable ?? (await ensureTool('nats-server', { aptPackage: 'nats-server' }));
  const folder = await mkdtemp(join(tmpdir(), 'arqonbus-nats-'));
  const configFile = join(folder, 'nats.conf');
  await writeFile(configFile, configText(folder, options));
  const server = spawnServer({ command: executable, args: ['-c', configFile], ...(options.core === undefined ? {} : { core: options.core }) });
  const stop = async (): Promise<void> => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const ports = await readPorts(folder, server, options.readyTimeoutMs ?? 10_000);
    return { ...ports, pid: server.pid, executable, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function configText(folder: string, options: StartNatsOptions): string {
  return [
    'host: 127.0.0.1',
    // -1 lets the kernel choose; the server writes what it got into the folder, so no port can be lost to a race.
    'port: -1',
    `ports_file_dir: ${JSON.stringify(folder)}`,
    ...(options.websocket === true ? ['websocket { host: 127.0.0.1, port: -1, no_tls: true }'] : []),
    ...(options.config ?? []),
    '',
  ].join('\n');
}

async function readPorts(folder: string, server: ServerProcess, timeoutMs: number): Promise<{ port: number; wsPort: number }> {
  const exit = { description: '' };
  void server.ended.then((description) => (exit.description = description));
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline && exit.description === '') {
    const ports = await parsePortsFile(folder);
    if (ports !== undefined) return ports;
    await delay(10);
  }
  throw new Error(`nats-server did not become ready (${exit.description || `waited ${timeoutMs} ms`}): ${server.recentOutput()}`);
}

async function parsePortsFile(folder: string): Promise<{ port: number; wsPort: number } | undefined> {
  if (!existsSync(folder)) return undefined;
  const name = (await readdir(folder)).find((entry) => entry.endsWith('.ports'));
  if (name === undefined) return undefined;
  const text = await readFile(join(folder, name), 'utf8');
  // The file may be seen while it is being written.
  if (!text.trimEnd().endsWith('}')) return undefined;
  const listed = JSON.parse(text) as { nats?: string[]; websocket?: string[] };
  return { port: portOf(listed.nats), wsPort: portOf(listed.websocket) };
}

function portOf(urls: readonly string[] | undefined): number {
  return urls?.[0] === undefined ? 0 : Number(new URL(urls[0]).port);
}
