import { parseArgs } from 'node:util';
import { integerOption, maxSeed } from './option-values.js';

export const storeNames = ['memory', 'embedded', 'redis', 'jetstream'] as const;
export type StoreName = (typeof storeNames)[number];

/** Stores that several Spines may use at once. */
const sharedStores: readonly StoreName[] = ['redis', 'jetstream'];
const maxSpines = 8;
const maxMinutes = 1_440;

export interface VerifyOptions {
  readonly store: StoreName;
  readonly spineCount: number;
  readonly minutes: number;
  readonly isJson: boolean;
  readonly seed: number;
}

export type ParsedOptions = { readonly kind: 'help' } | { readonly kind: 'wrong'; readonly reason: string } | { readonly kind: 'run'; readonly options: VerifyOptions };

export const usage = `Usage: npm run verify:delivery -- [options]

Writes through real Shields and Spines over TLS with the SDK, while a seeded nemesis kills -9 and restarts Shield, Spine and
store, stops processes (SIGSTOP), and cuts, stalls and delays TCP between them. Then heals everything, reads everything back, and
checks every acknowledgement, delivery and page of history against what the durability promised.

  --store NAME    ${storeNames.join(', ')}; default memory
  --spines N      Spines on one store, 1 to ${String(maxSpines)}; more than one needs ${sharedStores.join(' or ')}; default 1
  --minutes M     how long things are broken; may be a fraction, up to ${String(maxMinutes)}; default 1
  --seed S        integer from 0 to ${String(maxSeed)} that the faults are drawn from; default a random one, which is told
  --json          the last line of stdout is one JSON object
  --help          this text

Progress goes to stderr. Exit codes: 0 everything held, 1 something did not (the first violations are on stderr), 2 wrong arguments.
`;

const optionTypes = {
  store: { type: 'string', default: 'memory' },
  spines: { type: 'string', default: '1' },
  minutes: { type: 'string', default: '1' },
  seed: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** Reads the command line; nothing is guessed. `seed` is what to use when none is given. */
export function parseOptions(argv: readonly string[], seed: number): ParsedOptions {
  try {
    const { values } = parseArgs({ args: [...argv], options: optionTypes, strict: true, allowPositionals: false });
    if (values.help) return { kind: 'help' };
    const store = storeNames.find((name) => name === values.store);
    if (store === undefined) throw new Error(`--store must be one of ${storeNames.join(', ')}, not ${values.store}`);
    const spineCount = integerOption('--spines', values.spines, 1, maxSpines);
    if (spineCount > 1 && !sharedStores.includes(store)) {
      throw new Error(`--spines ${String(spineCount)} needs a store that Spines can share (${sharedStores.join(' or ')}); what the ${store} store keeps belongs to one Spine`);
    }
    return { kind: 'run', options: { store, spineCount, minutes: minutesOf(values.minutes), isJson: values.json, seed: values.seed === undefined ? seed : integerOption('--seed', values.seed, 0, maxSeed) } };
  } catch (error) {
    return { kind: 'wrong', reason: error instanceof Error ? error.message : String(error) };
  }
}

function minutesOf(text: string): number {
  const value = /^\d+(\.\d+)?$|^\.\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value > 0 && value <= maxMinutes)) throw new Error(`--minutes must be a number above 0 and up to ${String(maxMinutes)}, not ${text}`);
  return value;
}
