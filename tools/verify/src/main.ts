import { randomInt } from 'node:crypto';
import { reportOf, summaryOf, unfinishedSummary } from './report.js';
import { runVerify } from './run-verify.js';
import { parseOptions, usage, type VerifyOptions } from './verify-options.js';

const exits = { violated: 1, usage: 2, interrupted: 130, terminated: 143, hungUp: 129 } as const;

async function verify(options: VerifyOptions, signal: AbortSignal): Promise<number> {
  const tell = (line: string): void => console.error(line);
  try {
    const result = await runVerify(options, { tell, signal });
    const summary = summaryOf(options, result);
    tell(reportOf(summary, result));
    if (options.isJson) console.log(JSON.stringify(summary));
    return summary.ok ? 0 : exits.violated;
  } catch (error) {
    signal.throwIfAborted();
    const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
    tell(`verify: the run could not be finished: ${failure}`);
    if (options.isJson) console.log(JSON.stringify(unfinishedSummary(options)));
    return exits.violated;
  }
}

async function main(): Promise<number> {
  const parsed = parseOptions(process.argv.slice(2), randomInt(2 ** 32 - 1));
  if (parsed.kind === 'wrong') {
    console.error(`verify: ${parsed.reason}\n\n${usage}`);
    return exits.usage;
  }
  if (parsed.kind === 'help') {
    console.log(usage);
    return 0;
  }
  const controller = new AbortController();
  let interrupted: number | undefined;
  for (const [signal, exit] of [['SIGINT', exits.interrupted], ['SIGTERM', exits.terminated], ['SIGHUP', exits.hungUp]] as const) {
    process.on(signal, () => {
      // Servers are killed when this process exits, so a second signal may end it at once.
      if (interrupted !== undefined) process.exit(exit);
      interrupted = exit;
      controller.abort();
    });
  }
  try {
    return await verify(parsed.options, controller.signal);
  } catch (error) {
    if (interrupted !== undefined) return interrupted;
    throw error;
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`verify: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    process.exit(exits.violated);
  },
);
