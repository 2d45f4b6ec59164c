import { parseArgs } from 'node:util';
import { integerOption, maxSeed } from '../option-values.js';

const maxEvents = 5_000_000;
const maxKills = 1_000;

export interface ProjectorVerifyOptions {
  readonly eventsCount: number;
  readonly killsCount: number;
  readonly isJson: boolean;
  readonly seed: number;
}

export type ParsedProjectorOptions =
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly reason: string }
  | { readonly kind: 'run'; readonly options: ProjectorVerifyOptions };

export const projectorUsage = `Usage: npm run verify:projector -- [options]

Publishes episodes through a real Shield and Spine with the SDK, as several agents of two tenants: shuffled within bounds, with 5 %
duplicates, 5 % stale events, 1 % poison, deletes and re-creates. Two projectors bring them into PostgreSQL, with fsync on, and both
are killed by kill -9 under load, again and again. Then the table is compared row by row with a model in memory, the dead letters with
what was poisoned, and what each tenant's role sees with what it may see.

  --events N      events to publish, 1 to ${String(maxEvents)}; default 100000
  --kills N       kills of a projector, 0 to ${String(maxKills)}; of PostgreSQL one for every ten, at least one; default 50
  --seed S        integer from 0 to ${String(maxSeed)} that events and kills are drawn from; default a random one, which is told
  --json          the last line of stdout is one JSON object
  --help          this text

Progress goes to stderr. Exit codes: 0 everything held, 1 something did not (the first violations are on stderr), 2 wrong arguments.
`;

const optionTypes = {
  events: { type: 'string', default: '100000' },
  kills: { type: 'string', default: '50' },
  seed: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** Reads the command line; nothing is guessed. `seed` is what to use when none is given. */
export function parseProjectorOptions(argv: readonly string[], seed: number): ParsedProjectorOptions {
  try {
    const { values } = parseArgs({ args: [...argv], options: optionTypes, strict: true, allowPositionals: false });
    if (values.help) return { kind: 'help' };
    return {
      kind: 'run',
      options: {
        eventsCount: integerOption('--events', values.events, 1, maxEvents),
        killsCount: integerOption('--kills', values.kills, 0, maxKills),
        isJson: values.json,
        seed: values.seed === undefined ? seed : integerOption('--seed', values.seed, 0, maxSeed),
      },
    };
  } catch (error) {
    return { kind: 'wrong', reason: error instanceof Error ? error.message : String(error) };
  }
}
