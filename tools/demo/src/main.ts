import { parseArgs } from 'node:util';
import { runDemo } from './run-demo.js';

const limitMs = 55_000;
const exits = { failed: 1, usage: 2, interrupted: 130, terminated: 143 } as const;
const usage = 'Usage: npm run demo [-- --json]\nStarts a bus in two processes, shows what it does, checks it, and ends.';

/** A flag that is not known, as parseArgs reports it. */
function readFlags(): { json: boolean; help: boolean } | string {
  try {
    const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } } });
    return values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function main(): Promise<number> {
  const flags = readFlags();
  if (typeof flags === 'string') {
    console.error(`demo: ${flags}\n${usage}`);
    return exits.usage;
  }
  if (flags.help) {
    console.log(usage);
    return 0;
  }
  const controller = new AbortController();
  let interrupted: number | undefined;
  for (const [signal, exit] of [['SIGINT', exits.interrupted], ['SIGTERM', exits.terminated]] as const) {
    process.on(signal, () => {
      if (interrupted !== undefined) process.exit(exit);
      interrupted = exit;
      controller.abort();
    });
  }
  const limit = setTimeout(() => {
    console.error(`demo: not done within ${limitMs / 1000} s`);
    process.exit(exits.failed);
  }, limitMs);
  try {
    const summary = await runDemo({ print: (line) => { if (!flags.json) console.log(line); }, signal: controller.signal });
    if (flags.json) console.log(JSON.stringify(summary));
    else if (summary.ok) console.log(`\nAll checks hold, after ${(summary.durationMs / 1000).toFixed(1)} s. \`npm start\` leaves a bus running.`);
    if (summary.failure !== undefined) console.error(`demo: ${summary.failure}`);
    return summary.ok ? 0 : exits.failed;
  } catch (error) {
    if (interrupted !== undefined) return interrupted;
    throw error;
  } finally {
    clearTimeout(limit);
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`demo: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    process.exit(exits.failed);
  },
);
