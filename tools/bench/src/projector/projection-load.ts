import { episodeRoom, ProjectionSystem, type ServerProcess } from '@arqonbus/e2e';
import { EpisodeEventSchema } from '@arqonbus/proto';
import type { Bus } from '@arqonbus/sdk';
import { waitFor } from '@arqonbus/testkit';
import { setTimeout as delay } from 'node:timers/promises';
import { makeEpisodes } from './made-episodes.js';

const chunkEvents = 1_000;
const pollMs = 50;
const patienceMs = 240_000;
/** Room for all events of a load, which by default the topic would drop; everything else is as users have it. */
const spine = { 'history.max_events_count': '1000000', 'history.max_bytes': '1073741824' };

/** Bus, PostgreSQL with fsync on and no projector yet. */
export function startProjectionLoad(tenants: readonly string[]): Promise<ProjectionSystem> {
  return ProjectionSystem.start({ tenants, spine });
}

/** Publishes `count` events through the Shield, each acknowledged; at `perSecond` when it is given, else as fast as it goes. */
export async function publishEpisodes(bus: Bus, tenantId: string, load: { readonly from: number; readonly count: number; readonly perSecond?: number }): Promise<void> {
  const { from, count, perSecond } = load;
  const size = perSecond === undefined ? chunkEvents : Math.max(1, Math.round(perSecond / 50));
  const startedMs = performance.now();
  const pending: Promise<unknown>[] = [];
  for (let done = 0; done < count; done += size) {
    const payloads = makeEpisodes(tenantId, Date.now(), from + done, Math.min(size, count - done));
    const sent = bus.publishMany(episodeRoom, payloads.map((payload) => ({ type: EpisodeEventSchema.typeName, payload })));
    if (perSecond === undefined) {
      await sent;
      continue;
    }
    pending.push(sent);
    await delay(Math.max(0, startedMs + ((done + size) / perSecond) * 1_000 - performance.now()));
  }
  await Promise.all(pending);
}

/** Events of a tenant whose marks are committed. */
export async function committedCount(system: ProjectionSystem, tenantId: string): Promise<number> {
  const [row] = await system.sql<{ count: string }>('SELECT count(*) FROM arqon.seen_event WHERE tenant_id = $1', [tenantId]);
  return Number(row.count);
}

/** Events that every partition has behind it. */
async function projectedSequence(system: ProjectionSystem, tenantId: string): Promise<number> {
  const [row] = await system.sql<{ sequence: string | null }>('SELECT min(coalesce(sequence, 0)) AS sequence FROM arqon.projection_partition WHERE tenant_id = $1', [tenantId]);
  return Number(row.sequence ?? 0);
}

/** Waits until `count` events are committed; fails when it takes minutes. */
export async function waitForCommitted(system: ProjectionSystem, tenantId: string, count: number): Promise<void> {
  await waitFor(async () => (await projectedSequence(system, tenantId)) >= count, { timeoutMs: patienceMs, intervalMs: pollMs, what: `${String(count)} events to be committed` });
  const committed = await committedCount(system, tenantId);
  if (committed !== count) throw new Error(`${String(committed)} of ${String(count)} events are committed`);
}

/** Starts a projector on a topic that holds `count` events and measures from the first commit that is seen to the last. Events per second, and the peak of its memory. */
export async function measureDrain(system: ProjectionSystem, tenantId: string, count: number): Promise<{ readonly perSecond: number; readonly peakBytes: number; readonly projector: ServerProcess }> {
  const projector = await system.addProjector({ tenants: tenantId });
  const first = { count: 0, ms: 0 };
  await waitFor(async () => {
    first.count = await committedCount(system, tenantId);
    first.ms = performance.now();
    return first.count > 0;
  }, { timeoutMs: patienceMs, intervalMs: 5, what: 'the first commit' });
  const peak = { bytes: 0 };
  await waitFor(async () => {
    peak.bytes = Math.max(peak.bytes, projector.residentBytes());
    return (await projectedSequence(system, tenantId)) >= count;
  }, { timeoutMs: patienceMs, intervalMs: pollMs, what: 'all events to be committed' });
  const perSecond = (count - first.count) / ((performance.now() - first.ms) / 1_000);
  await waitForCommitted(system, tenantId, count);
  return { perSecond, peakBytes: peak.bytes, projector };
}

/** Upper edge of the bucket in which `share` of the observations of a histogram lie, in its unit. */
export async function histogramQuantile(server: ServerProcess, name: string, share: number): Promise<number> {
  const { text } = await server.admin('/metrics');
  const buckets = [...text.matchAll(new RegExp(`^${name}_bucket\\{[^}]*le="([^"]+)"[^}]*\\} (\\d+)`, 'gm'))].map(([, edge, count]) => ({ edge: edge === '+Inf' ? Number.POSITIVE_INFINITY : Number(edge), count: Number(count) }));
  const total = buckets.at(-1)?.count ?? 0;
  if (total === 0) throw new Error(`${name} has no observations`);
  return buckets.find(({ count }) => count >= total * share)?.edge ?? Number.POSITIVE_INFINITY;
}
