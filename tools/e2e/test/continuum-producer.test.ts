import { createTempFolder, programArgs, waitFor, type TempFolder } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { episodeRoom, FrameTap, HotPath, ProjectionSystem } from '../src/index.js';

const standIn = [process.execPath, ...programArgs(new URL('../src/hot-path-main.ts', import.meta.url))];
const writesCount = 400;

let system: ProjectionSystem;
let folder: TempFolder;
let tap: FrameTap;

beforeAll(async () => {
  folder = createTempFolder('arqon-producer-');
  system = await ProjectionSystem.start({ tenants: ['acme'], store: 'embedded' });
  tap = await FrameTap.start(system.cluster.url(), system.cluster.ca);
}, 120_000);

afterAll(async () => {
  await tap.stop();
  await system.stop();
  folder.remove();
});

async function startAgent(): Promise<HotPath> {
  const token = await system.cluster.token({ tenant: 'acme', sub: 'reflex-1', publish: [episodeRoom], subscribe: [], capabilities: ['continuum.produce'] });
  return HotPath.start(standIn, { ARQON_URL: tap.url, ARQON_TOKEN: token, ARQON_TENANT: 'acme', ARQON_AGENT: 'reflex-1', ARQON_OUTBOX: folder.file('outbox') });
}

async function rows(): Promise<{ episode_id: string; content_ref: string }[]> {
  return system.sql('SELECT episode_id, content_ref FROM arqon.episode WHERE tenant_id = $1 AND agent_id = $2 AND NOT is_deleted', ['acme', 'reflex-1']);
}

describe('episodes of a producer with an outbox', { timeout: 180_000 }, () => {
  it('have one row each, though the bus, the projector and the producer are killed under them (I3, I10)', async () => {
    const { cluster } = system;
    const projector = await system.addProjector();
    let agent = await startAgent();
    try {
      await agent.write(writesCount);
      const writing = agent.write(writesCount);
      await cluster.spine.stop('SIGKILL');
      await writing;
      await agent.write(writesCount);
      await agent.kill();
      await Promise.all([projector.stop('SIGKILL'), cluster.spine.restart()]);
      agent = await startAgent();
      const [, restarted] = await Promise.all([agent.write(writesCount), system.addProjector()]);
      await restarted.ready();
      expect(await agent.flush()).toBe(true);
      const expected = 4 * writesCount;
      await waitFor(async () => (await rows()).length >= expected, { timeoutMs: 60_000, intervalMs: 200, what: 'all rows' });
      const found = await rows();
      expect(found.length).toBe(expected);
      expect(found.filter(({ episode_id: id, content_ref: ref }) => ref !== `reflex://store/${id}`)).toEqual([]);
      expect(await system.sql('SELECT error_code FROM arqon.dead_letter')).toEqual([]);
      const sent = tap.envelopes.filter(({ what }) => what === 'event');
      expect(new Set(sent.map(({ id }) => id)).size).toBe(expected);
      console.log(`${String(expected)} episodes, sent ${String(sent.length)} times`);
    } finally {
      await agent.kill();
    }
  });
});
