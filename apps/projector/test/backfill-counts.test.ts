import { continuumTopics } from '@arqonbus/continuum';
import type { Bus, RawEvent } from '@arqonbus/sdk';
import type { BackfillJob } from '@arqonbus/storage/episodes';
import { waitFor } from '@arqonbus/testkit';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackfills } from '../src/backfill/index.js';
import type { TenantWork } from '../src/tenant-runtime.js';
import { DatabaseUnderTest } from './database-under-test.js';
import { episodeEvent, newEventId, type EventKind } from './episode-events.js';
import { producerRights, projectorRights, RealBus } from './real-bus.js';
import { TenantUnderTest } from './tenant-under-test.js';

const { room } = continuumTopics.episodes;

/** What is published: runs of events, each run at a time of its own. A number is a repetition of the event that many before. */
interface DrawnEvent {
  readonly kind: EventKind | 'BAD';
  readonly agent: string;
  readonly episode: number;
  readonly at: number;
  readonly summary: string | undefined;
  readonly repeats: number;
}

const someEvents = fc.array(fc.record<DrawnEvent>({
  kind: fc.constantFrom<DrawnEvent['kind']>('CREATED', 'UPDATED', 'DELETED', 'SUMMARIZED', 'UPDATED', 'BAD'),
  agent: fc.constantFrom('a1', 'a2'),
  episode: fc.integer({ min: 1, max: 4 }),
  at: fc.integer({ min: 0, max: 6 }),
  summary: fc.option(fc.constantFrom('', 'short', 'longer'), { nil: undefined }),
  repeats: fc.integer({ min: 0, max: 3 }),
}), { minLength: 1, maxLength: 30 });

const someCase = fc.record({
  events: someEvents,
  /** How many of the events were projected before, of those that come first. */
  projected: fc.integer({ min: 0, max: 30 }),
  from: fc.integer({ min: 0, max: 30 }),
  length: fc.integer({ min: 1, max: 30 }),
  agentId: fc.constantFrom('', 'a1', 'a2'),
});

let bus: RealBus;
let database: DatabaseUnderTest;
let tenantNumber = 0;
const works: TenantWork[] = [];

beforeAll(async () => {
  [bus, database] = await Promise.all([RealBus.start(), DatabaseUnderTest.start()]);
}, 60_000);
afterAll(async () => {
  await Promise.all(works.map((work) => work.stop()));
  await Promise.all([bus.stop(), database.stop()]);
});

/** Publishes each event at a time of its own; the times are those of the bus. */
async function publishApart(producer: Bus, tenantId: string, drawn: readonly DrawnEvent[]): Promise<number[]> {
  const sent: RawEvent[] = [];
  for (const { kind, repeats, summary, ...init } of drawn) {
    const again = repeats > 0 ? sent[sent.length - repeats] : undefined;
    const bad = { type: 'continuum.episode.v1.EpisodeEvent', payload: Uint8Array.of(0x0a, 0x7f) };
    const event = again ?? (kind === 'BAD' ? bad : episodeEvent({ tenantId, kind, eventId: newEventId(), ...init, ...(summary === undefined ? {} : { summary }) }));
    sent.push(event);
    await producer.publish(room, event);
  }
  const times: number[] = [];
  for await (const message of producer.history(room)) times.push(Number(message.timeUs));
  return times;
}

type Row = Readonly<Record<string, unknown>>;

/** What changed between two looks at the table, counted without a word of the projection's own code. */
function changesBetween(before: readonly Row[], after: readonly Row[]): { rowsInserted: number; rowsUpdated: number; rowsDeleted: number } {
  const changes = { rowsInserted: 0, rowsUpdated: 0, rowsDeleted: 0 };
  const keyOf = (row: Row): string => JSON.stringify([row['agent_id'], row['episode_id']]);
  const textOf = ({ projected_at: _, ...row }: Row): string => JSON.stringify(row);
  const known = new Map(before.map((row) => [keyOf(row), row]));
  for (const row of after) {
    const was = known.get(keyOf(row));
    if (was !== undefined && textOf(was) === textOf(row)) continue;
    const [isThere, wasThere] = [row['is_deleted'] === false, was?.['is_deleted'] === false];
    if (isThere === wasThere && was !== undefined) changes.rowsUpdated += 1;
    else if (isThere) changes.rowsInserted += 1;
    else changes.rowsDeleted += 1;
  }
  return changes;
}

describe('the counts of a backfill', () => {
  it('are those that a dry run told, and what changed in the table; a second one changes nothing', async () => {
    await fc.assert(fc.asyncProperty(someCase, async ({ events, projected, from, length, agentId }) => {
      const tenantId = `p${String((tenantNumber += 1))}`;
      const producer = await bus.connect({ ...producerRights, tenant: tenantId });
      const tenant = new TenantUnderTest(tenantId, await bus.connect({ ...projectorRights, tenant: tenantId }), database.store);
      const times = await publishApart(producer, tenantId, events);
      const worker = startBackfills(tenant);
      works.push(worker);
      const run = async (asked: Pick<BackfillJob, 'fromUs' | 'toUs' | 'agentId' | 'isDryRun'>): Promise<BackfillJob> => {
        const { id } = await database.store.startBackfill({ ...asked, id: randomUUID(), tenantId });
        worker.wake();
        return waitFor(async () => {
          const job = await database.store.readBackfill(tenantId, id);
          return job?.ending === undefined ? undefined : job;
        });
      };
      const timeOf = (index: number): number => times[index] ?? times[times.length - 1] + 1;
      // Some of the episodes are there before, of some of the events.
      if (projected > 0) await run({ fromUs: 0, toUs: timeOf(projected), agentId: '', isDryRun: false });
      const window = { fromUs: timeOf(from), toUs: Math.max(timeOf(from + length), timeOf(from) + 1), agentId };
      const before = await database.episodes(tenantId);
      const dry = await run({ ...window, isDryRun: true });
      expect(await database.episodes(tenantId)).toEqual(before);
      const real = await run({ ...window, isDryRun: false });
      const after = await database.episodes(tenantId);
      const again = await run({ ...window, isDryRun: false });
      expect([dry.ending, real.ending, again.ending]).toEqual(['done', 'done', 'done']);
      expect(dry.counts).toEqual(real.counts);
      expect(real.counts).toMatchObject(changesBetween(before, after));
      expect(again.counts).toMatchObject({ events: real.counts.events, rowsInserted: 0, rowsUpdated: 0, rowsDeleted: 0 });
      expect(changesBetween(after, await database.episodes(tenantId))).toEqual({ rowsInserted: 0, rowsUpdated: 0, rowsDeleted: 0 });
      await worker.stop();
      await Promise.all([producer.close(), tenant.bus.close()]);
    }), { numRuns: process.env['ARQON_TEST_LONG'] === '1' ? 200 : 15 });
  }, 120_000);
});
