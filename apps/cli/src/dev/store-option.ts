import { usageError } from '../cli-error.js';
import type { CommandLine } from '../command-line/command-line.js';
import type { OptionSpec } from '../command-line/command-spec.js';
import type { DataDir } from '../data-dir/data-dir.js';

const stores = ['memory', 'embedded', 'redis', 'jetstream'] as const;
type StoreName = (typeof stores)[number];

/** Which store keeps history, and where it is. */
export interface StoreChoice {
  readonly name: StoreName;
  /** Of Redis or NATS servers; empty means the setting's default. */
  readonly urls: readonly string[];
}

/** Schemes of the addresses of the stores that have any. */
const schemesOf: Readonly<Record<StoreName, readonly string[]>> = {
  memory: [], embedded: [], redis: ['redis:', 'rediss:'], jetstream: ['nats:', 'tls:'],
};

/** Options of commands that run a Spine. */
export const storeOptions: readonly OptionSpec[] = [
  { name: 'store', kind: 'value', value: 'STORE', doc: 'Where history is kept: memory, embedded (a file in the data folder), redis or jetstream. Default: the environment, else memory' },
  { name: 'store-url', kind: 'list', value: 'URL', doc: 'Address of redis (redis://, rediss://) or jetstream (nats://, tls://); repeat for more. Default: the local one' },
];

/** Reads --store and --store-url. Raises usage errors. */
export function storeChoice(line: CommandLine): StoreChoice | undefined {
  const name = line.value('store');
  const urls = line.list('store-url');
  if (name === undefined) {
    if (urls.length > 0) throw usageError('--store-url goes with --store');
    return undefined;
  }
  if (!isStore(name)) throw usageError(`--store takes ${stores.slice(0, -1).join(', ')} or ${stores.at(-1)}, got "${name}"`);
  const schemes = schemesOf[name];
  if (urls.length > 0 && schemes.length === 0) throw usageError(`the store ${name} has no address`, 'Leave --store-url out.');
  const wrong = urls.find((url) => !URL.canParse(url) || !schemes.includes(new URL(url).protocol) || url.includes(','));
  if (wrong !== undefined) throw usageError(`--store-url "${wrong}" is no address of ${name}`, `It begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}.`);
  return { name, urls };
}

/** The Spine's settings for a store. */
export function storeEnvironment({ name, urls }: StoreChoice, dataDir: DataDir): Record<string, string> {
  const addresses = urls.join(',');
  return {
    ARQON_SPINE_HISTORY_STORE: name,
    ...(name === 'embedded' ? { ARQON_SPINE_HISTORY_EMBEDDED_FILE: dataDir.historyFile } : {}),
    ...(name === 'redis' && addresses !== '' ? { ARQON_SPINE_HISTORY_REDIS_URLS: addresses } : {}),
    ...(name === 'jetstream' && addresses !== '' ? { ARQON_SPINE_HISTORY_JETSTREAM_SERVERS: addresses } : {}),
  };
}

function isStore(name: string): name is StoreName {
  return stores.some((store) => store === name);
}
