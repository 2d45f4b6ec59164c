import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSettings } from '@arqonbus/config';
import { createTempFolder, type TempFolder } from '@arqonbus/testkit';
import { loadSettingsSchemas, readCodeBlocks, readDocument } from '../src/index.js';
import { REPOSITORY_ROOT } from '../src/repository-root.js';
import { startBusPair } from './bus-pair.fixture.js';

const page = readDocument('docs/stores.md').text;
const schema = (await loadSettingsSchemas()).find(({ appName }) => appName === 'spine');
if (schema === undefined) throw new Error('the Spine has no settings');
const spine = schema;

/** What a Spine needs whatever its store is. */
const required = {
  ARQON_SPINE_LINK_KEY: 'k'.repeat(32), ARQON_SPINE_AUTH_JWKS_FILE: '/keys.json', ARQON_SPINE_AUTH_ISSUER: 'https://issuer.example/', ARQON_SPINE_AUTH_AUDIENCE: 'arqon',
};

function block(marker: string): string {
  const found = readCodeBlocks(page).filter((one) => one.marker === marker);
  if (found.length !== 1) throw new Error(`there is not one block "${marker}"`);
  return found[0].code;
}

describe('examples of settings in docs/stores.md', () => {
  let folder: TempFolder;
  beforeAll(() => { folder = createTempFolder('arqon-stores-'); });
  afterAll(() => { folder.remove(); });

  function load(text: string, environment: Readonly<Record<string, string>> = {}): Readonly<Record<string, unknown>> {
    const configFile = folder.file('spine.yaml');
    writeFileSync(configFile, text);
    return loadSettings(spine, { environment: { ...required, ...environment }, configFile });
  }

  it('name memory where nothing is said (D1)', () => {
    expect(load('')['history.store']).toBe('memory');
  });

  it.each([
    ['embedded', 'example: stores-embedded', { 'history.embedded_sync': 'each', 'history.spines': 'one' }],
    ['redis', 'example: stores-redis', { 'history.user': 'arqon', 'history.spines': 'one' }],
    ['jetstream', 'example: stores-jetstream', { 'history.jetstream_replicas_count': 3, 'history.spines': 'one' }],
    ['jetstream', 'example: stores-many', { 'history.spines': 'many', 'history.on_store_failure': 'refuse', 'node.id': 'spine-2' }],
  ])('are taken by the Spine: %s, %s (P16)', (store, marker, settings) => {
    expect(load(block(marker))).toMatchObject({ 'history.store': store, ...settings });
  });

  it('say the same of rooms in a file and in the environment (D7, P16)', () => {
    const fromFile = load(block('example: stores-rooms'));
    const [, name = '', value = ''] = /^(\w+)=(.*)\n$/.exec(block('example: stores-rooms-environment')) ?? [];
    expect(name).toBe('ARQON_SPINE_ROOMS');
    expect(fromFile['rooms']).toHaveLength(4);
    expect(load('', { [name]: value })['rooms']).toEqual(fromFile['rooms']);
  });

  it('would be refused with a word that no record has', () => {
    expect(() => load(block('example: stores-rooms').replace('on_store_failure', 'on_failure'))).toThrow(/on_failure is unknown/);
  });
});

describe('docs/stores.md', () => {
  it('names settings that exist', () => {
    const keys = new Set(spine.specs.map(({ key }) => key));
    const named = [...page.matchAll(/`((?:history|rooms|groups|node)\.[a-z_]+)(?:: [a-z]+)?`/g)].map(([, key]) => key ?? '');
    expect(named.length).toBeGreaterThan(10);
    // A file and its journal look like keys.
    expect(named.filter((key) => !keys.has(key) && key !== 'history.db')).toEqual([]);
  });

  it('names metrics that a Spine has, in its rules and its table (D17, N14)', async () => {
    const pair = await startBusPair();
    try {
      const scraped = await (await fetch(`${pair.spineAdminUrl}/metrics`)).text();
      const expressions = [...block('example: stores-alerts').matchAll(/expr: (.*)/g)].map(([, expression]) => expression ?? '');
      expect(expressions).toHaveLength(5);
      const named = [...new Set([...page.matchAll(/\barqon_[a-z_]+\b/g)].map(([name]) => name))];
      expect(expressions.filter((expression) => !named.some((name) => expression.includes(name)))).toEqual([]);
      expect(named.filter((name) => !new RegExp(`^${name}(\\{| )`, 'm').test(scraped))).toEqual([]);
      // Labels that rules select by exist too, before anything happened.
      const selected = expressions.flatMap((expression) => [...expression.matchAll(/(arqon_\w+)\{(\w+="\w+")\}/g)]);
      expect(selected).toHaveLength(1);
      expect(selected.filter(([, name = '', label = '']) => !new RegExp(`^${name}\\{[^}]*${label}`, 'm').test(scraped)).map(([text]) => text)).toEqual([]);
    } finally {
      await pair.stop();
    }
  }, 120_000);

  it('names folders of tests that exist', () => {
    const files = [...page.matchAll(/\((apps\/[\w./-]+\.test\.ts)\)/g)].map(([, file]) => file ?? '');
    expect(files.filter((file) => !existsSync(join(REPOSITORY_ROOT, file)))).toEqual([]);
  });
});
