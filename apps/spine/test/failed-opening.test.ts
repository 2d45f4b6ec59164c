import { createLogger } from '@arqonbus/telemetry';
import { startTransport, type TransportServer } from '@arqonbus/transport';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bus } from '../src/bus.js';
import { LinkDoor } from '../src/transport/link-door.js';
import { ServiceDoor } from '../src/transport/service-door.js';
import { createUnitBus } from './bus.fixture.js';
import { LinkClient } from './link-client.js';

const isDraining = (): boolean => false;

describe('a session that cannot be opened for a fault of the Spine', () => {
  let bus: Bus;
  let server: TransportServer;
  let link: LinkClient;

  beforeEach(async () => {
    bus = createUnitBus();
    const shared = {
      ...bus, nowMs: Date.now, isDraining,
      logger: createLogger({ service: 'spine', nodeId: 'test', version: '0', level: 'CRITICAL' }),
      verifier: { verify: () => Promise.reject(new Error('a fault')), keysReachable: () => true, lastKeyError: undefined, close: () => undefined },
    };
    const door = new LinkDoor({
      ...shared, linkKeyMatches: () => true, maxLinkBufferBytes: 1 << 20,
      welcome: { spineId: 'spine-1', version: '0', heartbeatMs: 60_000, maxFrameBytes: 1 << 20, maxSessionBufferBytes: 1 << 20 },
    });
    const listening = await startTransport({ host: '127.0.0.1', port: 0, maxMessageBytes: 1 << 20, maxBufferedBytes: 'unbounded', idleTimeoutMs: 60_000 }, door, { prefer: 'fallback', onWarning: () => undefined });
    server = listening.server;
    door.attach(server);
    bus.fanOut.attach({ direct: new ServiceDoor({ ...shared, newSessionId: () => 1 }), links: door });
    link = await LinkClient.connect(`ws://127.0.0.1:${String(server.port)}/`, 'key');
    await link.greet();
  });

  afterEach(async () => {
    link.close();
    await server.close();
  });

  it('is closed with 4503, so that its client comes back; those that are resumed with it too', async () => {
    const open = (id: bigint) => ({ body: { case: 'openSession' as const, value: { session: id, token: 't', reopened: true } } });
    const resume = { body: { case: 'resumeTopic' as const, value: { tenant: 'acme', room: 'plans', sessions: [1n, 2n] } } };
    link.say(open(1n), open(2n), resume);
    const kicked = [await link.message('kickSession'), await link.message('kickSession')].map(({ value }) => [value.session, value.code]);
    expect(kicked).toEqual([[1n, 4503], [2n, 4503]]);
  });
});
