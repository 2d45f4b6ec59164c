import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { within } from '@arqonbus/testkit';
import { REPOSITORY_ROOT } from '../src/repository-root.js';

const arqon = join(REPOSITORY_ROOT, 'apps/cli/bin/arqon.mjs');

/**
 * Begin of a shell that runs the blocks of documents as they stand. `npm start` and `npx --no arqon` are stood in for by what they run, because the
 * folder of the test is no checkout, and its bus listens on free ports; a test of the quickstart pins that they do run it.
 */
export const shellPrelude = `
set -eu
npm() { [ "$*" = start ] || exit 64; exec "${process.execPath}" "${arqon}" dev --port 0 --json; }
npx() { [ "$1 $2" = '--no arqon' ] || exit 64; shift 2; "${process.execPath}" "${arqon}" "$@"; }
`;

/** A shell in a process group of its own. */
export interface BackgroundShell {
  readonly child: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  readonly exited: Promise<number | null>;
}

/** Runs a script in the background, behind the prelude. */
export function startShell(script: string, cwd: string): BackgroundShell {
  const child = spawn('bash', ['-c', `${shellPrelude}\n${script}`], { cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => { output.stdout += text; });
  child.stderr.setEncoding('utf8').on('data', (text: string) => { output.stderr += text; });
  return { child, output, exited: new Promise((resolve) => child.once('close', resolve)) };
}

/** Signals the shell's whole process group, as a terminal does. */
export async function stopShell({ child, exited }: BackgroundShell, signal: NodeJS.Signals): Promise<number | null> {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, signal);
  return within(exited, 20_000, `the shell to end by ${signal}`);
}
