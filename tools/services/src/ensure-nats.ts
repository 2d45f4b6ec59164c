import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureTool } from './ensure-tool.js';
import { findOnPath } from './find-on-path.js';

const execute = promisify(execFile);

/** Raised by hand to a newer release of 2.12 or above, so that two runs of a test mean the same server. */
export const pinnedNatsVersion = '2.12.15';

const cacheFolder = join(import.meta.dirname, '../../../.cache');
const goFolder = '/usr/local/go/bin/go';
const buildTimeoutMs = 300_000;

export interface EnsureNatsOptions {
  /** `pinned`: the pinned version, else the distribution's; `distribution`: PATH or apt only. Default `pinned`. */
  readonly prefer?: 'pinned' | 'distribution';
  /** Where builds are kept; default the ignored cache of the repository. */
  readonly cacheFolder?: string;
  /** Path of the Go toolchain; default from PATH; `'off'` never builds. */
  readonly go?: string;
  /** Told of what takes long; default a line on stderr. */
  readonly onProgress?: (line: string) => void;
}

export interface NatsExecutable {
  readonly executable: string;
  /** As the program says it, e.g. `2.12.15`. */
  readonly version: string;
  /** False on the fallback: what needs the pinned version is then "not run". */
  readonly isPinned: boolean;
}

/**
 * A nats-server: the pinned version, built once by the Go toolchain into a cache; without Go, or when the build fails, the one of the
 * distribution. Raises `ToolMissingError` when there is neither.
 */
export async function ensureNats(options: EnsureNatsOptions = {}): Promise<NatsExecutable> {
  const tell = options.onProgress ?? ((line: string): void => void process.stderr.write(`${line}\n`));
  const built = options.prefer === 'distribution' ? undefined : await buildPinned(options, tell);
  const executable = built ?? (await ensureTool('nats-server', { aptPackage: 'nats-server' }));
  const version = await versionOf(executable);
  return { executable, version, isPinned: version === pinnedNatsVersion };
}

async function versionOf(executable: string): Promise<string> {
  const { stdout } = await execute(executable, ['--version']);
  return /v?(\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1] ?? '';
}

async function buildPinned(options: EnsureNatsOptions, tell: (line: string) => void): Promise<string | undefined> {
  const cache = options.cacheFolder ?? cacheFolder;
  const folder = join(cache, `nats-server-v${pinnedNatsVersion}`);
  const executable = join(folder, 'nats-server');
  if (existsSync(executable)) return executable;
  const go = options.go ?? findOnPath('go') ?? (existsSync(goFolder) ? goFolder : 'off');
  if (go === 'off') {
    tell(`nats-server ${pinnedNatsVersion} is not built, for there is no Go toolchain: using the distribution's`);
    return undefined;
  }
  tell(`building nats-server ${pinnedNatsVersion} (once, about a minute)`);
  await mkdir(cache, { recursive: true });
  // Built aside and moved, so that a build that is cut short, or another one beside it, leaves no half program.
  const building = await mkdtemp(join(cache, 'nats-build-'));
  try {
    const env = { ...process.env, GOBIN: building, GOFLAGS: '-mod=mod' };
    await execute(go, ['install', `github.com/nats-io/nats-server/v2@v${pinnedNatsVersion}`], { env, timeout: buildTimeoutMs });
    await mkdir(folder, { recursive: true });
    await rename(join(building, 'nats-server'), executable);
    return executable;
  } catch (error) {
    tell(`nats-server ${pinnedNatsVersion} could not be built (${error instanceof Error ? error.message.slice(0, 500) : 'unknown'})`);
    return undefined;
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}
