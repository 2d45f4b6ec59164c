import { writeSync } from 'node:fs';
import { openEmbeddedStore, type SyncPolicy } from '../src/index.js';

/**
 * Appends to three topics until it is ended, one group commit each turn; an acknowledged run is a line `topic sequence number`, written before
 * anything else happens. Arguments: file, sync policy, group commits at most (0: no bound).
 */
const [file, sync, bound] = process.argv.slice(2);
const retention = { maxEvents: 10_000_000, maxBytes: 1e12, maxAgeMs: 1e9 };
const say = (text: string): void => { writeSync(1, `${text}\n`); };
const { store } = await openEmbeddedStore({
  file, sync: sync as SyncPolicy, retryMs: 100, events: { up: () => { say('up'); }, down: () => { say('down'); } },
});
const topics = ['a', 'b', 'c'];
const logs = await Promise.all(topics.map((channel) => store.openLog({ tenant: 't', room: 'r', channel }, { retention, producerIdleMs: 600_000 })));
const next = topics.map(() => 1);
say('open');

async function appendOne(index: number): Promise<void> {
  const run = next[index];
  const body = new Uint8Array(2_000);
  new DataView(body.buffer).setUint32(0, run);
  const [result] = await logs[index].append([{ producer: { owner: 'p', hi: 0, lo: index, run }, count: 2, body }], Date.now() * 1_000);
  if (result.outcome !== 'accepted' && result.outcome !== 'duplicate') throw new Error(`${topics[index]} ${run} ${result.outcome}`);
  next[index] += 1;
  say(`${topics[index]} ${result.sequence} ${run}`);
}

for (let commits = 0; bound === '0' || commits < Number(bound); commits += 1) {
  const settled = await Promise.allSettled(topics.map((_, index) => appendOne(index)));
  // Refused while the store is down: the same runs again, a little later.
  if (settled.some((each) => each.status === 'rejected')) await new Promise((resolve) => { setTimeout(resolve, 20); });
}
say('appended');
if (bound !== '0') process.kill(process.pid, 'SIGKILL');
