import { fork, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { CliError } from '../cli-error.js';
import { RestartBudget } from './restart-budget.js';
import { serverProgram } from './server-program.js';

const readyTimeoutMs = 30_000;
const stopTimeoutMs = 10_000;
const maxRestartsPerMinute = 5;
const keptLines = 40;

export interface ManagedProcessOptions<Ready> {
  /** What people call it: `shield`, `spine`. */
  readonly name: string;
  /** Folder of the app, whose main program is run. */
  readonly appFolder: URL;
  /** Settings for the next start; after the first they hold the ports that it got. */
  readonly environment: () => Record<string, string | undefined>;
  /** Reads the message that the process sends once it listens; undefined for any other. */
  readonly readReady: (message: unknown) => Ready | undefined;
  /** A line that the process wrote. */
  readonly onLine: (line: string) => void;
  /** Something about the process's life, for people. */
  readonly onNote: (text: string) => void;
  /** The process ran once and cannot be kept running. */
  readonly onGivenUp: (error: CliError) => void;
}

/** Life of a process that is kept running. */
export type ManagedState = 'idle' | 'running' | 'waiting' | 'stopped';

/** What changes the state (docs/state_machines/managed_process.md). */
export type ManagedEvent = 'started' | 'ended' | 'given_up' | 'stopped';

/** Which event leads where; what is not here leaves the state as it is. */
export const managedTransitions: Readonly<Record<ManagedState, Readonly<Partial<Record<ManagedEvent, ManagedState>>>>> = {
  idle: { started: 'running', stopped: 'stopped' },
  running: { ended: 'waiting', given_up: 'stopped', stopped: 'stopped' },
  waiting: { started: 'running', stopped: 'stopped' },
  stopped: {},
};

/**
 * A server that runs as a process of its own, and is started again when it ends by itself.
 *
 * States: `idle` → `running` ⇄ `waiting` (before a restart) → `stopped`. It has its own process group, so that Ctrl-C in a terminal
 * reaches `arqon` alone, which stops it in order; and it ends by itself when the IPC channel closes, however `arqon` ends.
 */
export class ManagedProcess<Ready> {
  private child: ChildProcess | undefined;
  private state: ManagedState = 'idle';
  private readonly budget = new RestartBudget(maxRestartsPerMinute);
  private restartTimer: NodeJS.Timeout | undefined;

  constructor(private readonly options: ManagedProcessOptions<Ready>) {}

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Starts the process; resolves with what it says once it listens. Raises CliError START_FAILED, PORT_IN_USE, or its configuration's. */
  async start(): Promise<Ready> {
    const { name, appFolder, environment, readReady, onLine } = this.options;
    if (managedTransitions[this.state].started === undefined) throw new CliError('failure', 'START_FAILED', `${name} is ${this.state} and cannot be started`);
    const { entry, execArgv } = serverProgram(appFolder);
    const lines: string[] = [];
    const child = fork(entry, [], {
      cwd: fileURLToPath(appFolder),
      env: environment(),
      execArgv: [...execArgv],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    this.child = child;
    this.step('started');
    readLines(child, (line) => {
      lines.push(line);
      if (lines.length > keptLines) lines.shift();
      onLine(line);
    });
    const ready = await new Promise<Ready>((resolve, reject) => {
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        reject(new CliError('failure', 'START_FAILED', `${name} was not ready within ${readyTimeoutMs / 1000} s`));
      }, readyTimeoutMs);
      child.on('message', (message) => {
        const told = readReady(message);
        if (told === undefined) return;
        clearTimeout(timer);
        resolve(told);
      });
      child.once('error', reject);
      child.once('close', (code, signal) => {
        clearTimeout(timer);
        reject(startFailure(name, lines, code ?? signal));
      });
    });
    child.once('close', (code, signal) => this.ended(code ?? signal));
    return ready;
  }

  /** Ends the process in order: SIGTERM, then SIGKILL when it takes too long. Resolves when it is gone. */
  async stop(): Promise<void> {
    this.step('stopped');
    clearTimeout(this.restartTimer);
    const child = this.child;
    if (child === undefined || hasEnded(child)) return;
    const gone = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
    });
    child.kill('SIGTERM');
    const timer = setTimeout(() => {
      this.options.onNote(`${this.options.name} did not drain within ${stopTimeoutMs / 1000} s and was killed`);
      child.kill('SIGKILL');
    }, stopTimeoutMs);
    await gone;
    clearTimeout(timer);
  }

  /** Ends the process at once. */
  kill(): void {
    this.step('stopped');
    clearTimeout(this.restartTimer);
    this.child?.kill('SIGKILL');
  }

  private step(event: ManagedEvent): void {
    this.state = managedTransitions[this.state][event] ?? this.state;
  }

  private ended(how: number | string | null): void {
    if (this.state === 'stopped') return;
    this.planRestart(`ended with ${how ?? 'no code'}`);
  }

  private planRestart(what: string): void {
    const { name, onNote, onGivenUp } = this.options;
    const delayMs = this.budget.take(Date.now());
    if (delayMs === undefined) {
      this.step('given_up');
      onGivenUp(new CliError('failure', 'KEEPS_FAILING', `${name} ${what}, and was restarted ${maxRestartsPerMinute} times within a minute`, { next: 'The lines above say why.' }));
      return;
    }
    this.step('ended');
    onNote(`${name} ${what}; restarting in ${delayMs} ms`);
    this.restartTimer = setTimeout(() => this.restart(), delayMs);
  }

  private restart(): void {
    const { name, onNote } = this.options;
    this.start().then(
      () => onNote(`${name} runs again, process ${this.pid ?? '?'}`),
      (error: unknown) => {
        if (this.state !== 'stopped') this.planRestart(`did not start: ${error instanceof Error ? error.message : String(error)}`);
      },
    );
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function readLines(child: ChildProcess, onLine: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) if (stream !== null) readStream(stream, onLine);
}

function readStream(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream, crlfDelay: Infinity }).on('line', onLine);
}

/** What kept a server from starting, from what it wrote. */
export function startFailure(name: string, lines: readonly string[], how: number | string | null): CliError {
  const text = lines.join('\n');
  const port = /port (\d+) is in use/.exec(text)?.[1] ?? /EADDRINUSE[^\n]*:(\d+)\b/.exec(text)?.[1];
  if (port !== undefined) {
    return new CliError('failure', 'PORT_IN_USE', `port ${port}, which the ${name} needs, is in use`, { next: 'Stop what uses it, or run `arqon dev --port 0`, which takes free ports.' });
  }
  const exit = how === 78 ? 'configuration' : 'failure';
  return new CliError(exit, 'START_FAILED', `the ${name} did not start (${how ?? 'no exit code'})`, { next: 'Its lines above say why.' });
}
