import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { ensureNats } from '@arqonbus/services';
import type { CommittedRun, LogPage } from '@arqonbus/storage';
import { createTempFolder, type TempFolder } from '@arqonbus/testkit';
import { afterEach, beforeEach, describe, expect, it, type TestContext } from 'vitest';
import { findRecorder, parseTrace, rebuildDisk, recordTrace, writeDisk, type FileCall } from '../src/index.js';
import { bodyOf, openLog, startStore, type StoreSetting } from './store-under-cut.js';

const fixture = new URL('./publish-acked.fixture.ts', import.meta.url).pathname;
const everything = { maxEvents: 100_000, maxBytes: 1e9 };
const limitMs = 120_000;
const recorder = await findRecorder();
const nats = await ensureNats();

let folder: TempFolder;
beforeEach(() => { folder = createTempFolder('arqon-cut-'); });
afterEach(() => { folder.remove(); });

interface Ack {
  readonly run: number;
  readonly sequence: number;
  readonly epoch: number;
  /** Line of the recording at which the publisher knew. */
  readonly at: number;
}

interface Recording {
  readonly calls: readonly FileCall[];
  readonly acks: readonly Ack[];
  /** First line of what the publisher said: the durability that it was promised. */
  readonly promised: string;
}

/** Records a publisher whose runs are acknowledged one after the other. */
async function record(context: TestContext, setting: StoreSetting, runs: number, pauseMs: number): Promise<Recording> {
  if ('reason' in recorder) context.skip(`not run: ${recorder.reason}`);
  else if (setting.startsWith('jetstream') && !nats.isPinned) context.skip(`not run: nats-server ${nats.version} is not the pinned one`);
  else {
    const [store, ackFile, traceFile] = ['store', 'acks', 'trace'].map((name) => folder.file(name));
    const args = ['--conditions=@arqonbus/source', '--import', 'tsx', fixture, setting, store, ackFile, String(runs), String(pauseMs)];
    const { end, output } = await recordTrace(recorder.strace, { command: process.execPath, args, traceFile, timeoutMs: 60_000 });
    expect(end, output).toBe('exit code 0');
    const calls = parseTrace(readFileSync(traceFile, 'utf8'), [store, ackFile]);
    const acks = calls.flatMap((call) => (call.kind === 'write' && call.path === ackFile ? [ackOf(call)] : []));
    expect(acks.map(({ run }) => run)).toEqual(Array.from({ length: runs }, (_, index) => index + 1));
    return { calls: calls.filter((call) => !('path' in call) || call.path !== ackFile), acks, promised: output.split('\n')[0] ?? '' };
  }
  throw new Error('skipped');
}

function ackOf({ begin, bytes }: Extract<FileCall, { kind: 'write' }>): Ack {
  const [run = 0, sequence = 0, epoch = 0] = Buffer.from(bytes).toString().split(' ').map(Number);
  return { run, sequence, epoch, at: begin };
}

/** What a store that starts on the disk after a cut at that acknowledgement holds. */
async function afterCut(setting: StoreSetting, { calls }: Recording, { at, run }: Ack, keeps?: (index: number) => boolean): Promise<LogPage> {
  const copy = folder.file(`cut-${run}-${keeps === undefined ? 'dropped' : 'kept'}`);
  writeDisk(rebuildDisk(calls, { at, ...(keeps === undefined ? {} : { keeps }) }), folder.file('store'), copy);
  const { store, stop } = await startStore(setting, copy);
  try {
    return await (await openLog(store)).read(everything);
  } finally {
    await stop();
  }
}

/** Runs acknowledged up to the cut that are not there as they were acknowledged. */
function missing(page: LogPage, acks: readonly Ack[], cut: Ack): number[] {
  const found = new Map(page.runs.map((run) => [run.sequence, run]));
  return acks.filter(({ run }) => run <= cut.run).filter((ack) => page.epoch !== ack.epoch || !isRun(found.get(ack.sequence), ack.run)).map(({ run }) => run);
}

function isRun(found: CommittedRun | undefined, run: number): boolean {
  return found !== undefined && found.producer?.run === run && Buffer.from(found.body).equals(Buffer.from(bodyOf(run)));
}

/** Every run that is there, acknowledged or not, is one that was sent, whole, in order. */
function expectUntorn(page: LogPage): void {
  expect(page.runs.map((run) => [run.producer?.run, isRun(run, run.producer?.run ?? 0)])).toEqual(page.runs.map((_, index) => [index + 1, true]));
}

/** The same choice for the same seed. */
function chance(seed: number): (index: number) => boolean {
  return (index) => ((index + 1) * 2_654_435_761 + seed * 40_503) % 4_294_967_296 < 2_147_483_648;
}

const runsCount = 40;
/** The first acknowledgement, the last one, and some between. */
const cuts = [1, 2, 9, 23, runsCount];

function expectSurvival(setting: StoreSetting, durability: string): void {
  it('has every run acknowledged before it, in the same epoch', { timeout: limitMs }, async (context) => {
    const recording = await record(context, setting, runsCount, 3);
    expect(recording.promised).toMatch(new RegExp(`^${durability}: `));
    for (const run of cuts) {
      const cut = recording.acks[run - 1];
      const page = await afterCut(setting, recording, cut);
      expect({ cut: run, missing: missing(page, recording.acks, cut) }).toEqual({ cut: run, missing: [] });
      expectUntorn(page);
    }
  });
}

describe('a power cut, embedded store, sync each', () => { expectSurvival('embedded each', '(FSYNC|STORE)'); });
describe('a power cut, Redis, appendfsync always', () => { expectSurvival('redis always', 'FSYNC'); });
describe('a power cut, JetStream, sync_interval always', () => { expectSurvival('jetstream always', 'FSYNC'); });

describe('a power cut, embedded store, sync off', () => {
  it('may take acknowledged runs, which shows that a missing sync is found', { timeout: limitMs }, async (context) => {
    const recording = await record(context, 'embedded off', runsCount, 3);
    expect(recording.promised).toMatch(/^STORE: /);
    const cut = recording.acks[runsCount - 1];
    expect(missing(await afterCut('embedded off', recording, cut), recording.acks, cut)).not.toEqual([]);
  });

  it('never tears the file, whichever of the unsynced writes reached the disk', { timeout: limitMs }, async (context) => {
    const recording = await record(context, 'embedded off', runsCount, 3);
    for (const run of cuts) expectUntorn(await afterCut('embedded off', recording, recording.acks[run - 1], chance(run)));
  });
});

describe('a power cut, embedded store, sync interval', () => {
  it('takes no run that was acknowledged before the last timed sync began', { timeout: limitMs }, async (context) => {
    const recording = await record(context, 'embedded interval', runsCount, 10);
    expect(recording.promised).toMatch(/^STORE: /);
    const cut = recording.acks[runsCount - 1];
    const syncs = recording.calls.filter((call) => call.kind === 'sync' && call.path.endsWith('-wal') && call.end < cut.at);
    const lastSync = syncs.at(-1)?.begin ?? 0;
    const promised = recording.acks.filter(({ at }) => at < lastSync);
    expect(promised.length).toBeGreaterThan(0);
    const page = await afterCut('embedded interval', recording, cut);
    expect(missing(page, promised, cut)).toEqual([]);
    expectUntorn(page);
  });
});

describe('a power cut, Redis, appendfsync everysec', () => {
  it('may take acknowledged runs of the last second', { timeout: limitMs }, async (context) => {
    const recording = await record(context, 'redis everysec', runsCount, 3);
    expect(recording.promised).toMatch(/^STORE: /);
    const cut = recording.acks[runsCount - 1];
    const page = await afterCut('redis everysec', recording, cut);
    expect(missing(page, recording.acks, cut)).not.toEqual([]);
  });

  it('takes no run that was acknowledged two seconds before', { timeout: limitMs }, async (context) => {
    const recording = await record(context, 'redis everysec', runsCount, 80);
    const cut = recording.acks[runsCount - 1];
    const page = await afterCut('redis everysec', recording, cut);
    // 40 runs with 80 ms and more between them: the first eight are older than two seconds.
    expect(missing(page, recording.acks.slice(0, 8), cut)).toEqual([]);
  });
});

describe('a power cut, Redis without an append-only file', () => {
  it('takes everything, which a new epoch tells', { timeout: limitMs }, async (context) => {
    const recording = await record(context, 'redis no', 3, 1);
    expect(recording.promised).toMatch(/^STORE: /);
    const cut = recording.acks[2];
    // Epochs are microseconds: the new one is above where the clock has moved on.
    await delay(2);
    const page = await afterCut('redis no', recording, cut);
    expect(page.runs).toEqual([]);
    expect(page.epoch).toBeGreaterThan(cut.epoch);
  });
});

describe('a power cut, JetStream, default sync_interval', () => {
  it('may take acknowledged runs', { timeout: limitMs }, async (context) => {
    const recording = await record(context, 'jetstream default', runsCount, 3);
    expect(recording.promised).toMatch(/^STORE: /);
    const cut = recording.acks[runsCount - 1];
    const page = await afterCut('jetstream default', recording, cut);
    expect(missing(page, recording.acks, cut)).not.toEqual([]);
  });
});
