import { startRedis, ToolMissingError, type RedisServer } from '@arqonbus/services';
import { readPeakRssBytes, readRssBytes, resetPeakRss } from '../generator/process-usage.js';
import { summariseRounds, type MeasuredResult } from '../measured-result.js';
import { choosePlacement, type Placement } from '../placement.js';
import type { MeasuredReport } from '../report/format-measured.js';
import { medianOrNull } from '../statistics.js';
import { startSpine } from '../servers/start-spine.js';
import type { MeasuredSuiteOptions } from '../suite-cases.js';
import { startTaskRunner } from '../tasks/start-task-runner.js';
import type { PublishOutcome, SlowReaderOutcome } from '../tasks/task.js';
import { Servers } from './servers.js';

const runLength = 256;
/** history.max_bytes: the topic's history may take this much. */
const historyBytes = 16_777_216;
/** limits.max_service_bytes_per_turn_bytes: what one session may have sent and not yet be dealt with. */
const turnBytes = 33_554_432;
/** What a durable topic may hold back for its store, twice: waiting, and in the commit that is under way. */
const storeQueueBytes = 2 * 16_777_216;
/** For the engine's and the runtime's own buffers and for garbage that is not yet collected; in no setting. */
const allowanceBytes = 134_217_728;
const slowReader = { fastReaderCount: 10, messagesPerSecond: 40_000 };
const slowRatio = 1.2;

/** R4: what a publisher at full speed can make the Spine hold. R5: what a reader that never reads costs the others. */
export async function runMemorySuite(options: MeasuredSuiteOptions): Promise<MeasuredReport> {
  const placement = choosePlacement();
  const results: MeasuredResult[] = [];
  const isAsked = (id: string): boolean => options.side !== 'peer' && options.caseIds.includes(id);
  if (isAsked('R4-memory')) results.push(await measureBound('memory', placement, options));
  if (isAsked('R4-redis')) results.push(await measureBound('redis', placement, options));
  if (isAsked('R5')) results.push(await measureSlowReader(placement, options));
  return {
    suite: 'memory', title: 'Bounded memory, and slow readers', results,
    method: [
      `R4: one publisher keeps 64 acknowledged runs of ${runLength} events of 128 B on their way and nobody reads; the peak of the Spine's resident memory against what it had when idle, the settings' bounds (history.max_bytes, limits.max_service_bytes_per_turn_bytes, with a store the runs that wait for it) and ${allowanceBytes / 1_048_576} MiB for the runtime`,
      `R5: ${slowReader.messagesPerSecond} messages of 128 B a second in runs of 64, open loop, to ${slowReader.fastReaderCount} readers, in rounds with and without one more reader of the same topic that never reads; p99 from when a run was due to its last message at each fast reader; ours is with it, peer without`,
      placement.description,
    ],
  };
}

async function measureBound(store: 'memory' | 'redis', placement: Placement, { isQuick, onProgress }: MeasuredSuiteOptions): Promise<MeasuredResult> {
  const servers = new Servers();
  const id = `R4-${store}`;
  try {
    const redis = store === 'redis' ? await servers.add(startRedis({ appendonly: 'yes', appendfsync: 'everysec' })) : undefined;
    const settings: Record<string, string> = redis === undefined ? {} : { ARQON_SPINE_HISTORY_STORE: 'redis', ARQON_SPINE_HISTORY_REDIS_URLS: redis.url };
    const spine = await servers.add(startSpine({ core: placement.serverCore, settings }));
    const runner = await servers.add(startTaskRunner({ core: placement.generatorCore }));
    const idleBytes = readRssBytes(spine.pid) ?? 0;
    const boundBytes = idleBytes + historyBytes + turnBytes + (redis === undefined ? 0 : storeQueueBytes) + allowanceBytes;
    const peaks: number[] = [];
    let publishedCount = 0;
    const periodCount = isQuick ? 3 : 5;
    const measureMs = isQuick ? 4_000 : 10_000;
    for (let period = 1; period <= periodCount; period += 1) {
      resetPeakRss(spine.pid);
      const outcome: PublishOutcome = await runner.run({ kind: 'publish-acked', spine, runLength, extent: { warmupMs: 0, measureMs }, serverPids: [spine.pid] });
      const peak = readPeakRssBytes(spine.pid);
      publishedCount += outcome.totalCount;
      if (peak !== undefined) peaks.push(peak);
      onProgress(`${id} period ${period}: peak ${megabytes(peak)}, ${(outcome.ackedPerSecond / 1e6).toFixed(2)} M/s`);
    }
    return summariseRounds({
      id, unit: 'bytes', work: `peak memory of the Spine, publisher at full speed, no reader, store ${store}`,
      goal: { of: 'ours', direction: 'at-most', value: boundBytes },
      // The largest peak is judged, not the median.
      rounds: peaks.length === 0 ? [] : [{ ours: Math.max(...peaks), peer: null }],
      notes: ['no peer: held against what the settings allow', 'smaller is better', ...(peaks.length === 0 ? ['memory cannot be read on this system'] : [])],
      details: {
        idle_mb: idleBytes / 1e6, bound_mb: boundBytes / 1e6, first_period_peak_mb: (peaks[0] ?? 0) / 1e6, last_period_peak_mb: (peaks.at(-1) ?? 0) / 1e6,
        published_millions: publishedCount / 1e6, published_mb: (publishedCount * 128) / 1e6,
        ...(redis === undefined ? {} : { redis_mb: (redisBytes(redis) ?? 0) / 1e6 }),
      },
    });
  } catch (error) {
    if (!(error instanceof ToolMissingError)) throw error;
    return summariseRounds({
      id, unit: 'bytes', work: `peak memory of the Spine, publisher at full speed, no reader, store ${store}`,
      goal: { of: 'ours', direction: 'at-most', value: 0 }, rounds: [], notes: [`not measured: ${error.message}`],
    });
  } finally {
    await servers.stop();
  }
}

async function measureSlowReader(placement: Placement, { isQuick, onProgress }: MeasuredSuiteOptions): Promise<MeasuredResult> {
  const servers = new Servers();
  const pace = isQuick ? { roundCount: 3, warmupMs: 500, measureMs: 5_000 } : { roundCount: 5, warmupMs: 1_000, measureMs: 10_000 };
  const rounds: { beside: SlowReaderOutcome; alone: SlowReaderOutcome }[] = [];
  try {
    const spine = await servers.add(startSpine({ core: placement.serverCore }));
    const runner = await servers.add(startTaskRunner({ core: placement.generatorCore }));
    const run = (slowReaderCount: number): Promise<SlowReaderOutcome> =>
      runner.run({ kind: 'slow-reader', spine, ...slowReader, slowReaderCount, warmupMs: pace.warmupMs, measureMs: pace.measureMs });
    await runner.run({ kind: 'slow-reader', spine, ...slowReader, slowReaderCount: 0, warmupMs: 0, measureMs: 1_000 });
    for (let round = 1; round <= pace.roundCount; round += 1) {
      const alone = await run(0);
      const beside = await run(1);
      rounds.push({ beside, alone });
      onProgress(`R5 round ${round}: p99 ${beside.p99Ms.toFixed(2)} ms beside a reader that never reads, ${alone.p99Ms.toFixed(2)} ms without`);
    }
  } finally {
    await servers.stop();
  }
  const idleCount = rounds.filter(({ beside }) => beside.lossesToldCount === 0).length;
  return summariseRounds({
    id: 'R5', unit: 'ms', work: 'p99 of fast readers beside one that never reads (peer: without it)',
    goal: { of: 'ratio', direction: 'at-most', value: slowRatio },
    rounds: rounds.map(({ beside, alone }) => ({ ours: beside.p99Ms, peer: alone.p99Ms })),
    notes: [
      'the peer is the Spine itself without the slow reader', 'smaller is better',
      ...(idleCount === 0 ? [] : [`in ${idleCount} of ${rounds.length} rounds the slow reader lost nothing: too little was sent`]),
    ],
    details: {
      p50_ms_beside: medianOrNull(rounds.map(({ beside }) => beside.p50Ms)), p50_ms_alone: medianOrNull(rounds.map(({ alone }) => alone.p50Ms)),
      max_ms_beside: Math.max(...rounds.map(({ beside }) => beside.maxMs)), max_ms_alone: Math.max(...rounds.map(({ alone }) => alone.maxMs)),
    },
  });
}

function redisBytes(redis: RedisServer): number | undefined {
  return readRssBytes(redis.pid);
}

function megabytes(bytes: number | undefined): string {
  return bytes === undefined ? 'unknown' : `${(bytes / 1e6).toFixed(0)} MB`;
}
