import type { Readable } from 'node:stream';
import type { Interruption } from './interruption.js';
import type { Output } from './output/output.js';

/** What a command is given besides its command line. */
export interface CommandContext {
  /** The process's environment, read once by the entry point. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
  /** Process that started this one. */
  readonly parentPid: number;
  readonly version: string;
  readonly output: Output;
  readonly interruption: Interruption;
  /** Standard input, read to its end. */
  readonly readInput: () => Promise<Uint8Array>;
  /** Standard input as it comes. */
  readonly openStandardInput: () => Readable;
}
