import { waitFor } from '@arqonbus/testkit';
import { createServer, connect as connectTcp, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Bus } from '../src/node.js';
import { rejection, take, text } from './harness.js';
import { startRealServers, type RealServers } from './real-servers.js';

let servers: RealServers;
const open: Bus[] = [];
const sockets = new Set<Socket>();
let isDeaf = false;

/** A way to the Spine on which, while `isDeaf`, what it answers is lost. */
const lossy = createServer((client) => {
  const spine = connectTcp(Number(new URL(servers.spineUrl).port), '127.0.0.1');
  for (const socket of [client, spine]) {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => {
      client.destroy();
      spine.destroy();
    });
  }
  client.pipe(spine);
  spine.on('data', (bytes) => {
    if (!isDeaf) client.write(bytes);
  });
});

beforeAll(async () => {
  servers = await startRealServers();
  await new Promise<void>((resolve) => lossy.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  await Promise.all(open.map((bus) => bus.close()));
  for (const socket of sockets) socket.destroy();
  lossy.close();
  await servers.stop();
});

async function connectAs(sub: string, url: string): Promise<Bus> {
  const bus = await connect({ url, getToken: () => servers.token({ sub, roles: ['service'] }), reconnect: { minDelayMs: 20, maxDelayMs: 500 } });
  open.push(bus);
  return bus;
}

describe('SDK and a Spine that forgets', () => {
  it('publishes nothing twice when the Spine is killed before it answers for the first runs of a producer (R7)', async () => {
    const alice = await connectAs('alice', `ws://127.0.0.1:${(lossy.address() as AddressInfo).port}`);
    const bob = await connectAs('bob', servers.spineUrl);
    const plans = await bob.join('plans:main');
    isDeaf = true;
    const lost = rejection(alice.publish('plans:main', text('once')));
    expect(await take(plans, 1)).toEqual(['once']);
    const restarted = servers.restartSpine();
    await waitFor(() => alice.state !== 'open', { timeoutMs: 20_000, what: 'the connection to end' });
    isDeaf = false;
    const waiting = alice.publish('plans:main', text('next'));
    await restarted;
    expect(await lost).toMatchObject({ code: 'PRODUCER_UNKNOWN' });
    expect(await waiting).toMatchObject({ sequence: 1n, duplicate: false });
    expect(await take(plans, 1)).toEqual(['next']);
    await bob.ping();
    expect(plans.queuedCount).toBe(0);
  });
});
