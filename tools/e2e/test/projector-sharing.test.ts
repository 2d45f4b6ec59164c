import { waitFor } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProjectionSystem } from '../src/index.js';
import { countOf, feedOf, type EpisodeFeed } from './episode-feed.js';

const partitionsCount = 6;
const agentsCount = 4;

let system: ProjectionSystem;
let feeds: readonly EpisodeFeed[];

beforeAll(async () => {
  system = await ProjectionSystem.start({ tenants: ['acme'], projector: { 'projection.partitions_count': String(partitionsCount) } });
  await system.addProjector();
  feeds = await Promise.all(Array.from({ length: agentsCount }, (_, index) => feedOf(system, 'acme', `agent-${String(index + 1)}`, { episodes: 10 })));
}, 120_000);
afterAll(() => system.stop());

/** How many partitions each projector that runs works on, fewest first. */
async function shares(): Promise<number[]> {
  const alive = system.projectors.filter(({ isAlive }) => isAlive);
  return (await Promise.all(alive.map((projector) => projector.metric('arqon_projector_partitions_held')))).sort();
}

async function shared(wanted: readonly number[]): Promise<void> {
  let found: readonly number[] = [];
  await waitFor(async () => {
    found = await shares();
    return found.join() === wanted.join();
  }, { timeoutMs: 45_000, intervalMs: 50 }).catch((error: unknown) => {
    expect(found, String(error)).toEqual(wanted);
  });
}

/** Changes that came behind a newer one of their episode, or a second time: none, where order holds and nothing is applied twice. */
async function disorder(): Promise<number> {
  const alive = system.projectors.filter(({ isAlive }) => isAlive);
  const counts = await Promise.all(alive.flatMap((projector) => ['stale', 'duplicate'].map((outcome) => countOf(projector, outcome))));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Changes episodes for as long as `work` lasts. */
async function whileChanging(work: () => Promise<void>): Promise<void> {
  const running = { isOver: false };
  const changing = Promise.all(feeds.map(async (feed) => {
    while (!running.isOver) await feed.change(25);
  }));
  try {
    await work();
  } finally {
    running.isOver = true;
    await changing;
  }
}

async function expectProjectedInOrder(): Promise<void> {
  await Promise.all(feeds.map((feed) => feed.projected(system)));
  expect(await disorder()).toBe(0);
}

describe('several projectors', () => {
  it('share the partitions as they join, and keep the order of each episode', async () => {
    await shared([partitionsCount]);
    await whileChanging(async () => {
      await system.addProjector();
      await shared([3, 3]);
      await system.addProjector();
      await shared([2, 2, 2]);
    });
    await expectProjectedInOrder();
  }, 120_000);

  it('take over from one that is killed, and give it work again when it is back', async () => {
    const [victim] = system.projectors;
    await whileChanging(async () => {
      await victim.stop('SIGKILL');
      await shared([3, 3]);
      await victim.restart();
      await shared([2, 2, 2]);
    });
    await expectProjectedInOrder();
  }, 120_000);

  it('stay correct while one of them hangs and comes back after the others took its work', async () => {
    const [, victim] = system.projectors;
    await whileChanging(async () => {
      victim.signal('SIGSTOP');
      // Its connections end as they do when a machine is cut off: the database gives its locks to others.
      await system.sql("SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND a.pid <> pg_backend_pid()");
      await waitFor(async () => (await heldByOthers(victim.pid)) === partitionsCount, { timeoutMs: 45_000, intervalMs: 100, what: 'the others to hold every partition' });
      victim.signal('SIGCONT');
      await shared([2, 2, 2]);
    });
    await expectProjectedInOrder();
  }, 120_000);

  it('lose nothing when all of them are killed at once', async () => {
    await whileChanging(async () => {
      await Promise.all(system.projectors.map((projector) => projector.stop('SIGKILL')));
    });
    await Promise.all(feeds.map((feed) => feed.change(50)));
    await Promise.all(system.projectors.slice(0, 2).map((projector) => projector.restart()));
    await shared([3, 3]);
    await expectProjectedInOrder();
  }, 120_000);
});

async function heldByOthers(pid: number): Promise<number> {
  const others = system.projectors.filter((projector) => projector.pid !== pid);
  const held = await Promise.all(others.map((projector) => projector.metric('arqon_projector_partitions_held')));
  return held.reduce((sum, count) => sum + count, 0);
}
