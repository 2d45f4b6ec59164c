import type { ErrorCode } from '@arqonbus/errors';
import { driveMachine, impossible, waitFor, within } from '@arqonbus/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connect, type Bus, type Subscription } from '../src/node.js';
import type { SessionCore } from '../src/session-core.js';
import { feedTransitions, type Feed } from '../src/subscribe/feed.js';
import { take } from './harness.js';
import { ScriptedServer, type ServerSession } from './scripted-server.js';

interface Rig {
  readonly server: ScriptedServer;
  readonly bus: Bus;
  readonly feed: Feed;
  /** Joins that the server was asked for and has not answered. */
  readonly held: { readonly session: ServerSession; readonly id: Uint8Array }[];
  readonly joined: Promise<Subscription | undefined>;
}

/** A subscription of a real Bus to `plans`. */
async function joining(): Promise<Rig> {
  const server = await ScriptedServer.start();
  const bus = await connect({ url: server.url, token: 'me.jwt', reconnect: { minDelayMs: 1, maxDelayMs: 5 } });
  const held: Rig['held'] = [];
  server.onCommand = (session, id, body) => {
    if (body.case !== 'join') return false;
    held.push({ session, id });
    return true;
  };
  const joined = Promise.allSettled([bus.join('plans')]).then(([outcome]) => (outcome.status === 'fulfilled' ? outcome.value : undefined));
  await waitFor(() => held.length === 1);
  const core = Reflect.get(bus, 'core') as SessionCore;
  return { server, bus, feed: core.feeds.all()[0], held, joined };
}

/** Answers the joins that are held, and follows the topic from now on. */
function answer({ server, held }: Rig): void {
  const { epoch, head } = server.topic('plans');
  for (const { session, id } of held.splice(0)) {
    session.topics.add('plans:');
    session.reply(id, { case: 'joined', value: { positions: [{ channel: '', epoch, sequence: head }], recovered: true } });
  }
}

function refuse({ held }: Rig, code: ErrorCode): void {
  for (const { session, id } of held.splice(0)) session.send([{ envelopes: [{ id: new Uint8Array(16), body: { case: 'error', value: { requestId: id, code } } }] }]);
}

/** Tells of a head that lies beyond what was delivered. */
function showHole({ server }: Rig): void {
  const topic = server.topic('plans');
  const sequence = topic.head + 5n;
  server.current.send([{ room: 'plans', stamp: { epoch: topic.epoch, sequence, prev: sequence } }]);
}

async function live(): Promise<Rig> {
  const rig = await joining();
  answer(rig);
  await rig.joined;
  return rig;
}

async function healing(): Promise<Rig> {
  const rig = await live();
  showHole(rig);
  await waitFor(() => rig.held.length === 1);
  return rig;
}

async function closed(): Promise<Rig> {
  const rig = await live();
  await (await rig.joined)?.leave();
  return rig;
}

async function end({ bus, server }: Rig): Promise<void> {
  await bus.close();
  await server.stop();
}

const nothingAsked = impossible('the feed has asked for nothing');

describe('subscription', () => {
  driveMachine<Rig>(it, {
    document: 'subscription',
    table: feedTransitions,
    object: (rig) => rig.feed,
    field: 'state',
    end,
    settle: async ({ bus, feed }) => { if (!feed.isClosed) await bus.ping(); },
    reach: { joining, live, healing, closed },
    events: {
      joined: (rig, from) => (from === 'joining' ? answer(rig) : impossible('the first join was taken before')),
      missed: (rig) => { showHole(rig); },
      recovered: (rig, from) => (from === 'healing' ? answer(rig) : nothingAsked),
      failed: (rig, from) => (rig.held.length > 0 ? refuse(rig, 'NOT_PERMITTED') : from === 'joining' ? undefined : nothingAsked),
      closed: ({ feed }) => { feed.close(); },
    },
  });

  it('I-1 every event arrives once and in order, whatever is lost, repeated or cut', async () => {
    const step = fc.constantFrom('emit', 'lose', 'head', 'cut', 'repeat');
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const server = await ScriptedServer.start();
      const bus = await connect({ url: server.url, token: 'me.jwt', reconnect: { minDelayMs: 1, maxDelayMs: 3 } });
      // As servers do: one head that arrives while another hole is healed says nothing.
      const heads = setInterval(() => { server.sendHead('plans'); }, 10);
      try {
        const plans = await bus.join('plans');
        let count = 0;
        const emit = (isDelivering: boolean): void => {
          server.isDelivering = isDelivering;
          count += 1;
          server.emit('plans', String(count));
          server.isDelivering = true;
        };
        for (const each of steps) {
          if (each === 'emit') emit(true);
          else if (each === 'lose') emit(false);
          else if (each === 'head') server.sendHead('plans');
          else if (each === 'cut') server.current.socket.terminate();
          else server.current.send(server.stored('plans', 1n, BigInt(count), false));
          await new Promise((resolve) => { setImmediate(resolve); });
        }
        await waitFor(() => bus.state === 'open');
        emit(false);
        expect(await within(take(plans, count), 20_000, 'the events')).toEqual(Array.from({ length: count }, (_, index) => String(index + 1)));
        expect(plans.queuedCount).toBe(0);
      } finally {
        clearInterval(heads);
        await bus.close();
        await server.stop();
      }
    }), { numRuns: 20 });
  });

  it('I-2 delivers nothing after it closed', async () => {
    const rig = await live();
    const subscription = await rig.joined;
    const seen: string[] = [];
    subscription?.on('message', (message) => { seen.push(message.text); });
    rig.server.emit('plans', 'before');
    await waitFor(() => seen.length === 1);
    rig.feed.close();
    rig.server.emit('plans', 'after');
    await rig.bus.ping();
    expect(seen).toEqual(['before']);
    await end(rig);
  });

  it('I-3 heals one hole at a time', async () => {
    const rig = await healing();
    for (let count = 0; count < 5; count += 1) showHole(rig);
    await rig.bus.ping();
    expect(rig.held).toHaveLength(1);
    await end(rig);
  });
});
