import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { HistoryStore } from '@arqonbus/storage';
import { createTempFolder, programArgs, startProcess, waitFor, type RunningProcess, type TempFolder } from '@arqonbus/testkit';
import LibsqlDatabase from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedStore, type SyncPolicy } from '../src/index.js';

const sources = programArgs(new URL('./append-forever.fixture.ts', import.meta.url));
const retention = { maxEvents: 10_000_000, maxBytes: 1e12, maxAgeMs: 1e9 };
const everything = { maxEvents: 10_000_000, maxBytes: 1e12 };
const topics = ['a', 'b', 'c'];

let folder: TempFolder;
let store: HistoryStore | undefined;
const started: RunningProcess[] = [];
beforeEach(() => { folder = createTempFolder(); });
afterEach(async () => {
  for (const child of started.splice(0)) await child.stop('SIGKILL');
  await store?.close();
  store = undefined;
  folder.remove();
});

async function open(sync: SyncPolicy = 'each'): Promise<HistoryStore> {
  ({ store } = await openEmbeddedStore({ file: folder.file('bus.db'), sync, events: { up: () => undefined, down: () => undefined } }));
  return store;
}

async function startAppending(sync: SyncPolicy, commits = 0): Promise<RunningProcess> {
  const child = await startProcess({ args: [...sources, folder.file('bus.db'), sync, String(commits)], readyWhen: ({ stdout }) => stdout.includes('open\n') });
  started.push(child);
  return child;
}

/** Acknowledged runs as the child told them; a line that was cut off is none. */
function acknowledged(output: string): Map<string, { sequence: number; run: number }[]> {
  const found = new Map<string, { sequence: number; run: number }[]>(topics.map((topic) => [topic, []]));
  for (const [, topic, sequence, run] of output.matchAll(/^([abc]) (\d+) (\d+)\n/gm)) found.get(topic)?.push({ sequence: Number(sequence), run: Number(run) });
  return found;
}

async function epochs(opened: HistoryStore): Promise<number[]> {
  const logs = await Promise.all(topics.map((channel) => opened.openLog({ tenant: 't', room: 'r', channel }, { retention, producerIdleMs: 600_000 })));
  return logs.map((log) => log.head.epoch);
}

/** Every acknowledged run is there, at its place, in order, with its content. */
async function expectAllThere(opened: HistoryStore, output: string): Promise<number> {
  let count = 0;
  for (const [channel, acks] of acknowledged(output)) {
    const log = await opened.openLog({ tenant: 't', room: 'r', channel }, { retention, producerIdleMs: 600_000 });
    const { runs } = await log.read(everything);
    expect(runs.map((run) => run.sequence)).toEqual(runs.map((_, index) => 1 + 2 * index));
    for (const { sequence, run } of acks) {
      const found = runs[(sequence - 1) / 2];
      expect(found.producer?.run).toBe(run);
      expect(new DataView(found.body.buffer, found.body.byteOffset).getUint32(0)).toBe(run);
    }
    count += acks.length;
  }
  return count;
}

describe('a store whose process is killed', () => {
  it.each(['each', 'interval', 'off'] as const)('has every acknowledged run, in order, in the same epoch, three times over (sync %s)', async (sync) => {
    let known: number[] | undefined;
    for (let round = 1; round <= 3; round += 1) {
      const child = await startAppending(sync);
      await waitFor(() => (acknowledged(child.output.stdout).get('a')?.length ?? 0) >= 50, { timeoutMs: 15_000, what: 'runs to be acknowledged' });
      await child.stop('SIGKILL');
      const opened = await open(sync);
      expect(await expectAllThere(opened, child.output.stdout)).toBeGreaterThan(140);
      const found = await epochs(opened);
      known ??= found;
      expect(found).toEqual(known);
      for (const channel of topics) await (await opened.openLog({ tenant: 't', room: 'r', channel }, { retention, producerIdleMs: 600_000 })).reset(Date.now() * 1_000);
      known = await epochs(opened);
      await opened.close();
    }
  });

  it('is refused to a second process while it is held, which says so, and not after kill -9', async () => {
    const child = await startAppending('each');
    await expect(open()).rejects.toThrow(`STORE_UNAVAILABLE: ${folder.file('bus.db')} is in use`);
    await child.stop('SIGKILL');
    expect((await open()).isUp).toBe(true);
    await expect(openEmbeddedStore({ file: folder.file('bus.db'), sync: 'each', events: { up: () => undefined, down: () => undefined } })).rejects.toThrow('is in use');
  });

  it.each([['each', false], ['interval', true], ['off', true]] as const)('when the machine was started anew too, sync %s: begins new epochs: %s', async (sync, isNew) => {
    const child = await startAppending(sync, 5);
    await child.exited;
    const before = await open(sync);
    const known = await epochs(before);
    await before.close();
    const again = await startProcess({ args: [...sources, folder.file('bus.db'), sync, '1'] });
    await again.exited;
    // As if the machine had been started anew: another boot than the one noted.
    const db = new LibsqlDatabase(folder.file('bus.db'));
    db.exec("UPDATE session SET boot = 'another'");
    db.close();
    const opened = await open(sync);
    const found = await epochs(opened);
    expect(found.map((epoch, index) => epoch > known[index])).toEqual(topics.map(() => isNew));
    const log = await opened.openLog({ tenant: 't', room: 'r', channel: 'a' }, { retention, producerIdleMs: 600_000 });
    expect((await log.read(everything)).runs.length).toBeGreaterThanOrEqual(5);
    const [result] = await log.append([{ producer: { owner: 'p', hi: 0, lo: 0, run: 2 }, count: 2, body: new Uint8Array(3) }], Date.now() * 1_000);
    expect(result.outcome).toBe(isNew ? 'producer_unknown' : 'duplicate');
  });
});

describe('syncs', () => {
  const hasStrace = spawnSync('strace', ['-e', 'trace=fsync', 'true']).status === 0;

  /** Syncs of the journal between the first and the last acknowledged run of a process that makes so many group commits of three topics. */
  function journalSyncs(sync: SyncPolicy, commits: number): number {
    const trace = folder.file('trace');
    spawnSync('strace', ['-f', '-y', '-qq', '-e', 'trace=fsync,fdatasync,write', '-o', trace, process.execPath, ...sources, folder.file('bus.db'), sync, String(commits)], {
      timeout: 55_000,
    });
    const lines = readFileSync(trace, 'utf8').split('\n');
    const from = lines.findIndex((line) => line.includes('"open\\n"'));
    const to = lines.findIndex((line) => line.includes('"appended\\n"'));
    expect(from).toBeGreaterThan(0);
    expect(to).toBeGreaterThan(from);
    return lines.slice(from, to).filter((line) => /(fsync|fdatasync)\(\d+<[^>]*bus\.db-wal>/.test(line)).length;
  }

  it.skipIf(!hasStrace)('the journal once per group commit over all topics under each (skipped without strace)', () => {
    expect(journalSyncs('each', 40)).toBe(40);
  });

  it.skipIf(!hasStrace)('the journal at no commit under off (skipped without strace)', () => {
    expect(journalSyncs('off', 40)).toBe(0);
  });
});

describe('a store whose disk is full', () => {
  it('refuses, says that it is down, and goes on by itself once there is room, with no run lost or doubled', async () => {
    const limit = 'trap "" XFSZ; ulimit -S -f 600; exec "$@"';
    const args = ['-c', limit, 'bash', process.execPath, ...sources, folder.file('bus.db'), 'each', '0'];
    const wrapper = `const { spawn } = require('node:child_process');
      const child = spawn('bash', ${JSON.stringify(args)}, { stdio: ['ignore', 'inherit', 'inherit'] });
      console.log('pid ' + child.pid); process.on('SIGTERM', () => { child.kill('SIGKILL'); process.exit(0); });`;
    const child = await startProcess({ args: ['-e', wrapper], readyWhen: ({ stdout }) => stdout.includes('open\n') });
    started.push(child);
    const pid = /pid (\d+)/.exec(child.output.stdout)?.[1] ?? '';
    try {
      await waitFor(() => child.output.stdout.includes('down\n'), { timeoutMs: 15_000, what: 'the store to be down' });
      expect(spawnSync('prlimit', ['--pid', pid, '--fsize=unlimited']).status).toBe(0);
      await waitFor(() => child.output.stdout.includes('up\n'), { timeoutMs: 15_000, what: 'the store to be up' });
      const ackedAtUp = child.output.stdout.length;
      await waitFor(() => child.output.stdout.length > ackedAtUp + 500, { timeoutMs: 15_000, what: 'runs to be acknowledged again' });
    } finally {
      process.kill(Number(pid), 'SIGKILL');
      await child.stop();
    }
    const opened = await open();
    expect(await expectAllThere(opened, child.output.stdout)).toBeGreaterThan(50);
    expect(child.output.stderr).toBe('');
  });
});
