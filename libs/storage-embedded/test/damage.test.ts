import { existsSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import type { HistoryStore, TopicLog } from '@arqonbus/storage';
import { createTempFolder, type TempFolder } from '@arqonbus/testkit';
import LibsqlDatabase from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedStore } from '../src/index.js';

const key = { tenant: 't', room: 'r', channel: '' };
const options = { retention: { maxEvents: 1e6, maxBytes: 1e9, maxAgeMs: 1e9 }, producerIdleMs: 600_000 };
const nowUs = (): number => Date.now() * 1_000;
let folder: TempFolder;
let file: string;
const stores: HistoryStore[] = [];
beforeEach(() => {
  folder = createTempFolder();
  file = folder.file('bus.db');
});
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  folder.remove();
});

async function open(): Promise<{ store: HistoryStore; log: TopicLog }> {
  const { store } = await openEmbeddedStore({ file, sync: 'each', events: { up: () => undefined, down: () => undefined } });
  stores.push(store);
  return { store, log: await store.openLog(key, options) };
}

/** A closed store with runs of random-looking text that stands nowhere else. */
async function filled(): Promise<void> {
  const { store, log } = await open();
  for (let index = 0; index < 60; index += 1) await log.append([{ producer: undefined, count: 1, body: Buffer.from(`secret number ${index} `.repeat(200)) }], nowUs());
  await store.close();
}

async function expectRefused(text: string): Promise<void> {
  const before = readFileSync(file);
  await expect(open()).rejects.toThrow(/^STORE_UNAVAILABLE: /);
  await expect(open()).rejects.toThrow(file);
  await expect(open()).rejects.toThrow(text);
  expect(readFileSync(file).equals(before)).toBe(true);
}

describe('openEmbeddedStore()', () => {
  it('refuses a file that is no database, and leaves it as it is', async () => {
    writeFileSync(file, 'x'.repeat(9_000));
    await expectRefused('damaged or no store');
  });

  it('refuses a file that was cut short', async () => {
    await filled();
    truncateSync(file, 100_000);
    await expectRefused('damaged');
  });

  it('refuses a file with damaged pages', async () => {
    await filled();
    const bytes = readFileSync(file);
    bytes.fill(0x5a, 8_192, bytes.length - 8_192);
    writeFileSync(file, bytes);
    await expectRefused('damaged');
  });

  it('refuses a database of another program', async () => {
    const db = new LibsqlDatabase(file);
    db.exec('CREATE TABLE topics (name TEXT)');
    db.close();
    await expectRefused('another program');
  });

  it('refuses a journal without its file', async () => {
    await filled();
    renameSync(file, `${file}-wal`);
    await expect(open()).rejects.toThrow(`${file} is missing but its journal`);
    expect(existsSync(`${file}-wal`)).toBe(true);
  });

  it('refuses a path that cannot be a file, and periods out of range', async () => {
    writeFileSync(folder.file('plain'), '');
    const events = { up: () => undefined, down: () => undefined };
    await expect(openEmbeddedStore({ file: folder.file('plain/bus.db'), sync: 'each', events })).rejects.toThrow('STORE_UNAVAILABLE');
    await expect(openEmbeddedStore({ file, sync: 'interval', intervalMs: 1, events })).rejects.toThrow('intervalMs');
    expect(existsSync(file)).toBe(false);
  });

  it('creates the folder of the file', async () => {
    file = folder.file('deep/er/bus.db');
    expect((await open()).store.durability).toBe('FSYNC');
  });

  it('refuses to read a run whose body was changed in the file', async () => {
    await filled();
    const bytes = readFileSync(file);
    const at = bytes.indexOf('secret number 7 ');
    bytes.write('Secret', at);
    writeFileSync(file, bytes);
    const { log } = await open();
    const window = { maxEvents: 1_000, maxBytes: 1e9 };
    await expect(log.read(window)).rejects.toThrow('the run at 8 of topic 1 of t is damaged');
    expect((await log.read({ ...window, toSequence: 7 })).runs).toHaveLength(7);
  });

  it.each([['tmpfs', '/dev/shm']] as const)('claims STORE alone on a file system in memory (%s)', async (_, path) => {
    if (!existsSync(path)) return;
    file = `${path}/arqon-${process.pid}-${Date.now()}/bus.db`;
    try {
      const { store } = await open();
      expect([store.durability, store.durabilityReason]).toEqual(['STORE', expect.stringContaining('in memory')]);
      await store.close();
    } finally {
      rmSync(file.slice(0, -7), { recursive: true, force: true });
    }
  });
});

describe('what is destroyed', () => {
  function everywhere(): string {
    return ['', '-wal', '-journal'].map((end) => existsSync(file + end) ? readFileSync(file + end, 'latin1') : '').join('');
  }

  it.each(['erase', 'reset'] as const)('stands in none of the files after %s', async (how) => {
    const { log } = await open();
    for (const size of [5, 3_000]) await log.append([{ producer: undefined, count: 1, body: Buffer.from('topsecret'.repeat(size)) }], nowUs());
    expect(everywhere()).toContain('topsecret');
    if (how === 'reset') await log.reset(nowUs());
    else for (const sequence of [1, 2]) expect(await log.erase(sequence, () => Buffer.from('gone'))).toBe(true);
    expect(everywhere()).not.toContain('topsecret');
  });
});
