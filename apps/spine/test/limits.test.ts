import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ackedRun, codesOf, sendRuns } from './runs.js';
import { bodiesOf, newId, startSpineProcess, type RunningSpine } from './spine-process.js';
import { command, join, publish, readEvents, refusedCommand } from './wire.js';

const everything = { tenant: 'acme', publish: ['*', '@*'], subscribe: ['*'], roles: ['service', 'operator'] };

describe('limits', () => {
  let spine: RunningSpine;
  beforeAll(async () => {
    spine = await startSpineProcess({
      ARQON_SPINE_LIMITS_MAX_TOPICS_PER_SESSION_COUNT: '5', ARQON_SPINE_LIMITS_MAX_ROOMS_PER_TENANT_COUNT: '4',
      ARQON_SPINE_LIMITS_MAX_TOPICS_PER_TENANT_COUNT: '1100', ARQON_SPINE_LIMITS_MAX_TENANTS_COUNT: '3', ARQON_SPINE_LIMITS_MAX_SESSIONS_COUNT: '12',
    });
  });
  afterAll(async () => { await spine.stop(); });

  it('bound the topics that a session follows, rooms counted as one; leaving frees a place', async () => {
    const client = await spine.connect({ ...everything, tenant: 'topics', sub: 'a' });
    for (const channel of ['a', 'b', 'c', 'd']) await join(client, 'one', channel);
    await command(client, { case: 'join', value: { room: 'two', allChannels: true } });
    expect(await refusedCommand(client, { case: 'join', value: { room: 'one', channel: 'e' } })).toMatchObject({ code: 'TOO_MANY_TOPICS' });
    expect(await refusedCommand(client, { case: 'join', value: { room: 'three', allChannels: true } })).toMatchObject({ code: 'TOO_MANY_TOPICS' });
    await join(client, 'one', 'a');
    await command(client, { case: 'leave', value: { room: 'one', channel: 'a' } });
    await join(client, 'one', 'e');
    await client.close();
  });

  it('bound joins that wait behind each other as those that are made', async () => {
    const client = await spine.connect({ ...everything, tenant: 'topics', sub: 'b' });
    const envelopes = Array.from({ length: 8 }, (_, n) => ({ id: newId(), body: { case: 'command' as const, value: { body: { case: 'join' as const, value: { room: 'one', channel: `w${String(n)}` } } } } }));
    await client.sendFrame({ batches: [{ envelopes }] });
    const answers = [];
    while (answers.length < 8) answers.push(...bodiesOf(await client.next()).flatMap((body) => (body.case === 'reply' || body.case === 'error' ? [body.case] : [])));
    expect(answers).toEqual([...Array.from({ length: 5 }, () => 'reply'), ...Array.from({ length: 3 }, () => 'error')]);
    await client.close();
  });

  it('bound the rooms of a tenant, and a refused one leaves nothing behind', async () => {
    const client = await spine.connect({ ...everything, sub: 'c' });
    const codes = async (rooms: string[]): Promise<string[]> => codesOf(await sendRuns(client, rooms.map((room) => ackedRun({ room }, 1n, 1n, ['x']))));
    expect(await codes(['r1', 'r2', 'r3', 'r4', 'r5'])).toEqual(['ok', 'ok', 'ok', 'ok', 'TOO_MANY_TOPICS']);
    expect(await refusedCommand(client, { case: 'join', value: { room: 'r6' } })).toMatchObject({ code: 'TOO_MANY_TOPICS' });
    expect(await refusedCommand(client, { case: 'createChannel', value: { room: 'r6', channel: '' } })).toMatchObject({ code: 'TOO_MANY_TOPICS' });
    expect(JSON.parse(readFileSync(spine.auditFile, 'utf8').trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ action: 'channel.create', target: 'r6', outcome: 'refused', code: 'TOO_MANY_TOPICS' });
    await command(client, { case: 'deleteChannel', value: { room: 'r1', channel: '' } });
    expect(await codes(['r5'])).toEqual(['ok']);
    await client.close();
  });

  it('bound the channels of a room that is joined whole, and the topics of a tenant', async () => {
    const client = await spine.connect({ ...everything, sub: 'd' });
    for (const room of ['r2', 'r3', 'r4', 'r5']) await command(client, { case: 'deleteChannel', value: { room, channel: '' } });
    for (let from = 0; from < 1_025; from += 205) {
      await client.sendFrame({ batches: Array.from({ length: 205 }, (_, n) => ackedRun({ room: 'full', channel: `c${String(from + n)}` }, 1n, 1n, ['x'])) });
      await command(client, { case: 'ping', value: {} });
    }
    expect(await refusedCommand(client, { case: 'join', value: { room: 'full', allChannels: true } })).toMatchObject({ code: 'LIMIT' });
    expect(await refusedCommand(client, { case: 'listChannels', value: { room: 'full' } })).toMatchObject({ code: 'LIMIT' });
    const other = await spine.connect({ ...everything, sub: 'e' });
    for (let n = 1_025; n < 1_100; n += 1) await publish(other, { room: 'full', channel: `c${String(n)}`, payloads: ['x'] });
    expect(codesOf(await sendRuns(other, [ackedRun({ room: 'other' }, 2n, 1n, ['x'])]))).toEqual(['TOO_MANY_TOPICS']);
    for (let n = 0; n < 76; n += 1) await command(client, { case: 'deleteChannel', value: { room: 'full', channel: `c${String(n)}` } });
    const joined = await command(client, { case: 'join', value: { room: 'full', allChannels: true } });
    expect(joined.case === 'joined' ? joined.value.positions.length : 0).toBe(1_024);
    expect(codesOf(await sendRuns(other, ['n1', 'n2', 'n3'].map((room) => ackedRun({ room }, 2n, 1n, ['x']))))).toEqual(['ok', 'ok', 'ok']);
    await Promise.all([client.close(), other.close()]);
  });

  it('bound tenants without harm to the process: one too many is told to come back', async () => {
    const third = await spine.connect({ ...everything, tenant: 'third', sub: 'x' });
    const fourth = await spine.connect({ ...everything, tenant: 'fourth', sub: 'x' }).then((client) => client.closed, (error: unknown) => error);
    expect(fourth).toBeDefined();
    expect((fourth as { code?: number; status?: number }).code ?? (fourth as { status?: number }).status).toSatisfy((code: number) => [4000, 4503, 503].includes(code));
    await command(third, { case: 'ping', value: {} });
    await third.close();
  });

  it('bound sessions: one too many is refused with 503', async () => {
    const open = [];
    while (open.length < 12) open.push(await spine.connect({ ...everything, sub: 'many' }));
    await expect(spine.connect({ ...everything, sub: 'many' })).rejects.toMatchObject({ status: 503 });
    await open.pop()?.close();
    await expect.poll(() => spine.connect({ ...everything, sub: 'many' }).then((client) => client.close()).then(() => 'in', () => 'refused'), { timeout: 15_000 }).toBe('in');
    await Promise.all(open.map((client) => client.close()));
  });
});

describe('rooms that do not come by themselves', () => {
  let spine: RunningSpine;
  beforeAll(async () => { spine = await startSpineProcess({ ARQON_SPINE_ROOMS_AUTO_CREATE: 'false' }); });
  afterAll(async () => { await spine.stop(); });

  it('are ROOM_NOT_FOUND until they are created', async () => {
    const client = await spine.connect({ ...everything, sub: 'a' });
    expect(codesOf(await sendRuns(client, [ackedRun({ room: 'r' }, 1n, 1n, ['x'])]))).toEqual(['ROOM_NOT_FOUND']);
    expect(await refusedCommand(client, { case: 'join', value: { room: 'r' } })).toMatchObject({ code: 'ROOM_NOT_FOUND' });
    expect(await refusedCommand(client, { case: 'join', value: { room: 'r', allChannels: true } })).toMatchObject({ code: 'ROOM_NOT_FOUND' });
    await command(client, { case: 'createChannel', value: { room: 'r', channel: '' } });
    await join(client, 'r');
    expect(codesOf(await sendRuns(client, [ackedRun({ room: 'r' }, 1n, 1n, ['x']), ackedRun({ room: 'r', channel: 'c' }, 1n, 1n, ['x'])]))).toEqual(['ok', 'ROOM_NOT_FOUND']);
    expect(await readEvents(client, 1)).toMatchObject([{ text: 'x' }]);
    await client.close();
  });

  it('answer who may not publish there as any other forbidden room', async () => {
    const client = await spine.connect({ sub: 'b', publish: ['mine'], subscribe: ['mine'] });
    expect(codesOf(await sendRuns(client, [ackedRun({ room: 'r' }, 1n, 1n, ['x']), ackedRun({ room: 'zzz' }, 1n, 1n, ['x'])]))).toEqual(['NOT_PERMITTED', 'NOT_PERMITTED']);
    await client.close();
  });
});
