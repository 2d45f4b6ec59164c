import { verifyAuditFile } from '@arqonbus/telemetry';
import type { RawWireClient } from '@arqonbus/testkit';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ackedRun, codesOf, readGap, sendRuns } from './runs.js';
import { newId, startSpineProcess, type RunningSpine } from './spine-process.js';
import { command, join, publish, readError, readEvents, refusedCommand } from './wire.js';

const everything = { tenant: 'acme', publish: ['*'], subscribe: ['*'], roles: ['client', 'operator'] };

describe('commands', () => {
  let spine: RunningSpine;
  let client: RawWireClient;
  beforeAll(async () => {
    spine = await startSpineProcess();
    client = await spine.connect({ ...everything, sub: 'client' });
  });
  afterAll(async () => { await spine.stop(); });

  function auditLines(): { action: string; actor: string; tenant: string; target: string; outcome: string; code?: string }[] {
    return readFileSync(spine.auditFile, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as ReturnType<typeof auditLines>[number]);
  }

  it('ping tells the time of the server', async () => {
    const beforeMs = Date.now();
    const reply = await command(client, { case: 'ping', value: {} });
    const serverMs = reply.case === 'pong' ? Number(reply.value.timeUs / 1_000n) : Number.NaN;
    expect(serverMs).toBeGreaterThan(beforeMs - 1_000);
    expect(serverMs).toBeLessThan(Date.now() + 1_000);
  });

  it('status tells of the server and of this session alone', async () => {
    await join(client, 'status');
    expect(await command(client, { case: 'status', value: {} })).toMatchObject({
      case: 'status', value: { readiness: 'Ready', reasons: [], clientId: 'client', topics: 1 },
    });
  });

  it('help lists the commands', async () => {
    const reply = await command(client, { case: 'help', value: {} });
    const names = reply.case === 'help' ? reply.value.entries.map((entry) => entry.command) : [];
    expect(names).toEqual(['ping', 'join', 'leave', 'status', 'list_channels', 'channel_info', 'create_channel', 'delete_channel', 'history_get', 'history_replay', 'help', 'refresh_token', 'task_ack', 'call', 'erase']);
  });

  it('that name nothing known are refused', async () => {
    await client.sendFrame({ batches: [{ envelopes: [{ id: newId(), body: { case: 'command', value: {} } }] }] });
    expect(['UNKNOWN_COMMAND', 'INVALID_ENVELOPE']).toContain((await readError(client)).code);
  });

  it('of one batch are answered in order, each once', async () => {
    const ids = [newId(), newId(), newId()];
    const ping = { case: 'ping' as const, value: {} };
    const bad = { case: 'join' as const, value: { room: 'No Spaces' } };
    await client.sendFrame({ batches: [{ envelopes: ids.map((id, index) => ({ id, body: { case: 'command' as const, value: { body: index === 1 ? bad : ping } } })) }] });
    const frame = await client.next((candidate) => candidate.batches.length === 3);
    expect(frame.batches.map((batch) => batch.envelopes[0]?.body.case)).toEqual(['reply', 'error', 'reply']);
    const answered = frame.batches.map((batch) => batch.envelopes[0]?.body).map((body) => (body?.case === 'reply' || body?.case === 'error' ? Buffer.from(body.value.requestId) : undefined));
    expect(answered).toEqual(ids.map((id) => Buffer.from(id)));
  });

  it('whose batch is refused do not run', async () => {
    const create = { id: newId(), body: { case: 'command' as const, value: { body: { case: 'createChannel' as const, value: { room: 'routed', channel: 'x' } } } } };
    await client.sendFrame({ batches: [{ room: 'somewhere', envelopes: [create] }] });
    expect(await readError(client)).toMatchObject({ code: 'INVALID_ARGUMENT', requestId: Buffer.from(create.id) });
    expect(await refusedCommand(client, { case: 'channelInfo', value: { room: 'routed', channel: 'x' } })).toMatchObject({ code: 'NOT_PERMITTED' });
  });

  it.each<[string, Parameters<typeof command>[1], string]>([
    ['a room outside the grammar', { case: 'join', value: { room: 'No Spaces' } }, 'INVALID_NAME'],
    ['a channel outside the grammar', { case: 'createChannel', value: { room: 'a', channel: 'b:c' } }, 'INVALID_NAME'],
    ['a room of 129 bytes', { case: 'listChannels', value: { room: 'a'.repeat(129) } }, 'INVALID_NAME'],
    ['all channels and one', { case: 'join', value: { room: 'a', channel: 'b', allChannels: true } }, 'INVALID_ARGUMENT'],
    ['a window that ends before it begins', { case: 'historyGet', value: { room: 'status', fromSequence: 5n, toSequence: 4n } }, 'INVALID_ARGUMENT'],
    ['a number above 2^53', { case: 'historyGet', value: { room: 'status', fromSequence: 2n ** 60n } }, 'INVALID_ARGUMENT'],
  ])('with %s are refused', async (_name, body, code) => {
    expect(await refusedCommand(client, body)).toMatchObject({ code });
  });

  it('create, list, describe and delete channels, each creation and deletion with its audit record (C5)', async () => {
    expect(await command(client, { case: 'createChannel', value: { room: 'plans', channel: 'a' } })).toMatchObject({ case: 'channel', value: { room: 'plans', channel: 'a', sequence: 0n, subscribers: 0 } });
    expect(await refusedCommand(client, { case: 'createChannel', value: { room: 'plans', channel: 'a' } })).toMatchObject({ code: 'CHANNEL_EXISTS' });
    await publish(client, { room: 'plans', channel: 'a', payloads: ['x', 'y'] });
    await join(client, 'plans', 'b');
    const list = await command(client, { case: 'listChannels', value: { room: 'plans' } });
    expect(list).toMatchObject({ case: 'channels', value: { channels: [{ channel: 'a', sequence: 2n, historyEvents: 2n, firstSequence: 1n, subscribers: 0 }, { channel: 'b', subscribers: 1 }] } });
    expect(await command(client, { case: 'channelInfo', value: { room: 'plans', channel: 'a' } })).toMatchObject({ case: 'channel', value: { sequence: 2n } });
    expect(await command(client, { case: 'deleteChannel', value: { room: 'plans', channel: 'a' } })).toMatchObject({ case: 'done' });
    expect(await refusedCommand(client, { case: 'channelInfo', value: { room: 'plans', channel: 'a' } })).toMatchObject({ code: 'NOT_PERMITTED' });
    const reader = await spine.connect({ ...everything, roles: ['client'], sub: 'reader' });
    expect(await refusedCommand(reader, { case: 'deleteChannel', value: { room: 'plans', channel: 'b' } })).toMatchObject({ code: 'NOT_PERMITTED' });
    expect(await refusedCommand(client, { case: 'deleteChannel', value: { room: 'plans', channel: 'zzz' } })).toMatchObject({ code: 'NOT_PERMITTED' });
    const records = auditLines().filter((record) => record.target.startsWith('plans'));
    expect(records.map(({ action, actor, target, outcome, code, tenant }) => [action, actor, tenant, target, outcome, code])).toEqual([
      ['channel.create', 'client', 'acme', 'plans:a', 'done', undefined],
      ['channel.create', 'client', 'acme', 'plans:a', 'refused', 'CHANNEL_EXISTS'],
      ['channel.delete', 'client', 'acme', 'plans:a', 'done', undefined],
      ['channel.delete', 'reader', 'acme', 'plans:b', 'refused', 'NOT_PERMITTED'],
      ['channel.delete', 'client', 'acme', 'plans:zzz', 'refused', 'NOT_PERMITTED'],
    ]);
    expect(await verifyAuditFile(spine.auditFile)).toMatchObject({ ok: true });
    await reader.close();
  });

  it('of two clients at once create a channel only once', async () => {
    const other = await spine.connect({ ...everything, sub: 'other' });
    const create = { case: 'createChannel' as const, value: { room: 'race', channel: 'x' } };
    const outcomes = await Promise.allSettled([command(client, create), command(other, create)]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
    await other.close();
  });

  it('delete a followed channel into a new epoch, told by gap, and producers begin anew (C5)', async () => {
    const joined = await join(client, 'gone', 'x');
    const before = joined.case === 'joined' ? joined.value.positions[0]?.epoch ?? 0n : 0n;
    await sendRuns(client, [ackedRun({ room: 'gone', channel: 'x' }, 1n, 1n, ['a'])]);
    await readEvents(client, 1);
    await command(client, { case: 'deleteChannel', value: { room: 'gone', channel: 'x' } });
    const gap = await readGap(client);
    expect(gap).toMatchObject({ room: 'gone', channel: 'x', reason: 'EPOCH_CHANGED', after: { epoch: before, sequence: 1n }, resumesAt: { sequence: 0n } });
    expect(gap.resumesAt?.epoch).toBeGreaterThan(before);
    expect(codesOf(await sendRuns(client, [ackedRun({ room: 'gone', channel: 'x' }, 1n, 2n, ['b'])]))).toEqual(['PRODUCER_UNKNOWN']);
    expect(codesOf(await sendRuns(client, [ackedRun({ room: 'gone', channel: 'x' }, 1n, 1n, ['b'])]))).toEqual(['ok']);
    expect(await readEvents(client, 1)).toMatchObject([{ sequence: 1n, epoch: gap.resumesAt?.epoch, text: 'b' }]);
  });

  it('leave what was never joined without harm', async () => {
    expect(await command(client, { case: 'leave', value: { room: 'never', channel: 'x' } })).toMatchObject({ case: 'left' });
    expect(await command(client, { case: 'leave', value: { room: 'never', allChannels: true } })).toMatchObject({ case: 'left' });
  });
});
