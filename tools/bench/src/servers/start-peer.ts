import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findOnPath, startNats, ToolMissingError } from '@arqonbus/services';
import type { BenchServer } from './bench-server.js';

const execute = promisify(execFile);

/** Raised to a newer release by hand, so that figures of two runs compare. */
const newestVersion = 'v2.15.2';
const cacheFolder = join(import.meta.dirname, '../../../../.cache');

export interface StartPeerOptions {
  readonly version: 'path' | 'newest';
  readonly core: number | undefined;
}

/** A nats-server with a WebSocket listener, or the reason why there is none. */
export async function startPeer(options: StartPeerOptions): Promise<BenchServer | { readonly missing: string }> {
  try {
    const executable = options.version === 'newest' ? await buildNewest() : undefined;
    const nats = await startNats({
      websocket: true,
      ...(executable === undefined ? {} : { executable }),
      ...(options.core === undefined ? {} : { core: options.core }),
    });
    const { stdout } = await execute(nats.executable, ['--version']);
    return { protocol: 'nats', port: nats.wsPort, pid: nats.pid, token: '', name: stdout.trim().replace(': ', ' '), stop: nats.stop };
  } catch (error) {
    if (error instanceof ToolMissingError) return { missing: error.message };
    throw error;
  }
}

/** Path of the pinned version, built by the Go toolchain on first use. */
async function buildNewest(): Promise<string> {
  const folder = join(cacheFolder, `nats-server-${newestVersion}`);
  const executable = join(folder, 'nats-server');
  if (existsSync(executable)) return executable;
  const go = findOnPath('go') ?? (existsSync('/usr/local/go/bin/go') ? '/usr/local/go/bin/go' : undefined);
  if (go === undefined) throw new ToolMissingError('go', 'golang', `nats-server ${newestVersion} is built from source`);
  await mkdir(folder, { recursive: true });
  await execute(go, ['install', `github.com/nats-io/nats-server/v2@${newestVersion}`], { env: { ...process.env, GOBIN: folder, GOFLAGS: '-mod=mod' } });
  return executable;
}
