import { spawn, type ChildProcess } from 'node:child_process';

import type { Report } from '../finding.js';
import { detachedEnvironment, type ScratchCopy } from './scratch-copy.js';

/** How the runner of the scratch copy ended. */
export interface RunnerResult {
  /** 0 nothing denied, 1 something denied, 3 no verdict; see the runner's help. */
  readonly exitCode: number | null;
  /** Absent when there is no verdict. */
  readonly report?: Report;
  readonly stderr: string;
  readonly durationMs: number;
}

const running = new Set<ChildProcess>();

/** Ends the runners that are under way. */
export function stopRunners(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** Runs the copy's own runner, as somebody would who sees that repository for the first time. */
export function runRunner(copy: ScratchCopy, args: readonly string[]): Promise<RunnerResult> {
  const startMs = performance.now();
  const command = ['tools/policy/bin/policy.mjs', ...args, '--format', 'json'];
  const child = spawn(process.execPath, command, { cwd: copy.path, env: detachedEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text; });
  child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => {
      running.delete(child);
      const isJudged = exitCode === 0 || exitCode === 1;
      try {
        const report = isJudged ? { report: JSON.parse(stdout) as Report } : {};
        resolve({ exitCode, stderr, durationMs: Math.round(performance.now() - startMs), ...report });
      } catch (error) {
        reject(new Error(`The runner ended with ${String(exitCode)} and without a report: ${stderr}`, { cause: error }));
      }
    });
  });
}
