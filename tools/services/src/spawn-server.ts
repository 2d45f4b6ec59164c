import { spawn, type ChildProcess } from 'node:child_process';
import { findOnPath } from './find-on-path.js';

export interface SpawnServerOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Opens an IPC channel, for Node children that report when they are ready. */
  readonly ipc?: boolean;
  /** Number of the core to stay on, where `taskset` exists. */
  readonly core?: number;
  /** User and group to run as, without any other group; only root may give them. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** A child process that ends with its parent. */
export interface ServerProcess {
  readonly child: ChildProcess;
  /** Same for the launched program: the prefix tools replace themselves by it. */
  readonly pid: number;
  /** Last 8 KiB of what the server wrote to stdout and stderr. */
  recentOutput(): string;
  /** Resolves with a description of the end, e.g. `exit code 1`. */
  readonly ended: Promise<string>;
  /** SIGTERM, after 5 s SIGKILL; resolves when the process is gone. */
  stop(): Promise<void>;
}

const recentOutputBytes = 8_192;
const stopGraceMs = 5_000;
const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Starts a server as a child that does not outlive this process: it is killed when this process
 * exits or is ended by a signal, and by the kernel when this process is killed (where `setpriv` exists).
 */
export function spawnServer(options: SpawnServerOptions): ServerProcess {
  const [command, ...args] = [...launchPrefix(options.core), options.command, ...options.args];
  const child = spawn(command ?? options.command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    ...options.user,
    stdio: options.ipc === true ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`not started: ${error.message}`));
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });
  endWithParent(child);
  let output = '';
  const keep = (text: string): void => {
    output = (output + text).slice(-recentOutputBytes);
  };
  child.stdout?.setEncoding('utf8').on('data', keep);
  child.stderr?.setEncoding('utf8').on('data', keep);
  return { child, pid: child.pid ?? 0, recentOutput: () => output, ended, stop: () => stopChild(child, ended) };
}

function launchPrefix(core: number | undefined): string[] {
  const setpriv = findOnPath('setpriv');
  const taskset = findOnPath('taskset');
  return [
    ...(process.platform === 'linux' && setpriv !== undefined ? [setpriv, '--pdeathsig', 'KILL'] : []),
    ...(core !== undefined && taskset !== undefined ? [taskset, '-c', String(core)] : []),
  ];
}

function endWithParent(child: ChildProcess): void {
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    kill();
    release();
    // A handler takes the default action away: without another handler the signal is raised again.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  const release = (): void => {
    process.off('exit', kill);
    for (const signal of endingSignals) process.off(signal, onSignal);
  };
  process.once('exit', kill);
  for (const signal of endingSignals) process.on(signal, onSignal);
  child.once('exit', release);
  child.once('error', release);
}

async function stopChild(child: ChildProcess, ended: Promise<string>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopGraceMs);
    await ended;
    clearTimeout(timer);
  }
}
