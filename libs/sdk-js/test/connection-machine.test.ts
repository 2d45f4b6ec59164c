import { driveMachine, impossible, waitFor } from '@arqonbus/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectionTransitions, SessionLink, type ConnectionState } from '../src/link/session-link.js';
import { TokenSource } from '../src/link/token-source.js';
import { openOnNode } from '../src/node/socket-ws.js';
import { ScriptedServer } from './scripted-server.js';

interface Rig {
  readonly server: ScriptedServer;
  readonly link: SessionLink;
  /** States as the owner was told of them. */
  readonly told: ConnectionState[];
}

/** A link over a real socket whose owner takes every frame for a welcome, which is all that the server sends. */
async function startRig(): Promise<Rig> {
  const server = await ScriptedServer.start();
  const told: ConnectionState[] = [];
  const link: SessionLink = new SessionLink({
    url: server.url, open: openOnNode({}), tokens: new TokenSource(() => 'me.jwt'), random: Math.random, now: () => performance.now(),
    reconnect: { minDelayMs: 2, maxDelayMs: 20, maxAttempts: 10_000, handshakeTimeoutMs: 20_000 },
  }, {
    received: () => {
      link.welcomed(60_000);
      link.opened();
    },
    connectionLost: () => undefined,
    stateChanged: (state) => { told.push(state); },
  });
  return { server, link, told };
}

async function connecting(): Promise<Rig> {
  const rig = await startRig();
  rig.server.onWelcome = () => false;
  rig.link.start();
  await waitFor(() => rig.server.sessions.length === 1);
  return rig;
}

async function open(): Promise<Rig> {
  const rig = await startRig();
  rig.link.start();
  await waitFor(() => rig.link.state === 'open');
  return rig;
}

async function reconnecting(): Promise<Rig> {
  const rig = await open();
  rig.server.refuseUpgrade = () => ({ status: 503 });
  rig.server.current.socket.terminate();
  await waitFor(() => rig.link.state === 'reconnecting');
  return rig;
}

async function ended(how: 'drain' | 'stop'): Promise<Rig> {
  const rig = await open();
  rig.link[how]();
  return rig;
}

async function end({ link, server }: Rig): Promise<void> {
  link.stop();
  await server.stop();
}

/** Waits until the link has made another attempt. */
async function nextAttempt({ server }: Rig): Promise<void> {
  const before = server.tokens.length;
  await waitFor(() => server.tokens.length > before);
}

describe('connection', () => {
  driveMachine<Rig>(it, {
    document: 'connection',
    table: connectionTransitions,
    object: (rig) => rig.link,
    field: 'state',
    end,
    reach: { connecting, open, reconnecting, draining: () => ended('drain'), closed: () => ended('stop') },
    events: {
      welcomed: async (rig, from) => {
        if (from === 'closed') return impossible('the socket is given up, so nothing is heard of it');
        if (from !== 'reconnecting') {
          rig.server.current.welcome();
          return undefined;
        }
        rig.server.refuseUpgrade = undefined;
        await nextAttempt(rig);
        return undefined;
      },
      lost: async (rig, from) => {
        if (from === 'closed') return impossible('there is no socket to lose');
        if (from !== 'reconnecting') rig.server.current.socket.terminate();
        // A refused attempt ends like a lost connection.
        if (from !== 'open') await nextAttempt(rig);
        return undefined;
      },
      drained: ({ link }) => { link.drain(); },
      stopped: ({ link }) => { link.stop(); },
    },
  });

  it('I-1 a closed connection stays closed, whatever happened before', async () => {
    const step = fc.constantFrom('terminate', 'drain', 'welcome', 'turn', 'announce');
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 8 }), fc.array(step, { minLength: 1, maxLength: 6 }), async (before, after) => {
      const rig = await open();
      const run = async (steps: readonly string[]): Promise<void> => {
        for (const each of steps) {
          if (each === 'terminate') rig.server.current.socket.terminate();
          else if (each === 'drain') rig.link.drain();
          else if (each === 'welcome') rig.server.current.welcome();
          else if (each === 'announce') rig.link.announced({ minMs: 0, maxMs: 1 });
          else await new Promise((resolve) => { setImmediate(resolve); });
        }
      };
      try {
        await run(before);
        rig.link.stop();
        const count = rig.told.length;
        await run(after);
        expect([rig.link.state, rig.told.length, rig.told.at(-1)]).toEqual(['closed', count, 'closed']);
      } finally {
        await end(rig);
      }
    }), { numRuns: 25 });
  });

  it('I-2 the owner is told once of each change', async () => {
    const rig = await open();
    for (let round = 0; round < 3; round += 1) {
      rig.server.current.socket.terminate();
      await waitFor(() => rig.told.length === 3 + round * 2);
    }
    rig.link.drain();
    rig.link.drain();
    rig.link.stop();
    rig.link.stop();
    const rounds: ConnectionState[] = ['reconnecting', 'open', 'reconnecting', 'open', 'reconnecting', 'open'];
    expect(rig.told).toEqual(['open', ...rounds, 'draining', 'closed']);
    await end(rig);
  });

  it('I-3 sends nothing while nothing is welcomed, and says so', async () => {
    for (const reach of [connecting, reconnecting, () => ended('stop')]) {
      const rig = await reach();
      const frames = rig.server.sessions.map((session) => session.frameCount);
      expect(rig.link.send(new Uint8Array(1))).toBe(false);
      await new Promise((resolve) => { setImmediate(resolve); });
      expect(rig.server.sessions.map((session) => session.frameCount)).toEqual(frames);
      await end(rig);
    }
  });
});
