import { spawn, spawnSync } from 'node:child_process';
import { ensureTool } from '@arqonbus/services';
import { tracedCalls } from './parse-trace.js';

export interface RecordOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Where the recording is written. */
  readonly traceFile: string;
  readonly timeoutMs: number;
  /** Makes every sync take so much longer, as a busy disk does. */
  readonly syncDelayMs?: number;
}

export interface RecordedProgram {
  /** How it ended, e.g. `exit code 0`. */
  readonly end: string;
  readonly output: string;
}

const largestStringBytes = 10_485_760;

/** The recorder's path, or why nothing can be recorded here; installs it where that is possible. `path`: where to look, default the PATH. */
export async function findRecorder(path?: string): Promise<{ readonly strace: string } | { readonly reason: string }> {
  try {
    const strace = await ensureTool('strace', { aptPackage: 'strace', ...(path === undefined ? {} : { path }) });
    const probe = spawnSync(strace, ['-f', '-y', '-o', '/dev/null', 'true'], { encoding: 'utf8', timeout: 10_000 });
    return probe.status === 0 ? { strace } : { reason: `tracing is not permitted here: ${probe.stderr.trim()}` };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Runs the program and all that it starts under the recorder, until it ends. One recorder stops every thread at each call, so that the lines
 * of a recording are in causal order: the sync that a server waited for before an answer ends above what the reader of the answer did next.
 */
export function recordTrace(strace: string, { command, args, traceFile, timeoutMs, syncDelayMs }: RecordOptions): Promise<RecordedProgram> {
  const options = [
    '-f', '-y', '-xx', '-qq', '--seccomp-bpf', '-s', String(largestStringBytes), '-e', `trace=${tracedCalls.map((name) => `?${name}`).join(',')}`,
    '-e', 'signal=none', ...(syncDelayMs === undefined ? [] : ['-e', `inject=fsync,fdatasync:delay_enter=${syncDelayMs * 1_000}`]), '-o', traceFile,
  ];
  // The calls of an io_uring would not be seen.
  const child = spawn(strace, [...options, command, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, UV_USE_IO_URING: '0' } });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => { output += text; });
  child.stderr.setEncoding('utf8').on('data', (text: string) => { output += text; });
  const timer = setTimeout(() => child.kill('SIGTERM'), timeoutMs);
  return new Promise((resolve) => {
    const done = (end: string): void => {
      clearTimeout(timer);
      resolve({ end, output });
    };
    child.once('error', (error) => { done(`not started: ${error.message}`); });
    child.once('close', (code, signal) => { done(signal === null ? `exit code ${String(code)}` : `signal ${signal}`); });
  });
}
