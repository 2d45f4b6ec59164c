import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findOnPath, startRedis, type RedisServer } from '@arqonbus/services';
import type { MeasuredResult } from '../src/measured-result.js';
import type { BenchServer } from '../src/servers/bench-server.js';
import { startSpine } from '../src/servers/start-spine.js';
import { publishAcked } from '../src/tasks/publish-acked.js';
import { publishWithClient } from '../src/tasks/publish-client.js';
import { readHistoryTask } from '../src/tasks/read-history.js';
import { resumeAtOnce } from '../src/tasks/resume.js';
import { measureBesideSlowReaders } from '../src/tasks/slow-reader.js';
import { runBenchMain } from './run-bench-main.fixture.js';

describe('tasks on memory history', () => {
  const messageCount = 2_048;
  let spine: BenchServer;

  beforeAll(async () => {
    spine = await startSpine({ core: undefined });
    const outcome = await publishAcked({ kind: 'publish-acked', spine, runLength: 64, extent: { messageCount }, serverPids: [spine.pid] });
    expect(outcome).toMatchObject({ ackedCount: messageCount, totalCount: messageCount, durability: 'MEMORY' });
  });

  afterAll(() => spine.stop());

  it.each(['replay', 'pages'] as const)('reads the whole history: %s', async (how) => {
    const outcome = await readHistoryTask({ kind: 'replay', spine, how, connectionCount: 2, messageCount, warmupMs: 20, measureMs: 1_000, serverPids: [spine.pid] });
    expect(outcome.receivedCount).toBeGreaterThan(messageCount);
  });

  it('fails when the history holds less than the window', async () => {
    const task = { kind: 'replay', spine, how: 'pages', connectionCount: 1, messageCount: messageCount + 1, warmupMs: 20, measureMs: 100, serverPids: [] } as const;
    await expect(readHistoryTask(task)).rejects.toThrow(/ended before sequence 2049 of 2049/);
  });

  it('measures resumes of many connections', async () => {
    const outcome = await resumeAtOnce({ kind: 'resume', spine, connectionCount: 50, missedCount: 20, serverPid: spine.pid });
    expect(outcome.count).toBe(50);
    expect(outcome.p50Ms).toBeLessThanOrEqual(outcome.p99Ms);
  });

  it('fails when a position is behind what history holds', async () => {
    await expect(resumeAtOnce({ kind: 'resume', spine, connectionCount: 2, missedCount: messageCount + 20_000, serverPid: spine.pid })).rejects.toThrow();
  });

  it('keeps fast readers whole beside one that never reads', async () => {
    const task = { kind: 'slow-reader', spine, fastReaderCount: 2, messagesPerSecond: 6_400, warmupMs: 50, measureMs: 300 } as const;
    const outcome = await measureBesideSlowReaders({ ...task, slowReaderCount: 1 });
    // Two readers and one latency for each run that was due within the time.
    expect(outcome.count).toBe(60);
  });
});

describe.skipIf(findOnPath('redis-server') === undefined)('tasks on Redis', () => {
  let redis: RedisServer;
  let spine: BenchServer;

  beforeAll(async () => {
    redis = await startRedis({ appendonly: 'yes' });
    spine = await startSpine({ core: undefined, settings: { ARQON_SPINE_HISTORY_STORE: 'redis', ARQON_SPINE_HISTORY_REDIS_URLS: redis.url } });
  });

  afterAll(async () => {
    await spine.stop();
    await redis.stop();
  });

  it('has every message acknowledged by the store, through the SDK and over raw sockets', async () => {
    const sdk = await publishWithClient({ kind: 'publish-sdk', spine, inFlightCount: 100, warmupMs: 20, measureMs: 1_000, serverPids: [spine.pid, redis.pid] });
    expect(sdk.durability).toBe('STORE');
    expect(sdk.ackedCount).toBeGreaterThan(100);
    const raw = await publishAcked({ kind: 'publish-acked', spine, runLength: 1, extent: { warmupMs: 20, measureMs: 100 }, serverPids: [] });
    expect(raw).toMatchObject({ durability: 'STORE' });
  });

  it('fails when the store goes away', async () => {
    const publishing = publishAcked({ kind: 'publish-acked', spine, runLength: 1, extent: { warmupMs: 100, measureMs: 20_000 }, serverPids: [] });
    await redis.kill();
    await expect(publishing).rejects.toThrow(/STORE_UNAVAILABLE/);
  });
});

describe('npm run bench', () => {
  it('writes one row for each case of a measured suite, and a section of the page', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'arqonbus-bench-test-'));
    const [json, page] = [join(folder, 'bench.json'), join(folder, 'bench.md')];
    const { code, stdout, stderr } = await runBenchMain(['--suite', 'replay', '--quick', '--case', 'R2', '--json', json, '--markdown', page]);
    expect(stderr).toMatch(/R2 round 1: /);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^R2 /m);
    const { results } = JSON.parse(await readFile(json, 'utf8')) as { results: MeasuredResult[] };
    expect(results).toMatchObject([{ id: 'R2', unit: 'msg/s', peer: null, ratio: null }]);
    expect(results[0].ours).toBeGreaterThan(0);
    expect(await readFile(page, 'utf8')).toMatch(/<!-- suite replay -->[^]*\| R2 \|[^]*<!-- end of suite replay -->/);
    await rm(folder, { recursive: true });
  });

  it('has no figures and exits with 0 where the store is not installed', async () => {
    const { code, stdout } = await runBenchMain(['--suite', 'memory', '--quick', '--case', 'R4-redis'], { PATH: '/nowhere' });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^R4-redis .* - +- +- /m);
    expect(stdout).toMatch(/R4-redis: not measured: .*redis-server/);
  });
});
