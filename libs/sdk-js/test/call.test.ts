import { fromBinary } from '@bufbuild/protobuf';
import { CallSchema } from '@arqonbus/proto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Bus, Message, Subscription } from '../src/node.js';
import { connectTo, rejection, startServer, takeMessages, text } from './harness.js';
import type { ScriptedServer } from './scripted-server.js';

const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

async function callerAndService(server: ScriptedServer): Promise<{ caller: Bus; service: Bus }> {
  const [caller, service] = await Promise.all([connectTo(server, { token: 'caller.jwt' }), connectTo(server, { token: 'counter.jwt' })]);
  return { caller, service };
}

const answers: Promise<unknown>[] = [];
afterEach(async () => {
  await Promise.all(answers.splice(0));
});

/** Answers every call; all of it is acknowledged before the bus closes. */
function serve<T>(calls: Subscription<T>, answer: (call: Message<T>) => Promise<unknown>): void {
  calls.on('message', (call) => {
    answers.push(answer(call));
  });
}

describe('call()', () => {
  it('resolves with the answer of the service, which is told operation, arguments and caller', async () => {
    const server = await startServer();
    const { caller, service } = await callerAndService(server);
    const calls = await service.join('sys.calls:counter', { schema: CallSchema });
    const answer = caller.call('counter.count', bytes('all'));
    const [call] = await takeMessages(calls, 1);
    expect([call.type, call.sender, call.session]).toEqual(['arqon.v1.Call', 'caller', caller.session]);
    const { name, args } = fromBinary(CallSchema, call.payload);
    expect([name, new TextDecoder().decode(args)]).toEqual(['counter.count', 'all']);
    await call.reply(text('17'));
    const { text: counted, sender } = await answer;
    expect([counted, sender]).toEqual(['17', 'counter']);
    expect(server.sessions.flatMap((session) => session.commandsOf('call'))).toHaveLength(1);
  });

  it('takes no arguments where none are given', async () => {
    const server = await startServer();
    const { caller, service } = await callerAndService(server);
    const calls = await service.join('sys.calls:counter', { schema: CallSchema });
    serve(calls, (call) => call.reply(text(`${String(call.data.args.length)} bytes`)));
    expect((await caller.call('counter.count')).text).toBe('0 bytes');
  });

  it.each([
    [{ code: 'UNKNOWN_DEAD_LETTER', message: 'There is none.', field: 'dead_letter_id' }, { code: 'UNKNOWN_DEAD_LETTER', message: 'UNKNOWN_DEAD_LETTER: There is none.', field: 'dead_letter_id' }],
    [{ code: 'LIMIT' }, { code: 'LIMIT', field: undefined }],
    [{ code: 'TOO_TIRED', message: 'Later.' }, { code: 'INTERNAL', message: 'INTERNAL: TOO_TIRED: Later.' }],
  ])('rejects with the error that the service answers: %j', async (error, expected) => {
    const server = await startServer();
    const { caller, service } = await callerAndService(server);
    const calls = await service.join('sys.calls:counter');
    serve(calls, (call) => call.replyError(error));
    expect(await rejection(caller.call('counter.count'))).toMatchObject({ name: 'ArqonError', ...expected });
  });

  it('rejects with INVALID_ENVELOPE for an error that does not decode, and the connection stays', async () => {
    const server = await startServer();
    const { caller, service } = await callerAndService(server);
    const calls = await service.join('sys.calls:counter');
    serve(calls, (call) => call.reply({ type: 'arqon.v1.Error', payload: Uint8Array.of(0x12, 0x7f) }));
    expect(await rejection(caller.call('counter.count'))).toMatchObject({ code: 'INVALID_ENVELOPE' });
    expect((await caller.status()).clientId).toBe('caller');
    expect(server.sessions).toHaveLength(2);
  });

  it.each(['NOT_PERMITTED', 'NO_RESPONDERS'] as const)('rejects with what the bus refuses it with: %s', async (code) => {
    const server = await startServer();
    const { caller } = await callerAndService(server);
    server.onCommand = (session, id, body) => {
      if (body.case !== 'call') return false;
      session.send([{ envelopes: [{ id, body: { case: 'error', value: { requestId: id, code, field: 'name' } } }] }]);
      return true;
    };
    expect(await rejection(caller.call('counter.count'))).toMatchObject({ code, field: 'name' });
  });

  it('times out, gives up by signal, and ends with the bus', async () => {
    const server = await startServer();
    const { caller } = await callerAndService(server);
    expect(await rejection(caller.call('counter.count', undefined, { timeoutMs: 20 }))).toMatchObject({ code: 'TIMEOUT' });
    const sent = (): number => server.sessions.flatMap((session) => session.commandsOf('call')).length;
    const before = sent();
    const controller = new AbortController();
    const aborted = rejection(caller.call('counter.count', undefined, { signal: controller.signal }));
    const pending = rejection(caller.call('counter.count'));
    await vi.waitFor(() => expect(sent()).toBe(before + 2), 15_000);
    controller.abort(new Error('enough'));
    expect(await aborted).toMatchObject({ message: 'enough' });
    await caller.close();
    expect(await pending).toMatchObject({ name: 'ClosedError' });
  });
});

describe('a call and a lost connection', () => {
  it('is sent again under its id while the bus has not said that it took it', async () => {
    const server = await startServer();
    const { caller, service } = await callerAndService(server);
    const calls = await service.join('sys.calls:counter');
    serve(calls, (call) => call.reply(text('17')));
    const ids: string[] = [];
    server.onCommand = (session, id, body) => {
      if (body.case !== 'call') return false;
      ids.push(Buffer.from(id).toString('hex'));
      if (ids.length > 1) return false;
      session.socket.terminate();
      return true;
    };
    expect((await caller.call('counter.count')).text).toBe('17');
    expect(ids).toHaveLength(2);
    expect(ids[1]).toBe(ids[0]);
  });

  it('is not sent again once the bus took it, and its answer is found in the inbox', async () => {
    const server = await startServer();
    const { caller, service } = await callerAndService(server);
    const calls = await service.join('sys.calls:counter');
    const answer = caller.call('counter.count');
    const [call] = await takeMessages(calls, 1);
    await caller.status();
    server.sessions.find((session) => session.clientId === 'caller')?.socket.terminate();
    await call.reply(text('late'));
    expect((await answer).text).toBe('late');
    expect(server.sessions.flatMap((session) => session.commandsOf('call'))).toHaveLength(1);
  });

  it('is not sent again once it is answered, even where the bus never said that it took it', async () => {
    const server = await startServer();
    const { caller, service } = await callerAndService(server);
    const calls = await service.join('sys.calls:counter');
    serve(calls, (call) => call.reply(text('17')));
    server.onCommand = (session, id, body) => {
      if (body.case !== 'call') return false;
      server.takeCall(session, id, body.value);
      return true;
    };
    expect((await caller.call('counter.count')).text).toBe('17');
    server.sessions.find((session) => session.clientId === 'caller')?.socket.terminate();
    await vi.waitFor(() => expect(server.sessions.filter((session) => session.clientId === 'caller')).toHaveLength(2), 15_000);
    await caller.status();
    expect(server.sessions.flatMap((session) => session.commandsOf('call'))).toHaveLength(1);
  });
});
