import { createTempFolder, startProcess, waitFor, type RunningProcess, type StartProcessOptions, type TempFolder } from '@arqonbus/testkit';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { DevInfo } from '../src/data-dir/dev-file.js';

/** The command as installed. */
export const bin = fileURLToPath(new URL('../bin/arqon.mjs', import.meta.url));

/** What stands in for it where everything is compiled: the same command, which starts faster and starts compiled servers. */
export const command = process.env['ARQON_TEST_BUILT'] === '1' && existsSync(new URL('../dist/main.js', import.meta.url)) ? fileURLToPath(new URL('built-arqon.mjs', import.meta.url)) : bin;
export const workspaceRoot = fileURLToPath(new URL('../../..', import.meta.url));

/** Nothing of the caller's environment may name a server or say that npm started the command. */
const cleanEnvironment = Object.fromEntries(
  Object.keys(process.env).filter((name) => name.startsWith('ARQON_') || name.toLowerCase().startsWith('npm_')).map((name) => [name, undefined]),
);

export type ArqonOptions = Pick<StartProcessOptions, 'cwd' | 'env' | 'readyWhen' | 'readyTimeoutMs'>;

/** How a run ended. */
export interface ArqonRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `arqon` with these arguments; it is killed when the test ends. */
export async function startArqon(args: readonly string[], options: ArqonOptions = {}): Promise<RunningProcess> {
  return startProcess({ ...options, args: [command, ...args], env: { ...cleanEnvironment, ...options.env } });
}

/** Runs `arqon` to its end. */
export async function runArqon(args: readonly string[], options: ArqonOptions = {}): Promise<ArqonRun> {
  const run = await startArqon(args, options);
  const { code } = await run.exited;
  return { code, stdout: run.output.stdout, stderr: run.output.stderr };
}

/** A folder of one test; commands run there find the bus that `startDev` started there. */
export function testFolder(): TempFolder {
  const folder = createTempFolder('arqon-cli-');
  onTestFinished(() => folder.remove());
  return folder;
}

export interface RunningDev {
  readonly process: RunningProcess;
  readonly info: DevInfo;
  /** Spine and Shield. */
  serverPids(): number[];
}

/** Starts `arqon dev --json --port 0` and waits for its first line. */
export async function startDev(cwd: string, args: readonly string[] = []): Promise<RunningDev> {
  const process = await startArqon(['dev', '--json', '--port', '0', ...args], { cwd, readyWhen: ({ stdout }) => stdout.includes('\n'), readyTimeoutMs: 60_000 });
  const info = JSON.parse(process.output.stdout.split('\n')[0]) as DevInfo;
  return { process, info, serverPids: () => serverPidsOf(info.pid) };
}

/** Children of a process that run one of the servers. */
export function serverPidsOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  return children.filter((child) => /\/apps\/\w+\/(src\/main\.ts|dist\/main\.js)$/.test(commandOf(child)));
}

/** The child that runs this app. */
export function serverPidOf(pid: number, app: 'spine' | 'shield'): number | undefined {
  return serverPidsOf(pid).find((child) => commandOf(child).includes(`/apps/${app}/`));
}

/** Waits until none of the processes runs any more. */
export async function untilGone(pids: readonly number[]): Promise<void> {
  await waitFor(() => pids.every((pid) => !isRunning(pid)), { timeoutMs: 30_000, what: `processes ${pids.join(', ')} to end` });
}

/** False also for a process that ended and was not reaped. */
export function isRunning(pid: number): boolean {
  return commandOf(pid) !== '';
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    // The process is gone.
    return '';
  }
}

/** The lines of JSON in an output. */
export function jsonLines<T>(text: string): T[] {
  return text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as T);
}
