import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import type { CommandContext } from './command-context.js';
import { exitCodes } from './exit-codes.js';
import { Interruption } from './interruption.js';
import { Output } from './output/output.js';
import { asksForJson, runArqon } from './run-arqon.js';

const flushTimeoutMs = 1_000;

/** Runs `arqon` with the process's arguments and ends the process. */
export async function main(options: { readonly parentPid: number }): Promise<void> {
  const args = process.argv.slice(2);
  const output = new Output(process.stdout, process.stderr, asksForJson(args));
  endWithReader();
  const context: CommandContext = {
    environment: process.env,
    workingFolder: process.cwd(),
    parentPid: options.parentPid,
    version: readVersion(),
    output,
    interruption: interruptionOfProcess(),
    readInput: () => buffer(process.stdin),
    openStandardInput: () => process.stdin,
  };
  const code = await runArqon(args, context);
  // Interrupted, it does not wait for a reader that stopped reading.
  if (context.interruption.exit !== undefined) setTimeout(() => process.exit(code), flushTimeoutMs).unref();
  await output.flush();
  process.exit(code);
}

/** A second signal ends the process at once. */
function interruptionOfProcess(): Interruption {
  const interruption = new Interruption();
  for (const [signal, exit] of [['SIGINT', 'interrupted'], ['SIGTERM', 'terminated'], ['SIGHUP', 'terminated']] as const) {
    process.on(signal, () => {
      if (interruption.exit !== undefined) process.exit(exitCodes[exit].code);
      interruption.begin(exit);
    });
  }
  return interruption;
}

/** `arqon sub … | head -1`: nobody reads on, so there is nothing left to do. */
function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? exitCodes.ok.code : exitCodes.failure.code);
  });
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '0.0.0';
}
