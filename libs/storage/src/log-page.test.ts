import { encodeEpoch, readStampedBatch } from '@arqonbus/envelope';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HistoryPage, HistoryWindow, RunToAppend } from './live-history.js';
import { encodeLogPage, readLogPage, stampRun } from './log-page.js';
import { openMemoryStore } from './memory-history-store.js';
import { MemoryLiveHistory } from './memory-live-history.js';
import { encodeRunBody } from './run-body.js';
import { eventsOf, seenRuns, testRouting, testRun, upTo } from './run-source.contract.js';
import { ample, everything, newKey, openLog } from './store-under-test.contract.js';
import type { CommittedRun, TopicLog } from './topic-log.js';

const startUs = 1_800_000_000_000_000;

function bodyOf(run: RunToAppend): Uint8Array {
  return encodeRunBody(run.routing, run.sender, run.after, run.source, run.view);
}

/** The same runs in a live window and in a log of the same epoch. */
async function twins(runs: readonly { readonly run: RunToAppend; readonly atUs: number }[]): Promise<{ live: (window: HistoryWindow) => HistoryPage; log: TopicLog }> {
  const history = new MemoryLiveHistory({ maxBytes: 1e9, maxUnacknowledgedRuns: 64, producerIdleMs: 1_000, headroomBytes: 64 });
  const topic = history.openTopic({ routing: testRouting, retention: ample, onTailFull: () => undefined }, startUs);
  const { store, backplane } = openMemoryStore({ nowUs: () => startUs });
  const log = await openLog({ store, backplane, close: () => store.close() }, newKey());
  expect(log.head.epoch).toBe(topic.epoch);
  for (const { run, atUs } of runs) {
    topic.append(run, startUs + atUs);
    await log.append([{ producer: undefined, count: run.view.envelopeCount, body: bodyOf(run) }], startUs + atUs);
  }
  return { live: (window) => topic.read(window), log };
}

function runsOf(sizes: readonly number[], payloadBytes = 8): { run: RunToAppend; atUs: number }[] {
  let next = 1;
  return sizes.map((size, index) => {
    const run = testRun({ events: upTo(next + size - 1, next), payloadBytes, owner: `writer${index % 3}` });
    next += size;
    return { run, atUs: index * 1_000 };
  });
}

/** All pages of a window, as text to be compared. */
async function pagesOf(window: HistoryWindow, read: (window: HistoryWindow) => Promise<HistoryPage> | HistoryPage): Promise<object[]> {
  const pages: object[] = [];
  let fromSequence = window.fromSequence ?? 1;
  do {
    const { bytes, ...numbers } = await read({ ...window, fromSequence });
    pages.push({ ...numbers, bytes: Buffer.from(bytes).toString('base64') });
    fromSequence = numbers.nextSequence;
  } while (fromSequence > 0);
  return pages;
}

describe('readLogPage()', () => {
  it('gives the pages of the live window, byte for byte', async () => {
    const sequence = fc.integer({ min: 0, max: 60 });
    const timeUs = fc.integer({ min: startUs - 1, max: startUs + 12_000 });
    const bounds = fc.record({
      fromSequence: sequence, toSequence: sequence, fromTimeUs: timeUs, toTimeUs: timeUs,
      maxEvents: fc.integer({ min: 1, max: 30 }), maxBytes: fc.integer({ min: 1, max: 3_000 }),
    }, { requiredKeys: ['maxEvents', 'maxBytes'] });
    await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 12 }), fc.integer({ min: 0, max: 200 }), bounds, async (sizes, payloadBytes, window) => {
      const { live, log } = await twins(runsOf(sizes, payloadBytes));
      expect(await pagesOf(window, async (part) => (await readLogPage(log, part)).page)).toEqual(await pagesOf(window, live));
    }), { seed: 5, numRuns: 300 });
  });

  it('keeps the recipient and the dependencies of a run', async () => {
    const run = testRun({ events: [1, 2, 3], routing: Uint8Array.from([...testRouting, 0x21, 9, 0, 0, 0, 0, 0, 0, 0]) });
    // Stamp.after with one position: channel `side`, sequence 9.
    run.after = Uint8Array.of(0x3a, 8, 0x12, 4, 0x73, 0x69, 0x64, 0x65, 0x20, 9);
    const { live, log } = await twins([{ run, atUs: 0 }]);
    for (const window of [{ maxEvents: 10, maxBytes: 9_999 }, { fromSequence: 2, toSequence: 2, maxEvents: 1, maxBytes: 1 }]) {
      const { page } = await readLogPage(log, window);
      expect(page).toEqual(live(window));
      expect([...readStampedBatch(page.bytes, 0).after]).toEqual([...run.after]);
      expect(readStampedBatch(page.bytes, 0).routing).toEqual(run.routing);
    }
  });

  it('tells the head as of the read', async () => {
    const { log } = await twins(runsOf([3, 2]));
    expect((await readLogPage(log, everything)).head).toEqual({ epoch: startUs, firstSequence: 1, lastSequence: 5 });
  });

  it('goes on behind a run whose next one has a far higher sequence', async () => {
    const { log } = await twins(runsOf([2, 3, 1]));
    const sparse: TopicLog = Object.assign(Object.create(log) as TopicLog, {
      read: async (window: HistoryWindow) => {
        // Sequences of an engine that numbers by place: run n begins at n * 4,096.
        const { runs } = await log.read(everything);
        const placed = runs.map((run, index): CommittedRun => ({ ...run, sequence: (index + 1) * 4_096, prev: index === 0 ? 0 : index * 4_096 + runs[index - 1].count - 1 }));
        const found = placed.filter((run) => run.sequence + run.count > (window.fromSequence ?? 1));
        const kept = found.slice(0, 1);
        return { epoch: startUs, firstSequence: 4_096, lastSequence: 3 * 4_096, runs: kept, isComplete: kept.length === found.length };
      },
    });
    const pages: HistoryPage[] = [];
    for (let fromSequence = 1; fromSequence > 0; fromSequence = pages.at(-1)?.nextSequence ?? 0) pages.push((await readLogPage(sparse, { fromSequence, maxEvents: 2, maxBytes: 9_999 })).page);
    expect(pages.flatMap((page) => eventsOf(page))).toEqual(upTo(6));
    expect(pages.flatMap((page) => seenRuns(page.bytes)).map((run) => [run.sequence, run.prev])).toEqual([[4_096, 0], [8_192, 4_097], [8_194, 8_193], [12_288, 8_194]]);
    expect(pages.map((page) => page.lastSequence)).toEqual([4_097, 8_193, 12_288]);
  });
});

describe('encodeLogPage()', () => {
  it('refuses a damaged body', async () => {
    const { log } = await twins(runsOf([3]));
    const page = await log.read(everything);
    const broken = (body: Uint8Array): CommittedRun[] => [{ ...page.runs[0], body }];
    expect(() => encodeLogPage({ ...page, runs: broken(Uint8Array.of(9, 1)) }, everything)).toThrow(RangeError);
    expect(() => encodeLogPage({ ...page, runs: broken(Uint8Array.of(0, 0, 0)) }, { ...everything, fromSequence: 2 })).toThrow(RangeError);
  });
});

describe('stampRun()', () => {
  it('gives the entry that a page would hold, replayed or not', async () => {
    const { log, live } = await twins(runsOf([3]));
    const [run] = (await log.read(everything)).runs;
    expect(stampRun(run, encodeEpoch(startUs), { replayed: true })).toEqual(live(everything).bytes);
    expect(seenRuns(stampRun(run, encodeEpoch(startUs), { replayed: false }))).toMatchObject([{ sequence: 1, replayed: false, events: [1, 2, 3], epoch: startUs }]);
  });
});
