import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findOnPath } from './find-on-path.js';

const execute = promisify(execFile);

/** Raised by hand, so that two runs of a comparison mean the same rules. */
export const pinnedGitleaksVersion = '8.30.1';

const cacheFolder = join(import.meta.dirname, '../../../.cache');
const goFolder = '/usr/local/go/bin/go';
const buildTimeoutMs = 600_000;

export interface EnsureGitleaksOptions {
  /** Where builds are kept; default the ignored cache of the repository. */
  readonly cacheFolder?: string;
  /** Path of the Go toolchain; default from PATH; `'off'` never builds. */
  readonly go?: string;
  /** Told of what takes long; default a line on stderr. */
  readonly onProgress?: (line: string) => void;
}

/** Path of the pinned gitleaks, built once by the Go toolchain into a cache; undefined, with the reason told, where it cannot be built. */
export async function ensureGitleaks(options: EnsureGitleaksOptions = {}): Promise<string | undefined> {
  const tell = options.onProgress ?? ((line: string): void => void process.stderr.write(`${line}\n`));
  const cache = options.cacheFolder ?? cacheFolder;
  const folder = join(cache, `gitleaks-v${pinnedGitleaksVersion}`);
  const executable = join(folder, 'gitleaks');
  if (existsSync(executable)) return executable;
  const go = options.go ?? findOnPath('go') ?? (existsSync(goFolder) ? goFolder : 'off');
  if (go === 'off') {
    tell(`gitleaks ${pinnedGitleaksVersion} is not built, for there is no Go toolchain`);
    return undefined;
  }
  tell(`building gitleaks ${pinnedGitleaksVersion} (once, some minutes)`);
  await mkdir(cache, { recursive: true });
  // Built aside and moved, so that a build that is cut short, or another one beside it, leaves no half program.
  const building = await mkdtemp(join(cache, 'gitleaks-build-'));
  try {
    const env = { ...process.env, GOBIN: building, GOFLAGS: '-mod=mod' };
    await execute(go, ['install', `github.com/zricethezav/gitleaks/v8@v${pinnedGitleaksVersion}`], { env, timeout: buildTimeoutMs });
    await mkdir(folder, { recursive: true });
    await rename(join(building, 'gitleaks'), executable);
    return executable;
  } catch (error) {
    tell(`gitleaks ${pinnedGitleaksVersion} could not be built (${error instanceof Error ? error.message.slice(0, 500) : 'unknown'})`);
    return undefined;
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}
