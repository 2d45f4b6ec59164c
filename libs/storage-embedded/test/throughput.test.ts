import { createTempFolder } from '@arqonbus/testkit';
import { expect, it } from 'vitest';
import { openEmbeddedStore } from '../src/index.js';

const topicsCount = 50;
const runsPerTurn = 20;
const turnsCount = 20;

it('commits a turn of 1,000 runs over 50 topics as one, while this thread goes on', async () => {
  const folder = createTempFolder();
  const { store } = await openEmbeddedStore({ file: folder.file('bus.db'), sync: 'each', events: { up: () => undefined, down: () => undefined } });
  const retention = { maxEvents: 1e6, maxBytes: 1e9, maxAgeMs: 1e9 };
  const logs = await Promise.all(Array.from({ length: topicsCount }, (_, index) => store.openLog({ tenant: 't', room: 'r', channel: `c${index}` }, { retention, producerIdleMs: 1e6 })));
  const body = new Uint8Array(200).fill(7);
  let longestPauseMs = 0;
  let lastMs = performance.now();
  const ticking = setInterval(() => {
    longestPauseMs = Math.max(longestPauseMs, performance.now() - lastMs);
    lastMs = performance.now();
  }, 1);
  const startMs = performance.now();
  let quickestTurnMs = Infinity;
  for (let turn = 0; turn < turnsCount; turn += 1) {
    const turnStartMs = performance.now();
    await Promise.all(logs.map((log, index) => log.append(
      Array.from({ length: runsPerTurn }, (_, run) => ({ producer: { owner: 'p', hi: 0, lo: index, run: turn * runsPerTurn + run + 1 }, count: 1, body })), Date.now() * 1_000,
    )));
    quickestTurnMs = Math.min(quickestTurnMs, performance.now() - turnStartMs);
  }
  const seconds = (performance.now() - startMs) / 1_000;
  clearInterval(ticking);
  await store.close();
  folder.remove();
  const runsPerSecond = (topicsCount * runsPerTurn * turnsCount) / seconds;
  console.log(`group commits, fsync each: ${Math.round(runsPerSecond)} runs/s, ${(turnsCount / seconds).toFixed(0)} commits/s, longest pause ${longestPauseMs.toFixed(0)} ms`);
  // What else the machine does only adds: the quickest turn is what the store needs. A commit for each run takes about a second.
  expect(quickestTurnMs).toBeLessThan(500);
});
