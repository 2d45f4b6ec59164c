import type { RawWireClient } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ackedRun, codesOf, readAnswers, sendRuns, textEvent, type BatchInit } from './runs.js';
import { newId, startSpineProcess, type RunningSpine } from './spine-process.js';
import { command, expectSilence, join, publish, readError, readEvents, refusedCommand } from './wire.js';

describe('rights', () => {
  let spine: RunningSpine;
  beforeAll(async () => { spine = await startSpineProcess(); });
  afterAll(async () => { await spine.stop(); });
  const run = (room: string, channel = ''): BatchInit => ackedRun({ room, channel }, 1n, 1n, ['x']);

  it('bound publishing by the patterns of the token (C6, C16)', async () => {
    const client = await spine.connect({ sub: 'p', publish: ['plans', 'notes:own-*'] });
    const answers = await sendRuns(client, [run('plans'), run('plans', 'x'), run('notes', 'own-1'), run('notes'), run('notes', 'other'), run('plansx'), run('sys.log'), run('continuum.episodes')]);
    expect(codesOf(answers)).toEqual(['ok', 'ok', 'ok', ...Array.from({ length: 5 }, () => 'NOT_PERMITTED')]);
    await client.close();
  });

  it('bound subscribing, history, lists and descriptions by the patterns of the token', async () => {
    const all = await spine.connect({ sub: 'all', publish: ['*'] });
    for (const channel of ['own-1', 'other', '']) await sendRuns(all, [run('notes2', channel)]);
    const client = await spine.connect({ sub: 's', subscribe: ['notes2:own-*'] });
    await join(client, 'notes2', 'own-1');
    for (const body of [
      { case: 'join' as const, value: { room: 'notes2' } }, { case: 'join' as const, value: { room: 'notes2', allChannels: true } },
      { case: 'join' as const, value: { room: 'elsewhere' } }, { case: 'historyGet' as const, value: { room: 'notes2', channel: 'other' } },
      { case: 'channelInfo' as const, value: { room: 'notes2', channel: 'other' } }, { case: 'listChannels' as const, value: { room: 'elsewhere' } },
      { case: 'createChannel' as const, value: { room: 'notes2', channel: 'own-2' } }, { case: 'deleteChannel' as const, value: { room: 'notes2', channel: 'own-1' } },
    ]) expect(await refusedCommand(client, body)).toMatchObject({ code: 'NOT_PERMITTED' });
    const list = await command(client, { case: 'listChannels', value: { room: 'notes2' } });
    expect(list.case === 'channels' ? list.value.channels.map((channel) => channel.channel) : []).toEqual(['own-1']);
    await Promise.all([all.close(), client.close()]);
  });

  it('keep reserved rooms to the role service and to the capability', async () => {
    const patterns = { publish: ['*', 'sys.*', 'continuum.*'], subscribe: ['*'] };
    const codes = async (token: object): Promise<string[]> => {
      const client = await spine.connect({ ...patterns, sub: 'r', ...token });
      const answers = codesOf(await sendRuns(client, [run('sys.log'), run('continuum.episodes')]));
      await client.close();
      return answers;
    };
    expect(await codes({})).toEqual(['NOT_PERMITTED', 'NOT_PERMITTED']);
    expect(await codes({ roles: ['admin'], sub: 'r2' })).toEqual(['NOT_PERMITTED', 'NOT_PERMITTED']);
    expect(await codes({ roles: ['service'], sub: 'r3' })).toEqual(['ok', 'ok']);
    expect(await codes({ capabilities: ['continuum.produce'], sub: 'r4' })).toEqual(['NOT_PERMITTED', 'ok']);
  });

  it('absent mean none', async () => {
    const client = await spine.connect({ sub: 'none', overrides: { rooms: undefined, roles: undefined, capabilities: undefined } });
    expect(codesOf(await sendRuns(client, [run('plans')]))).toEqual(['NOT_PERMITTED']);
    expect(await refusedCommand(client, { case: 'join', value: { room: 'plans' } })).toMatchObject({ code: 'NOT_PERMITTED' });
    await client.close();
  });
});

describe('inboxes', () => {
  let spine: RunningSpine;
  beforeAll(async () => { spine = await startSpineProcess(); });
  afterAll(async () => { await spine.stop(); });

  it('are received from the start by every session of their client, and need publish on @recipient (C2)', async () => {
    const sender = await spine.connect({ sub: 'sender', publish: ['@bob*'] });
    const bobs = [await spine.connect({ sub: 'bob' }), await spine.connect({ sub: 'bob' })];
    const [first] = await sendRuns(sender, [ackedRun({ recipient: 'bob' }, 1n, 1n, ['hello'])]);
    expect(first).toMatchObject({ sequence: 1n, count: 1 });
    for (const bob of bobs) {
      const frame = await bob.next((candidate) => candidate.batches.some((batch) => batch.envelopes.length > 0));
      expect(frame.batches[0]).toMatchObject({ room: '', recipient: 'bob', recipientSession: 0n, stamp: { sequence: 1n, sender: 'sender' } });
    }
    expect(codesOf(await sendRuns(sender, [ackedRun({ recipient: 'carol' }, 1n, 1n, ['x'])]))).toEqual(['NOT_PERMITTED']);
    const late = await spine.connect({ sub: 'bob' });
    await sendRuns(sender, [ackedRun({ recipient: 'bob' }, 1n, 2n, ['again'])]);
    expect((await readEvents(late, 1))[0]).toMatchObject({ text: 'again', sequence: 2n });
    await Promise.all([sender, late, ...bobs].map((client) => client.close()));
  });

  it('are resumed from a position, and their names checked', async () => {
    const sender = await spine.connect({ sub: 'sender', publish: ['@*', '@dora'] });
    await sendRuns(sender, [ackedRun({ recipient: 'dora' }, 2n, 1n, ['while away'])]);
    expect(codesOf(await sendRuns(sender, [ackedRun({ recipient: 'no spaces' }, 2n, 1n, ['x'])]))).toEqual(['INVALID_NAME']);
    const dora = await spine.connect({ sub: 'dora' });
    const joined = await command(dora, { case: 'join', value: {} });
    expect(joined).toMatchObject({ case: 'joined', value: { positions: [{ channel: '', sequence: 1n }] } });
    const epoch = joined.case === 'joined' ? joined.value.positions[0]?.epoch ?? 0n : 0n;
    const again = await spine.connect({ sub: 'dora' });
    await command(again, { case: 'leave', value: { room: 'x' } });
    const history = await command(again, { case: 'historyGet', value: { recipient: 'dora' } });
    expect(history).toMatchObject({ case: 'history', value: { epoch, complete: true } });
    await Promise.all([sender, dora, again].map((client) => client.close()));
  });

  it('carry the session that a run is for, to all sessions of the client', async () => {
    const sender = await spine.connect({ sub: 'sender', publish: ['@erin'] });
    const erins = [await spine.connect({ sub: 'erin' }), await spine.connect({ sub: 'erin' })];
    const status = await command(erins[0], { case: 'status', value: {} });
    const session = status.case === 'status' ? status.value.session : 0n;
    await publish(sender, { recipient: 'erin', recipientSession: session, payloads: ['one of you'] });
    for (const erin of erins) {
      const frame = await erin.next((candidate) => candidate.batches.some((batch) => batch.envelopes.length > 0));
      expect(frame.batches[0]).toMatchObject({ recipient: 'erin', recipientSession: session });
    }
    expect(codesOf(await sendRuns(sender, [{ room: 'plans', recipientSession: 5n, ack: true, producer: 1n, run: 1n, envelopes: [textEvent('x')] }]))).toEqual(['INVALID_ARGUMENT']);
    await Promise.all([sender, ...erins].map((client) => client.close()));
  });
});

describe('requests', () => {
  let spine: RunningSpine;
  let asker: RawWireClient;
  let answerer: RawWireClient;
  beforeAll(async () => {
    spine = await startSpineProcess();
    asker = await spine.connect({ sub: 'asker', publish: ['*'], subscribe: ['*'] });
    answerer = await spine.connect({ sub: 'answerer', subscribe: ['desk', 'wide'] });
    await join(answerer, 'desk');
  });
  afterAll(async () => { await spine.stop(); });

  const request = (room: string, id = newId()): BatchInit => ({ room, envelopes: [textEvent('?', { id, headers: { 'arqon-expects': 'reply' } })] });
  const reply = (recipient: string, requestId: Uint8Array, recipientSession = 0n): BatchInit => ({
    recipient, recipientSession,
    envelopes: [{ id: newId(), body: { case: 'reply', value: { requestId, body: { case: 'event', value: { type: 'text/plain', payload: new TextEncoder().encode('!') } } } } }],
  });

  it('are answered without any right to publish, to the session that asked (C2)', async () => {
    const id = newId();
    await asker.sendFrame({ batches: [request('desk', id)] });
    const asked = await answerer.next((frame) => frame.batches.some((batch) => batch.envelopes.length > 0));
    const stamp = asked.batches[0]?.stamp;
    await answerer.sendFrame({ batches: [reply(stamp?.sender ?? '', id, stamp?.session)] });
    const answer = await asker.next((frame) => frame.batches.some((batch) => batch.recipient === 'asker'));
    expect(answer.batches[0]).toMatchObject({ recipientSession: stamp?.session, stamp: { sender: 'answerer' }, envelopes: [{ body: { case: 'reply', value: { requestId: Buffer.from(id), body: { case: 'event' } } } }] });
    expect(codesOf(await sendRuns(answerer, [ackedRun({ recipient: 'asker' }, 3n, 1n, ['no right'])]))).toEqual(['NOT_PERMITTED']);
  });

  it('to nobody are refused at once, and reach a room-wide follower', async () => {
    await asker.sendFrame({ batches: [request('wide')] });
    expect(await readError(asker)).toMatchObject({ code: 'NO_RESPONDERS' });
    await join(asker, 'wide');
    await asker.sendFrame({ batches: [request('wide')] });
    expect(await readError(asker)).toMatchObject({ code: 'NO_RESPONDERS' });
    await command(answerer, { case: 'join', value: { room: 'wide', allChannels: true } });
    await asker.sendFrame({ batches: [request('wide')] });
    expect(await readEvents(answerer, 1)).toMatchObject([{ text: '?', sequence: 1n }]);
    expect(await readEvents(asker, 1)).toMatchObject([{ sender: 'asker' }]);
  });

  it('are not answered by who did not get them, nor to another than the sender, nor twice removed', async () => {
    const id = newId();
    await asker.sendFrame({ batches: [request('desk', id)] });
    await readEvents(answerer, 1);
    const outsider = await spine.connect({ sub: 'outsider' });
    await outsider.sendFrame({ batches: [reply('asker', id)] });
    await answerer.sendFrame({ batches: [reply('outsider', id), reply('asker', newId()), reply('asker', id, 12_345n)] });
    expect(await readError(outsider)).toMatchObject({ code: 'UNKNOWN_REQUEST' });
    expect(codesOf(await readAnswers(answerer, 3))).toEqual(['UNKNOWN_REQUEST', 'UNKNOWN_REQUEST', 'UNKNOWN_REQUEST']);
    expect(await expectSilence(asker)).toEqual([]);
    await outsider.close();
  });

  it('answered falsely too often close the session with 4400, told why (F17)', async () => {
    const forger = await spine.connect({ sub: 'forger' });
    for (let n = 0; n < 17; n += 1) {
      await forger.sendFrame({ batches: [reply('asker', newId())] });
      expect(await readError(forger)).toMatchObject({ code: 'UNKNOWN_REQUEST' });
    }
    expect((await forger.closed).code).toBe(4400);
  });
});
