import { openSync, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { bodyOf, openLog, startStore, type StoreSetting } from './store-under-cut.js';

/**
 * Appends runs to one topic, one group commit after the other, and notes each acknowledgement in a file at once, before anything else happens:
 * `run sequence epoch`. Ends itself without closing anything. Arguments: setting, folder of the store, file of acknowledgements, runs,
 * milliseconds between them, bytes of each (a multiple of four).
 */
const [setting, folder, ackFile, count, pauseMs, bodyBytes] = process.argv.slice(2);
const acks = openSync(ackFile, 'w');
const { store } = await startStore(setting as StoreSetting, folder);
const log = await openLog(store);
writeSync(1, `${store.durability}: ${store.durabilityReason}\n`);
for (let run = 1; run <= Number(count); run += 1) {
  const [result] = await log.append([{ producer: { owner: 'p', hi: 0, lo: 1, run }, count: 2, body: bodyOf(run, Number(bodyBytes)) }], Date.now() * 1_000);
  if (result.outcome !== 'accepted') throw new Error(`run ${run}: ${result.outcome}`);
  writeSync(acks, `${run} ${result.sequence} ${log.head.epoch}\n`);
  // Spread over time, so that timed syncs fall between acknowledgements.
  await delay(Number(pauseMs));
}
process.exit(0);
