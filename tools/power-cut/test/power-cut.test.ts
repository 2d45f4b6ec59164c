import { createTempFolder, type TempFolder } from '@arqonbus/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { afterCut, expectUntorn, limitMs, missing, record, type Recording } from './recorded-store.js';
import type { StoreSetting } from './store-under-cut.js';

const runs = 40;
/** The first acknowledgement, the last one, and some between. */
const cuts = [1, 2, 9, 23, runs];

let folder: TempFolder;
beforeEach(() => { folder = createTempFolder('arqon-cut-'); });
afterEach(() => { folder.remove(); });

/** The same choice of about half of the changes for the same seed. */
function halfBy(seed: number): (index: number) => boolean {
  return (index) => ((index + 1) * 2_654_435_761 + seed * 40_503) % 4_294_967_296 < 2_147_483_648;
}

interface Strong {
  readonly setting: StoreSetting;
  /** What the publisher is told; on a file system in memory the embedded store claims less, though it syncs as elsewhere. */
  readonly promise: RegExp;
}

describe('a power cut, where each acknowledgement waits for a sync', () => {
  it.for<Strong>([
    { setting: 'embedded each', promise: /^(FSYNC|STORE): / }, { setting: 'redis always', promise: /^FSYNC: / }, { setting: 'jetstream always', promise: /^FSYNC: / },
  ])('takes no acknowledged run ($setting), and the epoch stays', { timeout: limitMs }, async ({ setting, promise }, context) => {
    const recording = await record(context, folder, setting, { runs, pauseMs: 3 });
    expect(recording.promised).toMatch(promise);
    for (const run of cuts) {
      const cut = recording.acks[run - 1];
      const page = await afterCut(recording, cut);
      expect({ cut: run, epoch: page.epoch, missing: missing(page, recording.acks, cut) }).toEqual({ cut: run, epoch: cut.epoch, missing: [] });
      expectUntorn(page);
    }
  });
});

describe('a power cut, where acknowledgements do not wait', () => {
  it.for<StoreSetting>(['embedded off', 'embedded interval', 'redis everysec', 'jetstream default'])(
    'may take acknowledged runs (%s), which shows that a missing sync is found', { timeout: limitMs }, async (setting, context) => {
      const recording = await record(context, folder, setting, { runs, pauseMs: 1 });
      expect(recording.promised).toMatch(/^STORE: /);
      const lost: number[] = [];
      for (const run of [runs, runs - 1, runs - 2]) {
        const page = await afterCut(recording, recording.acks[run - 1]);
        expectUntorn(page);
        lost.push(...missing(page, recording.acks, recording.acks[run - 1]));
      }
      expect(lost).not.toEqual([]);
    },
  );

  it('never tears the embedded file, whichever of the unsynced writes reached the disk', { timeout: limitMs }, async (context) => {
    const recording = await record(context, folder, 'embedded off', { runs, pauseMs: 3 });
    for (const run of cuts) expectUntorn(await afterCut(recording, recording.acks[run - 1], halfBy(run)));
  });

  it('takes no run that was acknowledged before the last timed sync began (embedded interval)', { timeout: limitMs }, async (context) => {
    const recording = await record(context, folder, 'embedded interval', { runs, pauseMs: 10 });
    const cut = recording.acks[runs - 1];
    const lastSync = recording.calls.filter((call) => call.kind === 'sync' && call.path.endsWith('-wal') && call.end < cut.at).at(-1)?.begin ?? 0;
    const promised = recording.acks.filter(({ at }) => at < lastSync);
    expect(promised.length).toBeGreaterThan(0);
    expect(missing(await afterCut(recording, cut), promised, cut)).toEqual([]);
  });

  it('takes no run that was acknowledged two seconds before, and a new epoch tells of those that may be lost (redis everysec)', { timeout: limitMs }, async (context) => {
    const recording = await record(context, folder, 'redis everysec', { runs, pauseMs: 80 });
    const cut = recording.acks[runs - 1];
    // 40 runs with 80 ms and more between them: the first ten are older than 2.3 s.
    const page = await afterCut(recording, cut);
    expect(missing(page, recording.acks.slice(0, 10), cut)).toEqual([]);
    expect(page.epoch).toBeGreaterThan(cut.epoch);
  });

  it('leaves the epoch as it was when the newest writes alone are lost and no Spine is left that knew them (jetstream default)', { timeout: limitMs }, async (context) => {
    const recording = await record(context, folder, 'jetstream default', { runs, pauseMs: 3 });
    const cut = recording.acks[runs - 1];
    // The kernel had written back what is older. docs/ordering.md names this exception.
    const changes = recording.calls.filter(({ kind, end }) => (kind === 'write' || kind === 'truncate' || kind === 'extend') && end < cut.at).length;
    const page = await afterCut(recording, cut, (index) => index < changes - 10);
    const lost = missing(page, recording.acks, cut);
    expect(lost).not.toEqual([]);
    expect(lost).not.toContain(1);
    expect(page.epoch).toBe(cut.epoch);
  });

  it('takes everything of Redis without an append-only file, which a new epoch tells', { timeout: limitMs }, async (context) => {
    const recording = await record(context, folder, 'redis no', { runs: 3, pauseMs: 1 });
    expect(recording.promised).toMatch(/^STORE: /);
    const cut = recording.acks[2];
    const page = await afterCut(recording, cut);
    expect(page.runs).toEqual([]);
    expect(page.epoch).toBeGreaterThan(cut.epoch);
  });
});

/** Lines of a recording in and around the time in which the journal is moved into the file: the first, the last, and some between. */
function linesOfCheckpoint({ calls, acks }: Recording): number[] {
  const first = acks[0].at;
  const moved = calls.filter((call) => call.kind === 'write' && call.path.endsWith('bus.db') && call.begin > first).map(({ begin }) => begin);
  expect(moved.length).toBeGreaterThan(100);
  const [start, end] = [moved[0], moved[moved.length - 1]];
  // Behind the last one come the sync of the file, and the journal written again from its beginning.
  return [start, start + 1, moved[moved.length >> 1], end, end + 1, end + 2, end + 3, end + 4, end + 6, end + 9, end + 14].filter((line) => line <= acks[acks.length - 1].at);
}

describe('a power cut while the embedded journal is moved into its file', () => {
  const large = { runs: 300, pauseMs: 0, bodyBytes: 131_072 };

  it('takes no acknowledged run (embedded each)', { timeout: limitMs }, async (context) => {
    const recording = await record(context, folder, 'embedded each', large);
    for (const at of linesOfCheckpoint(recording)) {
      const acked = recording.acks.filter((ack) => ack.at <= at);
      const page = await afterCut(recording, { at });
      expect({ at, epoch: page.epoch, missing: missing(page, acked, acked[acked.length - 1]) }).toEqual({ at, epoch: acked[0].epoch, missing: [] });
      expectUntorn(page);
    }
  });

  it('never tears the file, whichever of the unsynced writes reached the disk (embedded off)', { timeout: limitMs }, async (context) => {
    const recording = await record(context, folder, 'embedded off', large);
    for (const at of linesOfCheckpoint(recording)) expectUntorn(await afterCut(recording, { at }, halfBy(at)));
  });
});

describe('a power cut while Redis rewrites its append-only file', () => {
  it('takes no acknowledged run (redis always)', { timeout: limitMs }, async (context) => {
    const recording = await record(context, folder, 'redis always rewriting', { runs: 200, pauseMs: 4, bodyBytes: 4_096 });
    const [first, last] = [recording.acks[0].at, recording.acks[recording.acks.length - 1].at];
    const renames = recording.calls.filter((call) => call.kind === 'rename' && call.begin > first && call.end < last).map(({ begin }) => begin);
    expect(renames.length).toBeGreaterThan(0);
    for (const at of renames.slice(0, 3).flatMap((line) => [line, line + 1, line + 3])) {
      const acked = recording.acks.filter((ack) => ack.at <= at);
      const page = await afterCut(recording, { at });
      expect({ at, epoch: page.epoch, missing: missing(page, acked, acked[acked.length - 1]) }).toEqual({ at, epoch: acked[0].epoch, missing: [] });
      expectUntorn(page);
    }
  });
});

describe('a power cut while JetStream begins a new file', () => {
  it('takes no acknowledged run (jetstream always)', { timeout: limitMs }, async (context) => {
    const recording = await record(context, folder, 'jetstream always', { runs: 200, pauseMs: 0, bodyBytes: 131_072 });
    const [first, last] = [recording.acks[0].at, recording.acks[recording.acks.length - 1].at];
    const begun = recording.calls.filter((call) => call.kind === 'open' && call.path.endsWith('.blk') && call.flags.has('O_CREAT') && call.begin > first && call.end < last);
    expect(begun.length).toBeGreaterThan(0);
    for (const at of begun.slice(0, 2).flatMap(({ begin }) => [begin, begin + 1, begin + 3])) {
      const acked = recording.acks.filter((ack) => ack.at <= at);
      const page = await afterCut(recording, { at });
      expect({ at, epoch: page.epoch, missing: missing(page, acked, acked[acked.length - 1]) }).toEqual({ at, epoch: acked[0].epoch, missing: [] });
      expectUntorn(page);
    }
  });
});

/** The kernel has all that was written, synced or not. */
const everyWrite = (): boolean => true;

describe('kill -9 of the server of a store', () => {
  it.for<StoreSetting>(['redis always', 'jetstream default', 'jetstream always'])(
    'takes no acknowledged run (%s), and the epoch stays', { timeout: limitMs }, async (setting, context) => {
      const recording = await record(context, folder, setting, { runs, pauseMs: 1 });
      for (const run of cuts) {
        const cut = recording.acks[run - 1];
        const page = await afterCut(recording, cut, everyWrite);
        expect({ cut: run, epoch: page.epoch, missing: missing(page, recording.acks, cut) }).toEqual({ cut: run, epoch: cut.epoch, missing: [] });
      }
    },
  );

  it('takes no run that was acknowledged three seconds before, and a new epoch tells of those that may be lost (redis everysec)', { timeout: limitMs }, async (context) => {
    const recording = await record(context, folder, 'redis everysec', { runs, pauseMs: 100, syncDelayMs: 600 });
    const cut = recording.acks[runs - 1];
    const page = await afterCut(recording, cut, everyWrite);
    expect(missing(page, recording.acks.slice(0, 8), cut)).toEqual([]);
    expect(page.epoch).toBeGreaterThan(cut.epoch);
  });

  it('may take runs acknowledged while a slow sync is under way, since Redis puts its writes off meanwhile (redis everysec)', { timeout: limitMs }, async (context) => {
    const recording = await record(context, folder, 'redis everysec', { runs: 60, pauseMs: 40, syncDelayMs: 600 });
    const lost: number[] = [];
    for (const cut of recording.acks.filter(({ run }) => run % 6 === 0)) lost.push(...missing(await afterCut(recording, cut, everyWrite), recording.acks, cut));
    expect(lost).not.toEqual([]);
  });
});
