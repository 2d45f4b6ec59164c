import type { ProjectionSystem } from '@arqonbus/e2e';
import { waitFor } from '@arqonbus/testkit';
import { summariseRounds, type MeasuredResult } from '../measured-result.js';
import { histogramQuantile, measureDrain, publishEpisodes, startProjectionLoad, waitForCommitted } from '../projector/projection-load.js';
import { projectRowAtATime } from '../projector/row-at-a-time.js';
import type { MeasuredReport } from '../report/format-measured.js';
import type { MeasuredSuiteOptions } from '../suite-cases.js';

interface Pace {
  readonly roundCount: number;
  readonly drainEvents: number;
  readonly peerEvents: number;
  readonly lagSeconds: number;
  readonly outageSeconds: number;
}

const lagPerSecond = 5_000;
const outagePerSecond = 2_000;
const floorPerSecond = 20_000;
const maxOutageBytes = 512_000_000;

/** P11: the projector from a filled room into PostgreSQL beside a transaction per event; its lag under a steady load; its memory while the database is away. */
export async function runProjectorSuite(options: MeasuredSuiteOptions): Promise<MeasuredReport> {
  const pace: Pace = options.isQuick
    ? { roundCount: 3, drainEvents: 40_000, peerEvents: 1_000, lagSeconds: 5, outageSeconds: 5 }
    : { roundCount: 5, drainEvents: 100_000, peerEvents: 4_000, lagSeconds: 60, outageSeconds: 60 };
  const results: MeasuredResult[] = [];
  const wants = (id: string): boolean => options.caseIds.includes(id);
  if (wants('P11') || wants('P11-floor')) results.push(...(await runDrain(options, pace)).filter(({ id }) => wants(id)));
  if (wants('P11-lag') && options.side !== 'peer') results.push(await runLag(options, pace));
  if (wants('P11-outage') && options.side !== 'peer') results.push(await runOutage(options, pace));
  return {
    suite: 'projector',
    title: 'Episodes into PostgreSQL',
    results,
    method: [
      `P11: a room of ${pace.drainEvents} episode events of about 300 bytes, half of them updates, is read through the Spine and committed; from the first commit to the last, ${pace.roundCount} alternating rounds, medians`,
      `the peer reads the first ${pace.peerEvents} of the same events through the same bus and commits mark, row and position of each in a transaction of its own, over one connection with prepared statements`,
      'both use one PostgreSQL 15 or newer with its default settings and fsync on; all processes share the machine',
      `P11-lag: ${lagPerSecond} events a second for ${pace.lagSeconds} s through Shield and Spine; from the time of the bus to the commit, upper edge of the histogram's bucket`,
      `P11-outage: PostgreSQL is killed for ${pace.outageSeconds} s while ${outagePerSecond} events a second arrive; peak resident memory of the projector until it has caught up`,
      'every round ends with all events committed, counted by their ids',
    ],
  };
}

async function withSystem<Result>(tenants: readonly string[], work: (system: ProjectionSystem) => Promise<Result>): Promise<Result> {
  const system = await startProjectionLoad(tenants);
  try {
    return await work(system);
  } finally {
    await system.stop();
  }
}

async function runDrain({ side, onProgress }: MeasuredSuiteOptions, pace: Pace): Promise<MeasuredResult[]> {
  const rounds: { ours: number | null; peer: number | null }[] = [];
  const peaks: number[] = [];
  const tenants = Array.from({ length: pace.roundCount }, (_, index) => `round-${String(index + 1)}`);
  await withSystem(tenants, async (system) => {
    for (const tenant of tenants) {
      const bus = await system.agent(tenant, 'load');
      await publishEpisodes(bus, tenant, { from: 0, count: pace.drainEvents });
      const { perSecond, peakBytes, projector } = await measureDrain(system, tenant, pace.drainEvents);
      await projector.stop();
      peaks.push(peakBytes);
      const peer = side === 'ours' ? null : await projectRowAtATime(system, tenant, pace.peerEvents);
      rounds.push({ ours: side === 'peer' ? null : perSecond, peer });
      onProgress(`P11 ${tenant}: ours ${(perSecond / 1e3).toFixed(1)} k/s, a transaction per event ${peer === null ? '-' : `${(peer / 1e3).toFixed(2)} k/s`}`);
      await bus.close();
    }
  });
  const common = { unit: 'msg/s', rounds, details: { peak_bytes: Math.max(...peaks) } } as const;
  return [
    summariseRounds({ ...common, id: 'P11', work: 'episodes from a filled room into PostgreSQL, fsync on', goal: { of: 'ratio', direction: 'at-least', value: 10 }, notes: [] }),
    summariseRounds({ ...common, id: 'P11-floor', work: 'the same', goal: { of: 'ours', direction: 'at-least', value: floorPerSecond }, notes: ['held against a floor'] }),
  ];
}

async function runLag({ onProgress }: MeasuredSuiteOptions, { lagSeconds }: Pace): Promise<MeasuredResult> {
  const tenant = 'steady';
  const count = lagPerSecond * lagSeconds;
  const [p50, p95] = await withSystem([tenant], async (system) => {
    const projector = await system.addProjector();
    await projector.ready();
    const bus = await system.agent(tenant, 'load');
    await publishEpisodes(bus, tenant, { from: 0, count, perSecond: lagPerSecond });
    await waitForCommitted(system, tenant, count);
    return [await histogramQuantile(projector, 'arqon_projector_lag_seconds', 0.5), await histogramQuantile(projector, 'arqon_projector_lag_seconds', 0.95)];
  });
  onProgress(`P11-lag: p95 at most ${String(p95)} s`);
  return summariseRounds({
    id: 'P11-lag', unit: 'ms', work: `lag at ${String(lagPerSecond)} events/s, p95`, goal: { of: 'ours', direction: 'at-most', value: 5_000 },
    rounds: [{ ours: p95 * 1_000, peer: null }], notes: ['upper edge of a bucket'], details: { p50_ms: p50 * 1_000 },
  });
}

async function runOutage({ onProgress }: MeasuredSuiteOptions, { outageSeconds }: Pace): Promise<MeasuredResult> {
  const tenant = 'outage';
  const count = outagePerSecond * outageSeconds;
  const outcome = await withSystem([tenant], async (system) => {
    const projector = await system.addProjector();
    await projector.ready();
    const bus = await system.agent(tenant, 'load');
    await publishEpisodes(bus, tenant, { from: 0, count: outagePerSecond });
    await waitForCommitted(system, tenant, outagePerSecond);
    const beforeBytes = projector.residentBytes();
    await system.postgres.kill();
    const state = { peakBytes: 0, isOver: false };
    const publishing = publishEpisodes(bus, tenant, { from: outagePerSecond, count, perSecond: outagePerSecond });
    const watching = waitFor(() => {
      state.peakBytes = Math.max(state.peakBytes, projector.residentBytes());
      return state.isOver;
    }, { timeoutMs: outageSeconds * 1_000 + 300_000, intervalMs: 100, what: 'the end of the outage' });
    await publishing;
    await system.postgres.restart();
    const restartedMs = performance.now();
    await waitForCommitted(system, tenant, count + outagePerSecond);
    const caughtUpMs = performance.now() - restartedMs;
    state.isOver = true;
    await watching;
    return { beforeBytes, peakBytes: state.peakBytes, caughtUpMs };
  });
  onProgress(`P11-outage: peak ${(outcome.peakBytes / 1e6).toFixed(0)} MB, before ${(outcome.beforeBytes / 1e6).toFixed(0)} MB, caught up in ${(outcome.caughtUpMs / 1e3).toFixed(1)} s`);
  return summariseRounds({
    id: 'P11-outage', unit: 'bytes', work: `peak memory of the projector, database away for ${String(outageSeconds)} s`, goal: { of: 'ours', direction: 'at-most', value: maxOutageBytes },
    rounds: [{ ours: outcome.peakBytes, peer: null }], notes: [], details: { before_bytes: outcome.beforeBytes, caught_up_ms: outcome.caughtUpMs },
  });
}
