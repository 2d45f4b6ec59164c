import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findOnPath } from '@arqonbus/services';

const execute = promisify(execFile);
const countTimeoutMs = 600_000;

export type InstructionCounter = 'perf' | 'valgrind';

/** One thread and fixed seeds, so that two runs of the same program take the same way. */
const steadyNode = ['--single-threaded', '--no-concurrent-recompilation', '--hash-seed=1', '--random-seed=1'];

/** What counts instructions here: the processor's own counter, else a simulator that counts each one; undefined when there is neither. */
export async function findInstructionCounter(): Promise<InstructionCounter | undefined> {
  if (findOnPath('perf') !== undefined && (await countWithPerf([process.execPath, '-e', '0'])) !== undefined) return 'perf';
  return findOnPath('valgrind') === undefined ? undefined : 'valgrind';
}

/** Instructions in user space of a Node program from start to end. */
export async function countInstructions(counter: InstructionCounter, program: string, programArguments: readonly string[]): Promise<number> {
  const command = [process.execPath, ...steadyNode, program, ...programArguments];
  const count = counter === 'perf' ? await countWithPerf(command) : await countWithValgrind(command);
  if (count === undefined) throw new Error(`${counter} gave no count of instructions`);
  return count;
}

async function countWithPerf(command: readonly string[]): Promise<number | undefined> {
  const { stderr } = await execute('perf', ['stat', '-x', ',', '-e', 'instructions:u', '--', ...command], { timeout: countTimeoutMs });
  const [, count] = /^(\d+),,instructions:u/m.exec(stderr) ?? [];
  return count === undefined ? undefined : Number(count);
}

async function countWithValgrind(command: readonly string[]): Promise<number | undefined> {
  // Code that V8 makes at run time is code that changes under the simulator: without smc-check it would run what stood there before.
  const options = ['--tool=cachegrind', '--cache-sim=no', '--cachegrind-out-file=/dev/null', '--smc-check=all-non-file'];
  const { stderr } = await execute('valgrind', [...options, ...command], { timeout: countTimeoutMs });
  const [, count] = /I\s+refs:\s+([\d,]+)/.exec(stderr) ?? [];
  return count === undefined ? undefined : Number(count.replaceAll(',', ''));
}
