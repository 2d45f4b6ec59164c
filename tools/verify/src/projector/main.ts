import { randomInt } from 'node:crypto';
import { inspect } from 'node:util';
import { exits, runCommand } from '../run-command.js';
import { parseProjectorOptions, projectorUsage, type ProjectorVerifyOptions } from './projector-options.js';
import { projectorReport, projectorSummary, unfinishedProjectorSummary } from './projector-report.js';
import { runProjectorVerify } from './run-projector-verify.js';

async function verify(options: ProjectorVerifyOptions, signal: AbortSignal): Promise<number> {
  const tell = (line: string): void => { console.error(line); };
  try {
    const result = await runProjectorVerify(options, { tell, signal });
    const summary = projectorSummary(options, result);
    tell(projectorReport(summary, result));
    if (options.isJson) console.log(JSON.stringify(summary));
    return summary.ok ? 0 : exits.violated;
  } catch (error) {
    signal.throwIfAborted();
    tell(`verify: the run could not be finished: ${inspect(error)}`);
    if (options.isJson) console.log(JSON.stringify(unfinishedProjectorSummary(options)));
    return exits.violated;
  }
}

runCommand(async (signal) => {
  const parsed = parseProjectorOptions(process.argv.slice(2), randomInt(2 ** 32 - 1));
  if (parsed.kind === 'wrong') {
    console.error(`verify: ${parsed.reason}\n\n${projectorUsage}`);
    return exits.usage;
  }
  if (parsed.kind === 'help') {
    console.log(projectorUsage);
    return 0;
  }
  return verify(parsed.options, signal);
});
