import { ErasedSchema, type Frame } from '@arqonbus/proto';
import { erasedEventType } from '@arqonbus/storage';
import { verifyAuditFile } from '@arqonbus/telemetry';
import type { RawWireClient } from '@arqonbus/testkit';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headOf, replay } from './replays.js';
import { startSpineProcess, type RunningSpine } from './spine-process.js';
import { command, commandFrame, join, publish, readEvents, refusedCommand } from './wire.js';

const everything = { tenant: 'acme', publish: ['*'], subscribe: ['*'] };

describe('erase', () => {
  let spine: RunningSpine;
  let admin: RawWireClient;
  let operator: RawWireClient;
  beforeAll(async () => {
    spine = await startSpineProcess();
    admin = await spine.connect({ ...everything, roles: ['admin'], sub: 'root' });
    operator = await spine.connect({ ...everything, roles: ['service', 'operator'], sub: 'op' });
  });
  afterAll(async () => { await spine.stop(); });

  const erase = (sequence: bigint, room: string, channel = ''): { case: 'erase'; value: object } => ({ case: 'erase', value: { room, channel, sequence } });
  async function fill(room: string): Promise<bigint> {
    await publish(operator, { room, payloads: ['one', 'secret two', 'three'] });
    await publish(operator, { room, payloads: ['four'] });
    await command(operator, { case: 'ping', value: {} });
    return (await headOf(operator, room)).epoch;
  }
  async function pageOf(room: string): Promise<Frame['batches']> {
    return (await commandFrame(operator, { case: 'historyGet', value: { room } })).batches.filter((batch) => batch.stamp !== undefined);
  }
  function records(target: string): { action: string; actor: string; outcome: string; code?: string; detail?: { sequence?: number } }[] {
    const lines = readFileSync(spine.auditFile, 'utf8').trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as ReturnType<typeof records>[number] & { target?: string }).filter((record) => record.target === target);
  }

  it('leaves a tombstone with the same id, sequence and place, and nothing of the content (M21)', async () => {
    await fill('notes');
    const before = (await pageOf('notes')).flatMap((batch) => batch.envelopes);
    expect(await command(admin, erase(2n, 'notes'))).toMatchObject({ case: 'done' });
    const batches = await pageOf('notes');
    const after = batches.flatMap((batch) => batch.envelopes);
    expect(after.map((envelope) => Buffer.from(envelope.id))).toEqual(before.map((envelope) => Buffer.from(envelope.id)));
    expect(after.map((envelope) => (envelope.body.case === 'event' ? [envelope.body.value.type, envelope.body.value.payload.length] : undefined)))
      .toEqual([['text/plain', 3], [ErasedSchema.typeName, 0], ['text/plain', 5], ['text/plain', 4]]);
    expect(erasedEventType).toBe(ErasedSchema.typeName);
    expect(Buffer.from(JSON.stringify(after, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value))).includes('secret')).toBe(false);
    expect(batches[0]?.stamp).toMatchObject({ sequence: 1n, prev: 0n, sender: 'op' });
  });

  it('shows in replays and resumes too, which stay the same otherwise (D9)', async () => {
    const epoch = await fill('log');
    const window = { room: 'log', epoch, fromSequence: 1n, toSequence: 4n };
    const before = await replay(operator, window);
    await command(admin, erase(2n, 'log'));
    const after = await replay(operator, window);
    expect(after.events.map((event) => event.text)).toEqual(['one', '', 'three', 'four']);
    expect(after.batches).toEqual(before.batches);
    expect(after.bytes.includes('secret')).toBe(false);
    expect((await replay(operator, window)).bytes.equals(after.bytes)).toBe(true);
    const late = await spine.connect({ ...everything, roles: ['client'], sub: 'late' });
    await command(late, { case: 'join', value: { room: 'log', resume: [{ channel: '', epoch, sequence: 0n }] } });
    expect((await readEvents(late, 4)).map((event) => event.text)).toEqual(['one', '', 'three', 'four']);
    await late.close();
  });

  it('is for admins alone, and tells others nothing', async () => {
    await fill('guarded');
    for (const room of ['guarded', 'nowhere']) expect(await refusedCommand(operator, erase(2n, room))).toMatchObject({ code: 'NOT_PERMITTED', field: 'room' });
    const other = await spine.connect({ ...everything, tenant: 'other', roles: ['admin'], sub: 'root' });
    expect(await refusedCommand(other, erase(2n, 'guarded'))).toMatchObject({ code: 'NOT_PERMITTED' });
    expect(await refusedCommand(admin, erase(2n, 'nowhere'))).toMatchObject({ code: 'NOT_PERMITTED' });
    expect((await pageOf('guarded')).flatMap((batch) => batch.envelopes)).toHaveLength(4);
    expect((await replay(operator, { room: 'guarded', epoch: (await headOf(operator, 'guarded')).epoch, fromSequence: 2n, toSequence: 2n })).events[0]?.text).toBe('secret two');
    await other.close();
  });

  it('refuses a sequence that is not there, and does no harm twice', async () => {
    await fill('twice');
    for (const sequence of [0n, 5n]) expect(await refusedCommand(admin, erase(sequence, 'twice'))).toMatchObject({ code: 'INVALID_ARGUMENT', field: 'sequence' });
    await command(admin, erase(4n, 'twice'));
    await command(admin, erase(4n, 'twice'));
    expect((await pageOf('twice')).flatMap((batch) => batch.envelopes)).toHaveLength(4);
  });

  it('is audited, refused ones too', async () => {
    await fill('audited');
    await command(admin, erase(1n, 'audited'));
    await refusedCommand(operator, erase(2n, 'audited'));
    await refusedCommand(admin, erase(9n, 'audited'));
    expect(records('audited').map(({ action, actor, outcome, code, detail }) => [action, actor, outcome, code, detail?.sequence])).toEqual([
      ['event.erase', 'root', 'done', undefined, 1],
      ['event.erase', 'op', 'refused', 'NOT_PERMITTED', 2],
      ['event.erase', 'root', 'refused', 'INVALID_ARGUMENT', 9],
    ]);
    expect(await verifyAuditFile(spine.auditFile)).toMatchObject({ ok: true });
  });

  it('under way of publishing and reading breaks no page and no live delivery', async () => {
    const reader = await spine.connect({ ...everything, roles: ['client'], sub: 'reader' });
    await join(reader, 'busy');
    const total = 400;
    for (let n = 1; n <= total; n += 1) {
      await publish(operator, { room: 'busy', payloads: [`${String(n)} ${'x'.repeat(n)}`] });
      // Only what has been taken can be erased: the commands of another session may overtake the run.
      if (n % 20 === 0) await command(operator, { case: 'ping', value: {} });
      if (n % 20 === 0) await command(admin, erase(BigInt(n - 3), 'busy'));
    }
    const live = await readEvents(reader, total);
    expect(live.map((event) => event.text.split(' ')[0])).toEqual(Array.from({ length: total }, (_, n) => String(n + 1)));
    const { epoch } = await headOf(operator, 'busy');
    const { events } = await replay(operator, { room: 'busy', epoch, fromSequence: 1n, toSequence: BigInt(total) });
    expect(events.map((event) => event.text.split(' ')[0])).toEqual(Array.from({ length: total }, (_, n) => ((n + 4) % 20 === 0 ? '' : String(n + 1))));
    await reader.close();
  });
});
