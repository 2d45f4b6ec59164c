import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { frameCorpus, mutateFrame, SeededRandom, WireSession } from '../src/index.js';
import { succeeds } from './succeeds.js';
import { startWatchedCluster, type WatchedCluster } from './watched-cluster.js';

const isLong = process.env['ARQON_TEST_LONG'] === '1';
const framesCount = isLong ? 100_000 : 2_000;
const seed = Number(process.env['ARQON_E2E_SEED'] ?? 20_261_121);
const burst = 12;
const pauseMs = 10;
/** Latency is judged, and if need be measured again, for a part of the run at a time. */
const partCount = isLong ? 15_000 : framesCount * 0.9;
/** What both servers together may grow by over the run, once a tenth of it warmed them up. */
const maxGrowthBytes = 96 * 1_048_576;

let watched: WatchedCluster;

beforeAll(async () => {
  watched = await startWatchedCluster({
    shield: { 'limits.connect_rate_per_second': '100000', 'limits.auth_failures_per_minute_count': '100000' },
    // What valid frames among the broken ones leave behind is bounded by this.
    spine: { 'history.max_events_count': '1000', 'limits.max_topics_per_tenant_count': '500', 'limits.max_rooms_per_tenant_count': '500' },
  });
});
afterAll(() => watched.stop());

interface Tally {
  sent: number;
  connections: number;
  readonly closeCodes: Map<number, number>;
}

/** Sends one connection's worth of broken frames: until the server closes, or the count is reached. */
async function attack(token: string, corpus: readonly Uint8Array[], random: SeededRandom, tally: Tally, limit: number): Promise<void> {
  const client = await watched.cluster.raw({ token });
  let isOpen = true;
  const closed = client.closed.then(({ code }) => {
    isOpen = false;
    tally.closeCodes.set(code, (tally.closeCodes.get(code) ?? 0) + 1);
  });
  tally.connections += 1;
  const session = await WireSession.open(client);
  while (isOpen && tally.sent < limit) {
    for (let n = 0; n < burst; n += 1) {
      tally.sent += 1;
      // A send fails when the server has closed in between.
      void succeeds(client.sendBytes(mutateFrame(corpus, random)));
    }
    // Answered once all before it was handled, or never because the connection closes.
    await Promise.race([closed, succeeds(session.ping())]);
    // The attacker shares the machine with what it attacks: at full speed it would measure itself.
    await wait(pauseMs);
  }
  client.terminate();
  await closed;
}

function residentBytes(): number {
  return watched.cluster.shield.residentBytes() + watched.cluster.spine.residentBytes();
}

describe('the listener', () => {
  it(`outlives ${String(framesCount)} mutated frames: both servers alive, memory level, bystanders' p99 < 50 ms`, async () => {
    const { cluster } = watched;
    const token = await cluster.token({ tenant: 'fuzz', sub: 'fuzzer', roles: ['operator'] });
    const corpus = frameCorpus(token);
    const random = new SeededRandom(seed);
    const tally: Tally = { sent: 0, connections: 0, closeCodes: new Map() };
    const attackUntil = async (count: number): Promise<void> => {
      while (tally.sent < count) await attack(token, corpus, random, tally, count);
    };
    await attackUntil(framesCount / 10);
    const before = residentBytes();
    while (tally.sent < framesCount) await watched.expectCalm(`fuzz with seed ${String(seed)}`, () => attackUntil(tally.sent + partCount));
    const growth = residentBytes() - before;
    console.log(`${String(tally.sent)} frames on ${String(tally.connections)} connections, close codes ${JSON.stringify([...tally.closeCodes])}, growth ${(growth / 1_048_576).toFixed(1)} MiB`);
    expect(tally.sent).toBeGreaterThanOrEqual(framesCount);
    // Refusals beyond 16 a minute, refreshed tokens that are bad, and our own cut: nothing else ends a connection.
    expect([...tally.closeCodes.keys()].filter((code) => ![4400, 4401, 1006].includes(code))).toEqual([]);
    expect(tally.closeCodes.get(4400)).toBeGreaterThan(framesCount / 1_000);
    expect([cluster.shield.isAlive, cluster.spine.isAlive]).toEqual([true, true]);
    expect(growth).toBeLessThan(maxGrowthBytes);
    const survivor = await cluster.session({ tenant: 'fuzz', sub: 'survivor' });
    await survivor.join('afterwards');
    await survivor.publish('afterwards', ['still here']);
    expect((await survivor.events(1))[0].text).toBe('still here');
  });

  it('outlives garbage in place of TLS, of HTTP, and of WebSocket frames', async () => {
    const random = new SeededRandom(seed);
    const { clientPort = 0 } = watched.cluster.shield.ports;
    const token = await watched.cluster.token({ tenant: 'fuzz', sub: 'garbage' });
    const request = `GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: arqon.v1\r\nAuthorization: Bearer ${token}\r\n\r\n`;
    const rounds = isLong ? 500 : 20;
    for (let round = 0; round < rounds; round += 1) {
      await endOf(connectTcp({ port: clientPort, host: '127.0.0.1' }), random.bytes(200));
      for (const start of ['', request.slice(0, 60), request]) {
        const socket = connectTls({ port: clientPort, host: '127.0.0.1', ca: watched.cluster.ca });
        await endOf(socket, Buffer.concat([Buffer.from(start), random.bytes(1 + random.below(400))]));
      }
    }
    await (await watched.cluster.session({ tenant: 'fuzz', sub: 'after-garbage' })).ping();
    expect([watched.cluster.shield.isAlive, watched.cluster.spine.isAlive]).toEqual([true, true]);
  });
});

/** Writes, ends, and waits until the connection is gone, whichever side ended it. */
async function endOf(socket: ReturnType<typeof connectTcp>, bytes: Uint8Array): Promise<void> {
  await new Promise<void>((resolve) => {
    // The server may reset the connection; that is an end as good as another.
    socket.on('error', () => undefined);
    socket.on('close', () => { resolve(); });
    socket.on('data', () => undefined);
    socket.setTimeout(2_000, () => socket.destroy());
    socket.write(bytes, () => setImmediate(() => socket.end()));
  });
}
