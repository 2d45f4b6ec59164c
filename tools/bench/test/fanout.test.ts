import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createConnection, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findOnPath } from '@arqonbus/services';
import type { BenchResult } from '../src/bench-result.js';
import { runLoad, type LoadRequest } from '../src/generator/run-load.js';
import type { BenchServer } from '../src/servers/bench-server.js';
import { startPeer } from '../src/servers/start-peer.js';
import { startSpine } from '../src/servers/start-spine.js';
import { runBenchMain } from './run-bench-main.fixture.js';

const hasNats = findOnPath('nats-server') !== undefined;

function requestFor(server: BenchServer, change: Partial<LoadRequest> = {}): LoadRequest {
  const { protocol, port, token, pid: serverPid } = server;
  const load = { subscriberCount: 1, runLength: 64, chunkMessageCount: 512, windowMessageCount: 2_048, warmupMs: 50, measureMs: 500 };
  return { protocol, port, token, serverPid, ...load, ...change };
}

/** A relay that leaves out one byte of what the server sends, once `afterBytes` have passed. */
function startLossyRelay(port: number, afterBytes: number): Promise<Server> {
  const relay = createServer((client) => {
    const upstream = createConnection({ host: '127.0.0.1', port });
    let passed = 0;
    upstream.on('data', (data) => {
      const cut = passed <= afterBytes && passed + data.length > afterBytes ? 1 : 0;
      passed += data.length;
      client.write(data.subarray(cut));
    });
    client.on('data', (data) => upstream.write(data));
    for (const [socket, other] of [[client, upstream], [upstream, client]] as const) {
      socket.on('error', () => other.destroy());
      socket.on('close', () => other.destroy());
    }
  });
  return new Promise((resolve) => relay.listen(0, '127.0.0.1', () => resolve(relay)));
}

describe.skipIf(!hasNats)('runLoad() with nats-server', () => {
  let nats: BenchServer;

  beforeAll(async () => {
    const started = await startPeer({ version: 'path', core: undefined });
    if ('missing' in started) throw new Error(started.missing);
    nats = started;
  });

  afterAll(() => nats.stop());

  it.each([
    { subscriberCount: 1, runLength: 64 },
    { subscriberCount: 10, runLength: 1 },
  ])('sees every message at every subscriber: $subscriberCount, runs of $runLength', async (shape) => {
    const result = await runLoad(requestFor(nats, shape));
    expect(result.deliveryCount).toBeGreaterThan(512);
    expect(result.sentCount % 512).toBe(0);
    expect(result.deliveriesPerSecond).toBeCloseTo(result.deliveryCount / (result.elapsedMs / 1_000), 3);
  });

  it('fails when something is lost on the way', async () => {
    const relay = await startLossyRelay(nats.port, 200_000);
    const { port } = relay.address() as AddressInfo;
    await expect(runLoad(requestFor({ ...nats, port }))).rejects.toThrow(/the server sent|lost or reordered|reserved bits|masked|not binary|upgrade/);
    relay.close();
  });

  it('fails when nobody listens', async () => {
    await expect(runLoad(requestFor({ ...nats, port: 1 }))).rejects.toThrow(/ECONNREFUSED/);
  });
});

describe('runLoad() with the Spine', () => {
  let spine: BenchServer;

  beforeAll(async () => {
    spine = await startSpine({ core: undefined });
  });

  afterAll(() => spine.stop());

  it.each([
    { subscriberCount: 1, runLength: 64 },
    { subscriberCount: 10, runLength: 256 },
    { subscriberCount: 10, runLength: 1 },
  ])('sees every message at every subscriber: $subscriberCount, runs of $runLength', async (shape) => {
    const result = await runLoad(requestFor(spine, shape));
    expect(result.deliveryCount).toBeGreaterThan(512);
    expect(result.sentCount % 512).toBe(0);
  });

  it('fails when something is lost on the way', async () => {
    const relay = await startLossyRelay(spine.port, 200_000);
    const { port } = relay.address() as AddressInfo;
    await expect(runLoad(requestFor({ ...spine, port }))).rejects.toThrow();
    relay.close();
  });

  it('fails when the token is refused', async () => {
    await expect(runLoad(requestFor({ ...spine, token: 'x.y.z' }))).rejects.toThrow(/refused the upgrade: HTTP\/1\.1 401/);
  });
});

describe('npm run bench', () => {
  it('prints its help', async () => {
    const { code, stdout } = await runBenchMain(['--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: npm run bench/);
  });

  it('refuses unknown arguments with exit code 2', async () => {
    const { code, stderr } = await runBenchMain(['--suite', 'fanout', '--fast']);
    expect(code).toBe(2);
    expect(stderr).toContain('--fast');
  });

  it('writes one row for each case that was asked for', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'arqonbus-bench-test-'));
    const file = join(folder, 'bench.json');
    const { code, stdout, stderr } = await runBenchMain(['--suite', 'fanout', '--quick', '--case', 'P1a', '--json', file, '--svg', join(folder, 'bench.svg'), '--markdown', join(folder, 'bench.md')]);
    expect(stderr).toMatch(/P1a round 1: ours/);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^P1a /m);
    const { results } = JSON.parse(await readFile(file, 'utf8')) as { results: BenchResult[] };
    expect(results.map((result) => [result.id, result.unit])).toEqual([['P1a', 'msg/s']]);
    const [result] = results;
    expect(result.rounds.length).toBeGreaterThan(0);
    expect(result.ours).toBeGreaterThan(0);
    expect(result.ratio === null).toBe(result.peer === null);
    if (result.peer !== null && result.ours !== null) expect(result.ratio).toBe(result.ours / result.peer);
    expect(await readFile(join(folder, 'bench.md'), 'utf8')).toContain('| P1a |');
    await rm(folder, { recursive: true });
  });
});
