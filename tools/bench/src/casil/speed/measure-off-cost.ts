import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildPublishLoad } from './build-publish-load.js';
import { countInstructions, type InstructionCounter } from './count-instructions.js';

const execute = promisify(execFile);
const roundTimeoutMs = 300_000;
const nodeModules = join(import.meta.dirname, '../../../../../node_modules');

/** A figure of the Spine as it is, with CASIL off, and of one from which the call was cut. */
export interface OffCost {
  readonly ours: number;
  readonly peer: number;
}

/** Both programs, for the time of `work`. */
export async function withPublishLoads<Result>(work: (loads: { readonly ours: string; readonly peer: string }) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'publish-load-'));
  try {
    // Native parts are not bundled and are looked up from here.
    await symlink(nodeModules, join(folder, 'node_modules'));
    const loads = { ours: join(folder, 'ours.mjs'), peer: join(folder, 'peer.mjs') };
    await buildPublishLoad(loads.ours, { withoutCasil: false });
    await buildPublishLoad(loads.peer, { withoutCasil: true });
    return await work(loads);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Instructions per event: of a run with three times as many events less those of a run with one time, so that start-up drops out. */
export async function countOffCost(loads: { readonly ours: string; readonly peer: string }, counter: InstructionCounter, eventCount: number): Promise<OffCost> {
  const perEvent = async (program: string): Promise<number> => {
    const few = await countInstructions(counter, program, [String(eventCount)]);
    const many = await countInstructions(counter, program, [String(eventCount * 3)]);
    return (many - few) / (eventCount * 2);
  };
  const [ours, peer] = await Promise.all([perEvent(loads.ours), perEvent(loads.peer)]);
  return { ours, peer };
}

/** One pair of timed runs, each in a process of its own; who goes first is the caller's to alternate. */
export async function timeOffCost(loads: { readonly ours: string; readonly peer: string }, eventCount: number, first: 'ours' | 'peer'): Promise<OffCost> {
  const nsPerEvent = async (program: string): Promise<number> => {
    const { stdout } = await execute(process.execPath, [program, String(eventCount)], { timeout: roundTimeoutMs });
    return (JSON.parse(stdout) as { nsPerEvent: number }).nsPerEvent;
  };
  if (first === 'ours') {
    const ours = await nsPerEvent(loads.ours);
    return { ours, peer: await nsPerEvent(loads.peer) };
  }
  const peer = await nsPerEvent(loads.peer);
  return { ours: await nsPerEvent(loads.ours), peer };
}
