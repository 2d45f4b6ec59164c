import type { RawWireClient } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ackedRun, codesOf, sendRuns, signalsOf } from './runs.js';
import { bodiesOf, startSpineProcess, type RunningSpine } from './spine-process.js';
import { command, commandFrame, expectSilence, join, publish, readError, readEvents, refusedCommand } from './wire.js';

describe('refresh_token', () => {
  let spine: RunningSpine;
  let writer: RawWireClient;
  beforeAll(async () => {
    spine = await startSpineProcess({ ARQON_SPINE_AUTH_EXPIRY_NOTICE_MS: '4000', ARQON_SPINE_HEARTBEAT_MS: '1000' });
    writer = await spine.connect({ sub: 'writer', publish: ['*'], roles: ['service'] });
  });
  afterAll(async () => { await spine.stop(); });

  it('gives the rights of the new token, ends what it no longer covers and keeps the rest (F23)', async () => {
    const client = await spine.connect({ sub: 'a', subscribe: ['one', 'two', 'wide'], publish: ['one'] });
    for (const room of ['one', 'two']) await join(client, room);
    await command(client, { case: 'join', value: { room: 'wide', allChannels: true } });
    const token = await spine.issuer.token({ sub: 'a', subscribe: ['one'], publish: ['two'], ttlSeconds: 1_200 });
    const frame = await commandFrame(client, { case: 'refreshToken', value: { token } });
    const ended = frame.batches.filter((batch) => batch.envelopes[0]?.body.case === 'error');
    expect(ended).toMatchObject([{ room: 'two', envelopes: [{ body: { value: { code: 'NOT_PERMITTED', field: 'subscription' } } }] }, { room: 'wide' }]);
    const reply = bodiesOf(frame).find((body) => body.case === 'reply')?.value.body;
    if (reply?.case !== 'tokenRefreshed') throw new Error('not refreshed');
    expect(Math.abs(Number(reply.value.expiresAtUs / 1_000n) - Date.now() - 1_200_000)).toBeLessThan(30_000);
    for (const room of ['one', 'two', 'wide']) await publish(writer, { room, payloads: [room] });
    expect(await readEvents(client, 1)).toMatchObject([{ text: 'one' }]);
    expect(await expectSilence(client)).toEqual([]);
    expect(codesOf(await sendRuns(client, [ackedRun({ room: 'one' }, 1n, 1n, ['x']), ackedRun({ room: 'two' }, 1n, 1n, ['x'])]))).toEqual(['NOT_PERMITTED', 'ok']);
    expect(await refusedCommand(client, { case: 'join', value: { room: 'two' } })).toMatchObject({ code: 'NOT_PERMITTED' });
    await client.close();
  });

  it.each<[string, { tenant?: string; sub?: string; ttlSeconds?: number }, string]>([
    ['another tenant', { tenant: 'beta' }, 'TOKEN_MISMATCH'], ['another client', { sub: 'b' }, 'TOKEN_MISMATCH'], ['an expired token', { ttlSeconds: -60 }, 'UNAUTHENTICATED'],
  ])('closes with 4401 for %s, told why (F23)', async (_name, change, code) => {
    const client = await spine.connect({ sub: 'a' });
    const token = await spine.issuer.token({ sub: 'a', ...change });
    expect(await refusedCommand(client, { case: 'refreshToken', value: { token } })).toMatchObject({ code });
    expect((await client.closed).code).toBe(4401);
  });

  it('that does not come is asked for, and the session ends with its token', async () => {
    const startedMs = Date.now();
    const client = await spine.connect({ sub: 'short', ttlSeconds: 4 });
    const notice = await client.next((frame) => signalsOf(frame).length > 0);
    expect(signalsOf(notice)[0]?.case).toBe('tokenExpiring');
    expect((await client.closed).code).toBe(4401);
    expect(Date.now() - startedMs).toBeGreaterThan(2_500);
    // Far less than the tolerance that clocks are given in many systems, which would be half a minute.
    expect(Date.now() - startedMs).toBeLessThan(20_000);
  });

  it('in time moves the end', async () => {
    const client = await spine.connect({ sub: 'mover', ttlSeconds: 5 });
    const endsMs = Date.now() + 5_000;
    await client.next((frame) => signalsOf(frame).length > 0);
    await command(client, { case: 'refreshToken', value: { token: await spine.issuer.token({ sub: 'mover', ttlSeconds: 600 }) } });
    do expect((await client.next()).batches).toEqual([]);
    while (Date.now() < endsMs);
    await command(client, { case: 'ping', value: {} });
    await client.close();
  });

  it('while joins wait decides about them too', async () => {
    const filler = 'x'.repeat(60_000);
    for (let n = 0; n < 120; n += 1) await publish(writer, { room: 'long', payloads: [filler] });
    const reader = await spine.connect({ sub: 'waiting', subscribe: ['long'] });
    const info = await command(reader, { case: 'channelInfo', value: { room: 'long', channel: '' } });
    const epoch = info.case === 'channel' ? info.value.epoch : 0n;
    reader.pause();
    const joining = refusedCommand(reader, { case: 'join', value: { room: 'long', resume: [{ channel: '', epoch, sequence: 0n }] } });
    const refreshing = command(reader, { case: 'refreshToken', value: { token: await spine.issuer.token({ sub: 'waiting' }) } });
    await expect.poll(async () => (await (await fetch(`${spine.adminUrl}/metrics`)).text()).includes('arqon_commands_total{command="refreshToken"'), { timeout: 15_000 }).toBe(true);
    reader.resume();
    await refreshing;
    expect(await joining).toMatchObject({ code: 'NOT_PERMITTED' });
    await publish(writer, { room: 'long', payloads: ['secret'] });
    expect((await expectSilence(reader)).some((event) => event.text === 'secret')).toBe(false);
    await reader.close();
  });

  it('keeps an idle session alive by heartbeats', async () => {
    const startedMs = Date.now();
    const client = await spine.connect({ sub: 'idle' });
    for (let n = 0; n < 3; n += 1) expect((await client.next()).batches).toEqual([]);
    expect(Date.now() - startedMs).toBeGreaterThan(1_700);
    await client.close();
    await expect(readError(client)).rejects.toThrow();
  });
});
