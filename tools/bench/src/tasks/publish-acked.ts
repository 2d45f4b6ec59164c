import { setTimeout as delay } from 'node:timers/promises';
import { AckedRuns } from '../generator/acked-runs.js';
import { FailureSignal } from '../generator/failure-signal.js';
import { perMillion, startMeter } from './meter.js';
import type { PublishAckedTask, PublishOutcome } from './task.js';

/** Messages carry their place modulo this number; a multiple of every run length of the suites. */
export const publishedRingCount = 1_024;
const readBufferBytes = 262_144;

/** Publishes single runs over raw sockets. Raises when a run is refused or acknowledged out of order. */
export async function publishAcked(task: PublishAckedTask): Promise<PublishOutcome> {
  const failure = new FailureSignal();
  const runs = await AckedRuns.open({
    ...task.spine, readBuffer: Buffer.alloc(readBufferBytes), runLength: task.runLength, ringMessageCount: publishedRingCount, onFailure: failure.raise,
  });
  try {
    return await failure.unless(publish(runs, task));
  } finally {
    failure.settle();
    runs.close();
  }
}

async function publish(runs: AckedRuns, { extent, serverPids }: PublishAckedTask): Promise<PublishOutcome> {
  const isTimed = 'measureMs' in extent;
  if (isTimed) {
    runs.start();
    await delay(extent.warmupMs);
  }
  const before = runs.ackedCount;
  const readMeter = startMeter(serverPids);
  if (isTimed) {
    await delay(extent.measureMs);
    await runs.stop();
  } else {
    await runs.publish(extent.messageCount);
  }
  const metered = readMeter();
  const ackedCount = runs.ackedCount - before;
  return {
    ackedCount,
    totalCount: runs.ackedCount,
    elapsedMs: metered.elapsedMs,
    ackedPerSecond: ackedCount / (metered.elapsedMs / 1_000),
    generatorCpuShare: metered.generatorCpuShare,
    serverCpuSecondsPerMillion: perMillion(metered.serverCpuSeconds, ackedCount),
    durability: [...runs.durabilities].join('/'),
  };
}
