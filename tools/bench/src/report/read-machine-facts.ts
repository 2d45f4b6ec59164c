import { availableParallelism, cpus, totalmem, type } from 'node:os';

/** What a reader needs to judge absolute figures; nothing that identifies the machine. */
export interface MachineFacts {
  readonly coreCount: number;
  readonly processor: string;
  readonly memoryGib: number;
  readonly system: string;
  readonly nodeVersion: string;
  /** Day of the run, YYYY-MM-DD. */
  readonly date: string;
}

export function readMachineFacts(): MachineFacts {
  return {
    coreCount: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    memoryGib: Math.round(totalmem() / 2 ** 30),
    system: type(),
    nodeVersion: process.versions.node,
    date: new Date().toISOString().slice(0, 10),
  };
}
