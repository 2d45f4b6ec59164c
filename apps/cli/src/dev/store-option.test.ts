import { describe, expect, it } from 'vitest';
import { commandTable } from '../command-table.js';
import { commandsOf } from '../command-line/command-spec.js';
import type { CommandLine } from '../command-line/command-line.js';
import { parseCommandLine } from '../command-line/parse-command-line.js';
import { DataDir } from '../data-dir/data-dir.js';
import { spineEnvironment } from './dev-settings.js';
import { storeChoice, storeEnvironment, type StoreChoice } from './store-option.js';

const dataDir = new DataDir('/srv/bus/.arqon');

function dev(...args: string[]): CommandLine {
  const spec = commandsOf(commandTable).find(({ name }) => name === 'dev');
  if (spec === undefined) throw new Error('no command dev');
  return parseCommandLine(spec, args);
}

function environmentOf(...args: string[]): Record<string, string> {
  const choice = storeChoice(dev(...args));
  return choice === undefined ? {} : storeEnvironment(choice, dataDir);
}

describe('storeEnvironment()', () => {
  it.each<[string[], Record<string, string>]>([
    [[], {}],
    [['--store', 'memory'], { ARQON_SPINE_HISTORY_STORE: 'memory' }],
    [['--store', 'embedded'], { ARQON_SPINE_HISTORY_STORE: 'embedded', ARQON_SPINE_HISTORY_EMBEDDED_FILE: '/srv/bus/.arqon/history.db' }],
    [['--store', 'redis'], { ARQON_SPINE_HISTORY_STORE: 'redis' }],
    [
      ['--store', 'redis', '--store-url', 'redis://a:1', '--store-url', 'rediss://b:2'],
      { ARQON_SPINE_HISTORY_STORE: 'redis', ARQON_SPINE_HISTORY_REDIS_URLS: 'redis://a:1,rediss://b:2' },
    ],
    [
      ['--store', 'jetstream', '--store-url', 'nats://a:4222'],
      { ARQON_SPINE_HISTORY_STORE: 'jetstream', ARQON_SPINE_HISTORY_JETSTREAM_SERVERS: 'nats://a:4222' },
    ],
  ])('of %j is %j', (args, environment) => {
    expect(environmentOf(...args)).toEqual(environment);
  });
});

describe('spineEnvironment() with a store', () => {
  const environment = (caller: Record<string, string>, store?: StoreChoice): Record<string, string | undefined> => spineEnvironment(caller, { dataDir, linkKey: 'k', ports: {}, store });

  it('lets the option win over the environment, and the environment over the default', () => {
    const caller = { ARQON_SPINE_HISTORY_STORE: 'redis', ARQON_SPINE_HISTORY_EMBEDDED_FILE: '/elsewhere.db' };
    expect(environment(caller)).toMatchObject(caller);
    expect(environment(caller, { name: 'embedded', urls: [] })).toMatchObject({ ARQON_SPINE_HISTORY_STORE: 'embedded', ARQON_SPINE_HISTORY_EMBEDDED_FILE: '/srv/bus/.arqon/history.db' });
    expect(environment({})).toMatchObject({ ARQON_SPINE_HISTORY_EMBEDDED_FILE: '/srv/bus/.arqon/history.db' });
  });
});
