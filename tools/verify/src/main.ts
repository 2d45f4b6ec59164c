import { randomInt } from 'node:crypto';
import { reportOf, summaryOf, unfinishedSummary } from './report.js';
import { exits, runCommand } from './run-command.js';
import { runVerify } from './run-verify.js';
import { parseOptions, usage, type VerifyOptions } from './verify-options.js';

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

runCommand(async (signal) => {
  const parsed = parseOptions(process.argv.slice(2), randomInt(2 ** 32 - 1));
  if (parsed.kind === 'wrong') {
    console.error(`verify: ${parsed.reason}\n\n${usage}`);
    return exits.usage;
  }
  if (parsed.kind === 'help') {
    console.log(usage);
    return 0;
  }
  return verify(parsed.options, signal);
});
