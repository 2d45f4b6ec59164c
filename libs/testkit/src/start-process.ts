import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { waitFor, within } from './wait-for.js';

/** What a process has said so far. */
export interface ProcessOutput {
  readonly stdout: string;
  readonly stderr: string;
  /** Messages that the process sent by `process.send`. */
  readonly messages: readonly unknown[];
}

export interface StartProcessOptions {
  /** Arguments of `process.execPath`. */
  readonly args: readonly string[];
  /** Set over the environment of the test; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Ready once this is true. Default: as soon as it runs. */
  readonly readyWhen?: (output: ProcessOutput) => boolean;
  /** Bound of becoming ready. Default 50,000. */
  readonly readyTimeoutMs?: number;
}

/** How a process ended: one of both is set. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningProcess {
  readonly pid: number;
  readonly output: ProcessOutput;
  /** Resolves when the process has ended and its output is read to the end. */
  readonly exited: Promise<ProcessExit>;
  /** Sends the signal (default SIGTERM) and waits; after `timeoutMs` (default 30,000) kills it and rejects. */
  stop(signal?: NodeJS.Signals, timeoutMs?: number): Promise<ProcessExit>;
}

/**
 * Arguments with which Node runs a program of this workspace, given as a TypeScript file: from the sources, or with ARQON_TEST_BUILT=1 what
 * `tsc --build` made of them, which starts in a third of the processor time. Files outside `src/` always run from the sources: what is
 * compiled of them does not find the project's own modules.
 */
export function programArgs(entry: string | URL): string[] {
  const source = typeof entry === 'string' ? entry : fileURLToPath(entry);
  const built = source.replace(/\/src\/(?!.*\/src\/)(.+)\.ts$/, '/dist/$1.js');
  if (process.env['ARQON_TEST_BUILT'] === '1' && built !== source && existsSync(built)) return [built];
  return ['--conditions=@arqonbus/source', '--import', 'tsx/esm', source];
}

/**
 * Starts a Node process with an IPC channel and waits until it is ready. Rejects with its output when it ends or takes
 * too long before that; then it has been killed. It is killed too when the test's process exits.
 */
export async function startProcess(options: StartProcessOptions): Promise<RunningProcess> {
  const { readyWhen = () => true, readyTimeoutMs = 50_000 } = options;
  const child = spawn(process.execPath, options.args, {
    cwd: options.cwd,
    env: { ...process.env, FORCE_COLOR: '0', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const killAtExit = (): void => void child.kill('SIGKILL');
  process.on('exit', killAtExit);
  const output = collectOutput(child);
  let exit: ProcessExit | undefined;
  const exited = new Promise<ProcessExit>((resolve) => {
    const settle = (code: number | null, signal: NodeJS.Signals | null): void => {
      process.off('exit', killAtExit);
      exit = { code, signal };
      resolve(exit);
    };
    child.once('close', settle);
    // A process that could not be started emits no close on every platform.
    child.once('error', (error) => {
      output.stderr += `${error.message}\n`;
      settle(null, null);
    });
  });
  const running = { pid: child.pid ?? -1, output, exited, stop: (signal?: NodeJS.Signals, timeoutMs?: number) => stop(child, exited, { signal, timeoutMs }) };
  try {
    await waitFor(() => exit !== undefined || readyWhen(output), { timeoutMs: readyTimeoutMs, what: 'the process to be ready' });
    if (exit !== undefined && !readyWhen(output)) throw new Error(`the process ended with ${exit.code ?? exit.signal ?? 'a failed start'} before it was ready`);
    return running;
  } catch (cause) {
    child.kill('SIGKILL');
    throw new Error(`${describe(cause)}\n--- stdout\n${output.stdout}\n--- stderr\n${output.stderr}`, { cause });
  }
}

async function stop(
  child: ChildProcess, exited: Promise<ProcessExit>, { signal = 'SIGTERM', timeoutMs = 30_000 }: { signal?: NodeJS.Signals | undefined; timeoutMs?: number | undefined },
): Promise<ProcessExit> {
  child.kill(signal);
  try {
    return await within(exited, timeoutMs, `the process to end by ${signal}`);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

function collectOutput(child: ChildProcess): { stdout: string; stderr: string; messages: unknown[] } {
  const output = { stdout: '', stderr: '', messages: new Array<unknown>() };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => { output.stdout += text; });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => { output.stderr += text; });
  child.on('message', (message) => output.messages.push(message));
  return output;
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : 'the process failed';
}
