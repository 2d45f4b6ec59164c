import { spawn } from 'node:child_process';
import { findOnPath } from './find-on-path.js';

export interface EnsureToolOptions {
  /** Debian package that brings the tool. */
  readonly aptPackage: string;
  /** Search path; default the PATH of the environment. */
  readonly path?: string;
  /** Whether apt may be asked; default: running as root and apt-get exists. */
  readonly mayInstall?: boolean;
}

/** The tool is neither there nor installable here; the message names the package. */
export class ToolMissingError extends Error {
  override readonly name = 'ToolMissingError';

  constructor(
    readonly tool: string,
    readonly aptPackage: string,
    reason: string,
  ) {
    super(`${tool} was not found on PATH and could not be installed (${reason}): install the package ${aptPackage}, for example "apt-get install ${aptPackage}"`);
  }
}

/**
 * Absolute path of `name`: from PATH, else installed by apt-get where that is possible.
 * Raises {@link ToolMissingError} otherwise.
 */
export async function ensureTool(name: string, options: EnsureToolOptions): Promise<string> {
  const found = findOnPath(name, options.path);
  if (found !== undefined) return found;
  const aptGet = findOnPath('apt-get');
  const mayInstall = options.mayInstall ?? (process.getuid?.() === 0 && aptGet !== undefined);
  if (!mayInstall || aptGet === undefined) {
    throw new ToolMissingError(name, options.aptPackage, 'installing needs root and apt-get');
  }
  // Package lists may be missing or old, so a failed install is tried once more after an update.
  const installed = (await installByApt(aptGet, options.aptPackage)) || ((await run(aptGet, ['update'])) && (await installByApt(aptGet, options.aptPackage)));
  // Debian puts servers where the PATH of an ordinary shell may not look.
  const path = findOnPath(name, options.path) ?? findOnPath(name, '/usr/sbin');
  if (!installed || path === undefined) throw new ToolMissingError(name, options.aptPackage, 'apt-get failed');
  return path;
}

function installByApt(aptGet: string, aptPackage: string): Promise<boolean> {
  return run(aptGet, ['install', '-y', '--no-install-recommends', aptPackage]);
}

function run(command: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}
