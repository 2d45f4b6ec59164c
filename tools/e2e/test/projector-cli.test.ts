import { EpisodeEventSchema } from '@arqonbus/proto';
import { createTempFolder, startProcess, waitFor, type TempFolder } from '@arqonbus/testkit';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { episodeRoom, ProjectionSystem } from '../src/index.js';
import { feedOf } from './episode-feed.js';

const bin = fileURLToPath(new URL('../../../apps/cli/bin/arqon.mjs', import.meta.url));
const startTimeoutMs = 120_000;
const testTimeoutMs = 120_000;

describe('arqon projector against a projector on PostgreSQL (I13)', () => {
  let system: ProjectionSystem;
  let folder: TempFolder;
  let token: string;
  beforeAll(async () => {
    folder = createTempFolder('arqon-projector-cli-');
    system = await ProjectionSystem.start({ tenants: ['acme'] });
    await system.addProjector();
    writeFileSync(folder.file('ca.pem'), system.cluster.ca);
    token = await system.cluster.token({ tenant: 'acme', sub: 'operator', roles: ['admin'], publish: [], subscribe: [] });
  }, startTimeoutMs);
  afterAll(async () => {
    await system.stop();
    folder.remove();
  });

  async function arqon(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const env = { ARQON_URL: system.cluster.url(), ARQON_CA: folder.file('ca.pem'), ARQON_TOKEN: token };
    const run = await startProcess({ args: [bin, 'projector', ...args, '--timeout', '30'], cwd: folder.path, env });
    const { code } = await run.exited;
    return { code, stdout: run.output.stdout, stderr: run.output.stderr };
  }
  async function json<T>(...args: string[]): Promise<T[]> {
    const { stdout } = await arqon(...args, '--json');
    return stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as T);
  }

  it('tells how it stands, and pauses and resumes it', async () => {
    const feed = await feedOf(system, 'acme', 'agent-1');
    await feed.change(40);
    await feed.projected(system);
    expect(await json('pause')).toEqual([{ isPaused: true }]);
    await feed.change(20);
    const [lag] = await waitFor(async () => {
      const lags = await json<{ events: string; headSequence: string }>('lag');
      return Number(lags[0]?.events) > 0 ? lags : undefined;
    }, { timeoutMs: 30_000, what: 'the projection to lag' });
    expect(Number(lag.headSequence)).toBeGreaterThan(0);
    expect(await json('status')).toMatchObject([{ tenantId: 'acme', isPaused: true, instances: 1 }]);
    expect(await json('resume')).toEqual([{ isPaused: false }]);
    await feed.projected(system);
  }, testTimeoutMs);

  it('lists, shows and replays dead letters', async () => {
    const agent = await system.agent('acme', 'poisoner');
    await agent.publish(episodeRoom, { type: EpisodeEventSchema.typeName, payload: Buffer.from('no episode') });
    const [letter] = await waitFor(async () => {
      const letters = await json<{ deadLetterId: string; errorCode: string; sender: string }>('dlq', 'list');
      return letters.length > 0 ? letters : undefined;
    }, { timeoutMs: 30_000, what: 'the dead letter' });
    expect(letter).toMatchObject({ errorCode: 'EPISODE_MALFORMED', sender: 'poisoner' });
    expect(await json('dlq', 'show', letter.deadLetterId)).toMatchObject([{ deadLetterId: letter.deadLetterId, payloadHex: Buffer.from('no episode').toString('hex'), payloadBytes: 10 }]);
    expect(await arqon('dlq', 'show', letter.deadLetterId, '--raw', 'event.bin')).toMatchObject({ code: 0 });
    expect(readFileSync(folder.file('event.bin'), 'utf8')).toBe('no episode');
    expect(await arqon('dlq', 'replay', '--all')).toMatchObject({ code: 1, stdout: '0 replayed, 1 refused again, 0 replayed before\n' });
    expect(await arqon('dlq', 'show', '01930b5e-7c3a-7d4e-9a51-0b1f8f2f4c11')).toMatchObject({ code: 5, stderr: expect.stringContaining('(UNKNOWN_DEAD_LETTER)') as string });
  }, testTimeoutMs);

  it('backfills rows that are gone, after a dry run that changes nothing', async () => {
    const feed = await feedOf(system, 'acme', 'agent-2');
    await feed.change(30);
    await feed.projected(system);
    await system.sql("DELETE FROM arqon.episode WHERE tenant_id = 'acme' AND agent_id = 'agent-2'");
    const window = ['--from', '2020-01-01', '--to', new Date().toISOString(), '--agent', 'agent-2', '--wait'];
    const [dry] = await json<{ state: string; counts: Record<string, string> }>('backfill', ...window, '--dry-run');
    expect(dry.state).toBe('done');
    expect(await feed.rows(system)).toEqual({});
    const [done] = await json<{ state: string; counts: Record<string, string> }>('backfill', ...window);
    expect([done.state, done.counts]).toEqual(['done', dry.counts]);
    expect(Number(done.counts['rowsInserted'])).toBeGreaterThan(0);
    await feed.projected(system);
  }, testTimeoutMs);
});
