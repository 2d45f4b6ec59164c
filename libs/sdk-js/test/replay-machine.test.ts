import type { ErrorCode } from '@arqonbus/errors';
import { driveMachine, waitFor } from '@arqonbus/testkit';
import { describe, expect, it } from 'vitest';
import { connect, type Bus } from '../src/node.js';
import { ReplayRun, replayTransitions } from '../src/replay/replay.js';
import type { SessionCore } from '../src/session-core.js';
import { ScriptedServer, type ServerSession } from './scripted-server.js';

interface Rig {
  readonly server: ScriptedServer;
  readonly bus: Bus;
  readonly run: ReplayRun;
  /** Portions that the server was asked for, oldest first. */
  readonly asked: { readonly session: ServerSession; readonly id: Uint8Array }[];
}

async function idle(): Promise<Rig> {
  const server = await ScriptedServer.start();
  const bus = await connect({ url: server.url, token: 'me.jwt' });
  const asked: Rig['asked'] = [];
  server.onCommand = (session, id, body) => {
    if (body.case !== 'historyReplay') return false;
    asked.push({ session, id });
    return true;
  };
  const { epoch } = server.topic('plans');
  const window = { room: 'plans', channel: '', recipient: '', fromSequence: 1n, toSequence: 9n, fromTimeUs: 0n, toTimeUs: 0n, limit: 0, epoch };
  return { server, bus, run: new ReplayRun(Reflect.get(bus, 'core') as SessionCore, window, 0), asked };
}

/** Reads on; how it ends is looked at by the state. */
function read({ run }: Rig): void {
  void Promise.allSettled([run.next()]);
}

async function asking(): Promise<Rig> {
  const rig = await idle();
  read(rig);
  await waitFor(() => rig.asked.length === 1);
  return rig;
}

/** Answers the last portion, or makes up an answer when none was asked for. */
function reply(rig: Rig, isComplete: boolean): void {
  const { session, id } = rig.asked.at(-1) ?? { session: rig.server.current, id: new Uint8Array(16).fill(9) };
  session.reply(id, { case: 'history', value: { nextSequence: isComplete ? 0n : 5n, complete: isComplete, epoch: rig.server.topic('plans').epoch } });
}

function refuse(rig: Rig, code: ErrorCode): void {
  const { session, id } = rig.asked.at(-1) ?? { session: rig.server.current, id: new Uint8Array(16).fill(9) };
  session.send([{ envelopes: [{ id: new Uint8Array(16), body: { case: 'error', value: { requestId: id, code } } }] }]);
}

async function done(): Promise<Rig> {
  const rig = await asking();
  reply(rig, true);
  await waitFor(() => Reflect.get(rig.run, 'state') === 'done');
  return rig;
}

async function end({ bus, server, run }: Rig): Promise<void> {
  run.stop();
  await bus.close();
  await server.stop();
}

describe('replay', () => {
  driveMachine<Rig>(it, {
    document: 'replay',
    table: replayTransitions,
    object: (rig) => rig.run,
    field: 'state',
    end,
    settle: async ({ bus }) => { await bus.ping(); },
    reach: { idle, asking, done },
    events: {
      asked: (rig) => { read(rig); },
      answered: (rig) => { reply(rig, false); },
      ended: (rig) => { reply(rig, true); },
      failed: (rig) => { refuse(rig, 'EPOCH_CHANGED'); },
    },
  });

  it('I-1 asks for one portion at a time', async () => {
    const rig = await asking();
    for (let portion = 1; portion <= 4; portion += 1) {
      read(rig);
      await rig.bus.ping();
      expect(rig.asked).toHaveLength(portion);
      reply(rig, false);
      await waitFor(() => rig.asked.length === portion + 1);
    }
    await end(rig);
  });

  it('I-2 asks for nothing more once it is done', async () => {
    const rig = await done();
    expect(await rig.run.next()).toBeUndefined();
    await rig.bus.ping();
    expect(rig.asked).toHaveLength(1);
    await end(rig);
  });
});
