import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { findOnPath } from '@arqonbus/services';

import { inspectKept, keepProgram, type KeptProgram } from './kept-program.js';
import { actionlintTool, conftestTool, opaTool, regalTool, type PinnedTool } from './pinned-tools.js';
import { withLock } from './with-lock.js';

const execute = promisify(execFile);

const defaultCacheFolder = join(import.meta.dirname, '../../../../.cache/policy-tools');
const buildTimeoutMs = 600_000;
const versionTimeoutMs = 30_000;
const maxReasonChars = 2_000;

export interface EnsureToolOptions {
  /** Where builds are kept; default the ignored cache of the repository. */
  readonly cacheFolder?: string;
  /** Path of the Go toolchain; default from PATH; `'off'` never builds. */
  readonly go?: string;
  /** Search path for programs; default the PATH of the environment. */
  readonly path?: string;
  /** Told of what takes long; default a line on stderr. */
  readonly onProgress?: (line: string) => void;
}

/** A program in its pinned version, or why there is none. */
export type EnsuredTool =
  | { readonly ok: true; readonly executable: string; readonly version: string; readonly origin: 'path' | 'built' }
  | { readonly ok: false; readonly reason: string };

async function statedVersion(tool: PinnedTool, executable: string): Promise<string | undefined> {
  try {
    const { stdout } = await execute(executable, [...tool.versionArguments], { timeout: versionTimeoutMs });
    return tool.versionPattern.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

function describe(error: unknown): string {
  const { stderr, message } = error as { stderr?: unknown; message?: unknown };
  const text = typeof stderr === 'string' && stderr.trim() !== '' ? stderr : String(message);
  return text.trim().slice(-maxReasonChars);
}

/** The folder's name changes with everything that goes into the build, so that a raised pin never finds an old program. */
async function keptProgram(tool: PinnedTool, cacheFolder: string): Promise<KeptProgram> {
  const pins = await Promise.all(['go.mod', 'go.sum'].map((file) => readFile(join(tool.moduleFolder, file))));
  const hash = createHash('sha256');
  for (const bytes of pins) hash.update(bytes);
  const folder = join(cacheFolder, `${tool.name}-${tool.version}-${process.platform}-${process.arch}-${hash.digest('hex').slice(0, 12)}`);
  return { folder, executable: join(folder, tool.name) };
}

async function buildInto(tool: PinnedTool, go: string, folder: string): Promise<void> {
  const setVersion = tool.versionVariable === undefined ? '' : ` -X ${tool.versionVariable}=${tool.version}`;
  // GOFLAGS is ours alone: the module's go.sum is what the sources are checked by, and must not be written to.
  const env = { ...process.env, GOBIN: folder, CGO_ENABLED: '0', GOTOOLCHAIN: 'auto', GOWORK: 'off', GOFLAGS: '-mod=readonly', GOOS: '', GOARCH: '' };
  const options = { cwd: tool.moduleFolder, env, timeout: buildTimeoutMs, killSignal: 'SIGKILL' as const };
  await execute(go, ['install', '-trimpath', `-ldflags=-s -w${setVersion}`, tool.mainPackage], options);
  const version = await statedVersion(tool, join(folder, tool.name));
  if (version !== tool.version) throw new Error(`what was built says that it is ${version ?? 'of no version'}`);
}

async function ensureBuilt(tool: PinnedTool, go: string, cacheFolder: string, tell: (line: string) => void): Promise<EnsuredTool> {
  const program = await keptProgram(tool, cacheFolder);
  const built: EnsuredTool = { ok: true, executable: program.executable, version: tool.version, origin: 'built' };
  if ((await inspectKept(program)) === 'whole') return built;
  if (go === 'off') return { ok: false, reason: `neither ${tool.name} ${tool.version} nor a Go toolchain to build it with is here` };
  const onWait = (): void => tell(`waiting for another process that builds ${tool.name}`);
  return withLock(`${program.folder}.lock`, { staleMs: buildTimeoutMs + versionTimeoutMs, onWait }, async () => {
    const found = await inspectKept(program);
    if (found === 'whole') return built;
    if (found === 'altered') tell(`${program.executable} is not the program that was built: it is built anew`);
    tell(`building ${tool.name} ${tool.version} with Go (once, some minutes)`);
    try {
      await keepProgram(program, cacheFolder, tool.name, (folder) => buildInto(tool, go, folder));
      return built;
    } catch (error) {
      return { ok: false, reason: `${tool.name} ${tool.version} could not be built by ${go}: ${describe(error)}` };
    }
  });
}

/**
 * Finds a program in exactly its pinned version: on PATH, else as built here before, else built now. What was built is compared with
 * its SHA-256 before each use and built anew when it differs.
 */
export async function ensurePinnedTool(tool: PinnedTool, options: EnsureToolOptions = {}): Promise<EnsuredTool> {
  const tell = options.onProgress ?? ((line: string): void => void process.stderr.write(`${line}\n`));
  const onPath = findOnPath(tool.name, options.path);
  if (onPath !== undefined && (await statedVersion(tool, onPath)) === tool.version) {
    return { ok: true, executable: onPath, version: tool.version, origin: 'path' };
  }
  const go = options.go ?? findOnPath('go', options.path) ?? 'off';
  return ensureBuilt(tool, go, options.cacheFolder ?? defaultCacheFolder, tell);
}

/** What judges, where it can be had. */
export function ensureConftest(options?: EnsureToolOptions): Promise<EnsuredTool> {
  return ensurePinnedTool(conftestTool, options);
}

/** Compiles the packs to WebAssembly, formats and checks them; judging never needs it. */
export function ensureOpa(options?: EnsureToolOptions): Promise<EnsuredTool> {
  return ensurePinnedTool(opaTool, options);
}

/** Lints the packs; judging never needs it. */
export function ensureRegal(options?: EnsureToolOptions): Promise<EnsuredTool> {
  return ensurePinnedTool(regalTool, options);
}

/** Lints workflows; judging never needs it. */
export function ensureActionlint(options?: EnsureToolOptions): Promise<EnsuredTool> {
  return ensurePinnedTool(actionlintTool, options);
}
