import { fromBinary } from '@bufbuild/protobuf';
import { CallSchema, type Batch, type Envelope, type Frame } from '@arqonbus/proto';
import { verifyAuditFile } from '@arqonbus/telemetry';
import { createTestIssuer, type RawWireClient, type TestIssuer } from '@arqonbus/testkit';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStore, type TestStore } from './durable-stores.js';
import { ackedRun, codesOf, sendRuns } from './runs.js';
import { newId, startSpineProcess, type RunningSpine } from './spine-process.js';
import { command, commandFrame, expectSilence, join, refusedCommand } from './wire.js';

const admin = { tenant: 'acme', sub: 'root', roles: ['admin'] };
const service = { tenant: 'acme', sub: 'counter-1', roles: ['service'], subscribe: ['sys.calls:counter'] };
const secretArgs = new TextEncoder().encode('argument that no log may hold');

type CallInit = { case: 'call'; value: object };
function call(name: string, args: Uint8Array = new Uint8Array()): CallInit {
  return { case: 'call', value: { name, args } };
}

/** The batch and the envelope of the next event or answer that the client is delivered. */
async function nextDelivered(client: RawWireClient): Promise<{ batch: Batch; envelope: Envelope }> {
  const isDelivered = (batch: Batch): boolean => batch.stamp !== undefined && batch.envelopes.length > 0;
  const frame = await client.next((candidate: Frame) => candidate.batches.some(isDelivered));
  const batch = frame.batches.find(isDelivered);
  if (batch === undefined) throw new Error('nothing was delivered');
  return { batch, envelope: batch.envelopes[0] };
}

/** Answers a call as a stranger would: any event, to the session that called. */
function answer(client: RawWireClient, { batch, envelope }: { batch: Batch; envelope: Envelope }, payload: string): Promise<void> {
  const event = { type: 'counter.v1.Count', payload: new TextEncoder().encode(payload) };
  return client.sendFrame({
    batches: [{
      recipient: batch.stamp?.sender ?? '', recipientSession: batch.stamp?.session ?? 0n,
      envelopes: [{ id: newId(), body: { case: 'reply', value: { requestId: envelope.id, body: { case: 'event', value: event } } } }],
    }],
  });
}

function answerOf({ envelope: { body } }: { envelope: Envelope }): { requestId: Buffer; text: string } | undefined {
  if (body.case !== 'reply' || body.value.body.case !== 'event') return undefined;
  return { requestId: Buffer.from(body.value.requestId), text: new TextDecoder().decode(body.value.body.value.payload) };
}

describe('call', () => {
  let spine: RunningSpine;
  let caller: RawWireClient;
  let counter: RawWireClient;
  beforeAll(async () => {
    spine = await startSpineProcess();
    [caller, counter] = await Promise.all([spine.connect(admin), spine.connect(service)]);
    await join(counter, 'sys.calls', 'counter');
  });
  afterAll(async () => { await spine.stop(); });

  function records(target: string): (string | undefined)[][] {
    const lines = readFileSync(spine.auditFile, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, string | undefined>);
    return lines.filter((line) => line['target'] === target).map((line) => [line['action'], line['actor'], line['tenant'], line['outcome'], line['code']]);
  }

  it('reaches the service as an event of the caller under the id of the command, and the answer reaches the session that called', async () => {
    const id = newId();
    const done = await commandFrame(caller, call('counter.count.all', secretArgs), id);
    expect(done.batches[0]?.envelopes[0]?.body).toMatchObject({ case: 'reply', value: { body: { case: 'done' } } });
    const called = await nextDelivered(counter);
    expect(called.batch).toMatchObject({ room: 'sys.calls', channel: 'counter', stamp: { sender: 'root' } });
    expect(Buffer.from(called.envelope.id)).toEqual(Buffer.from(id));
    const { body } = called.envelope;
    expect(body).toMatchObject({ case: 'event', value: { type: 'arqon.v1.Call' } });
    expect(body.case === 'event' && fromBinary(CallSchema, body.value.payload)).toMatchObject({ name: 'counter.count.all', args: Buffer.from(secretArgs) });
    await answer(counter, called, '17');
    const answered = await nextDelivered(caller);
    expect(answered.batch).toMatchObject({ recipient: 'root', recipientSession: called.batch.stamp?.session, stamp: { sender: 'counter-1' } });
    expect(answerOf(answered)).toEqual({ requestId: Buffer.from(id), text: '17' });
  });

  it('is for admins alone, whatever their patterns, and audited without its arguments', async () => {
    const everywhere = { ...service, publish: ['*', 'sys.*'], subscribe: ['*', 'sys.*'] };
    const others = await Promise.all(['client', 'service', 'operator'].map((role) => spine.connect({ ...everywhere, sub: role, roles: [role] })));
    for (const other of others) expect(await refusedCommand(other, call('counter.guarded', secretArgs))).toMatchObject({ code: 'NOT_PERMITTED', field: 'name' });
    await command(caller, call('counter.guarded', secretArgs));
    expect(fromBinary(CallSchema, eventOf(await nextDelivered(counter)))).toMatchObject({ name: 'counter.guarded' });
    expect(await expectSilence(counter)).toEqual([]);
    expect(records('counter.guarded')).toEqual([
      ...['client', 'service', 'operator'].map((role) => ['call', role, 'acme', 'refused', 'NOT_PERMITTED']),
      ['call', 'root', 'acme', 'done', undefined],
    ]);
    expect(readFileSync(spine.auditFile, 'utf8')).not.toContain('argument that');
    expect(await verifyAuditFile(spine.auditFile)).toMatchObject({ ok: true });
    await Promise.all(others.map((other) => other.close()));
  });

  it('to nobody is refused at once and audited, and leaves no channel behind', async () => {
    expect(await refusedCommand(caller, call('absent.count'))).toMatchObject({ code: 'NO_RESPONDERS', field: 'name' });
    expect(records('absent.count')).toEqual([['call', 'root', 'acme', 'refused', 'NO_RESPONDERS']]);
    const reader = await spine.connect({ ...service, sub: 'reader', subscribe: ['sys.calls'] });
    expect(await refusedCommand(reader, { case: 'channelInfo', value: { room: 'sys.calls', channel: 'absent' } })).toMatchObject({ code: 'NOT_PERMITTED' });
    const both = await spine.connect({ ...admin, sub: 'both', subscribe: ['sys.calls:own'] });
    await join(both, 'sys.calls', 'own');
    expect(await refusedCommand(both, call('own.count'))).toMatchObject({ code: 'NO_RESPONDERS' });
    await command(reader, { case: 'join', value: { room: 'sys.calls', allChannels: true } });
    expect(await command(caller, call('absent.count'))).toMatchObject({ case: 'done' });
    expect((await nextDelivered(reader)).batch).toMatchObject({ room: 'sys.calls', channel: 'absent' });
    await Promise.all([reader.close(), both.close()]);
  });

  it('stays in the tenant of the caller', async () => {
    const stranger = await spine.connect({ ...admin, tenant: 'other' });
    expect(await refusedCommand(stranger, call('counter.count'))).toMatchObject({ code: 'NO_RESPONDERS' });
    expect(await expectSilence(counter)).toEqual([]);
    await stranger.close();
  });

  it.each(['', 'counter', 'counter.', '.count', 'counter..count', 'Counter.count', 'counter.1st', 'counter.c-d', 'counter.*', 'sys.calls:counter', 'counter.count\n', `counter.${'x'.repeat(121)}`])('of "%s" is refused', async (name) => {
    expect(await refusedCommand(caller, call(name))).toMatchObject({ code: 'INVALID_ARGUMENT', field: 'name' });
  });

  it('with the longest name passes, and with arguments that fit no envelope is refused', async () => {
    const longest = `counter.${'x'.repeat(120)}`;
    expect((await refusedCommand(caller, call('counter.large', new Uint8Array(262_144 - 60)))).code).toBe('ENVELOPE_TOO_LARGE');
    expect(records('counter.large')).toEqual([['call', 'root', 'acme', 'refused', 'ENVELOPE_TOO_LARGE']]);
    expect(await command(caller, call(longest, new Uint8Array(262_144 - 300)))).toMatchObject({ case: 'done' });
    expect(fromBinary(CallSchema, eventOf(await nextDelivered(counter))).args).toHaveLength(262_144 - 300);
  });

  it('cannot be forged: in the room of calls the bus alone publishes, and services create channels', async () => {
    const forger = await spine.connect({ ...service, sub: 'forger', roles: ['service', 'admin'], publish: ['sys.*', 'sys.calls:counter'] });
    expect(codesOf(await sendRuns(forger, [ackedRun({ room: 'sys.calls', channel: 'counter' }, 1n, 1n, ['forged'])]))).toEqual(['NOT_PERMITTED']);
    expect(await command(forger, { case: 'createChannel', value: { room: 'sys.calls', channel: 'made' } })).toMatchObject({ case: 'channel' });
    expect(await expectSilence(counter)).toEqual([]);
    await forger.close();
  });
});

function eventOf({ envelope: { body } }: { envelope: Envelope }): Uint8Array {
  if (body.case !== 'event') throw new Error('no event');
  return body.value.payload;
}

describe('call between two Spines on one store', () => {
  let store: TestStore;
  let issuer: TestIssuer;
  let spines: RunningSpine[];
  beforeAll(async () => {
    [store, issuer] = await Promise.all([startStore('redis'), createTestIssuer()]);
    const settings = { ...store.settings, ARQON_SPINE_HISTORY_SPINES: 'many' };
    spines = await Promise.all([1, 2].map((number) => startSpineProcess({ ...settings, ARQON_SPINE_NODE_ID: `spine-${String(number)}` }, issuer)));
  }, 180_000);
  afterAll(async () => {
    for (const spine of spines) await spine.process.stop('SIGTERM');
    await store.stop();
    await issuer.close();
  });

  it('reaches a service of the other, whose answer comes back', async () => {
    const counter = await spines[1].connect(service);
    await join(counter, 'sys.calls', 'counter');
    const caller = await spines[0].connect(admin);
    await command(caller, { case: 'join', value: {} });
    const id = newId();
    await commandFrame(caller, call('counter.count'), id);
    const called = await nextDelivered(counter);
    expect(called.batch.stamp?.sender).toBe('root');
    await answer(counter, called, '18');
    expect(answerOf(await nextDelivered(caller))).toEqual({ requestId: Buffer.from(id), text: '18' });
  });

  it('to nobody is taken: none of them knows who follows the others', async () => {
    const caller = await spines[0].connect(admin);
    expect(await command(caller, call('absent.count'))).toMatchObject({ case: 'done' });
  });
});
