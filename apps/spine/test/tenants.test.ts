import type { RawWireClient } from '@arqonbus/testkit';
import { FrameSchema } from '@arqonbus/proto';
import { toBinary } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ackedRun, sendRuns } from './runs.js';
import { newId, startSpineProcess, type RunningSpine } from './spine-process.js';
import { command, expectSilence, join, publish, readEvents, refusedCommand } from './wire.js';

const tenants = ['acme', 'beta', 'gamma'];

describe('tenants', () => {
  let spine: RunningSpine;
  const clients = new Map<string, RawWireClient>();
  beforeAll(async () => {
    spine = await startSpineProcess();
    for (const tenant of tenants) clients.set(tenant, await spine.connect({ tenant, sub: 'same-name', publish: ['*', '@*'], subscribe: ['*'], roles: ['client', 'operator'] }));
  });
  afterAll(async () => { await spine.stop(); });
  const of = (tenant: string): RawWireClient => {
    const client = clients.get(tenant);
    if (client === undefined) throw new Error(`no client of ${tenant}`);
    return client;
  };

  it('with the same names see nothing of each other: events, inboxes, numbers, heads (C7, M5)', async () => {
    for (const tenant of tenants) await join(of(tenant), 'plans', 'main');
    for (const tenant of tenants) await command(of(tenant), { case: 'join', value: { room: 'plans', allChannels: true } });
    for (const [index, tenant] of tenants.entries()) {
      for (let n = 0; n <= index; n += 1) await publish(of(tenant), { room: 'plans', channel: 'main', payloads: [`${tenant} ${String(n)}`] });
      await publish(of(tenant), { recipient: 'same-name', payloads: [`inbox of ${tenant}`] });
    }
    for (const [index, tenant] of tenants.entries()) {
      const events = await readEvents(of(tenant), index + 2);
      expect(events.every((event) => event.text.includes(tenant))).toBe(true);
      expect(events.filter((event) => event.room === 'plans').map((event) => event.sequence)).toEqual(Array.from({ length: index + 1 }, (_, n) => BigInt(n + 1)));
      expect(await expectSilence(of(tenant))).toEqual([]);
    }
  });

  it('list and describe their own channels alone', async () => {
    await command(of('acme'), { case: 'createChannel', value: { room: 'plans', channel: 'secret-of-acme' } });
    const list = await command(of('beta'), { case: 'listChannels', value: { room: 'plans' } });
    expect(list.case === 'channels' ? list.value.channels.map((channel) => [channel.channel, channel.subscribers]) : []).toEqual([['main', 1]]);
    expect(await command(of('gamma'), { case: 'listChannels', value: { room: 'nowhere' } })).toMatchObject({ case: 'channels', value: { channels: [] } });
  });

  it('share no producer numbers', async () => {
    expect(await sendRuns(of('acme'), [ackedRun({ room: 'p' }, 4n, 1n, ['x'])])).toMatchObject([{ sequence: 1n }]);
    expect(await sendRuns(of('beta'), [ackedRun({ room: 'p' }, 4n, 1n, ['x'])])).toMatchObject([{ sequence: 1n, duplicate: false }]);
  });

  /** The answer's bytes without what differs by nature: the ids of the server's envelope and of the request. */
  async function answerBytes(client: RawWireClient, body: Parameters<typeof command>[1]): Promise<string> {
    const id = newId();
    await client.sendFrame({ batches: [{ envelopes: [{ id, body: { case: 'command', value: { body } } as never }] }] });
    const frame = await client.next((candidate) => Buffer.from(toBinary(FrameSchema, candidate)).includes(Buffer.from(id)));
    for (const batch of frame.batches) for (const envelope of batch.envelopes) envelope.id = new Uint8Array(16);
    return Buffer.from(toBinary(FrameSchema, frame)).toString('hex').replaceAll(Buffer.from(id).toString('hex'), 'ID');
  }

  it.each(['channelInfo', 'historyGet', 'deleteChannel'] as const)('get for what is foreign, missing or forbidden the same bytes from %s (C17, M5)', async (name) => {
    const narrow = await spine.connect({ tenant: 'beta', sub: 'narrow', publish: ['mine'], subscribe: ['mine'], roles: ['operator'] });
    await publish(of('beta'), { room: 'forbidden', channel: 'x', payloads: ['x'] });
    await publish(of('acme'), { room: 'mine', channel: 'secret-of-acme', payloads: ['x'] });
    await command(of('beta'), { case: 'ping', value: {} });
    const bodies = [{ room: 'mine', channel: 'secret-of-acme' }, { room: 'mine', channel: 'secret-of-nobody' }, { room: 'forbidden', channel: 'x' }, { room: 'forbidden', channel: 'missing' }];
    const answers = new Set<string>();
    for (const value of bodies) answers.add(await answerBytes(narrow, { case: name, value }));
    expect([...answers]).toHaveLength(1);
    await narrow.close();
  });

  it('get for every recipient the same acknowledgement: online, offline, unknown, foreign', async () => {
    const other = await spine.connect({ tenant: 'acme', sub: 'only-in-acme' });
    const answers = [];
    for (const recipient of ['same-name', 'only-in-acme', 'never-seen']) answers.push(...await sendRuns(of('gamma'), [ackedRun({ recipient }, 77n, 1n, ['x'])]));
    expect(answers).toMatchObject([{ run: 1n, count: 1, durability: 1 }, { run: 1n, count: 1, durability: 1 }, { run: 1n, count: 1, durability: 1 }]);
    expect(await expectSilence(other)).toEqual([]);
    await other.close();
  });

  it('may not read the inbox of another client, known or not', async () => {
    for (const recipient of ['only-in-acme', 'never-heard-of']) {
      const { code, field } = await refusedCommand(of('acme'), { case: 'historyGet', value: { recipient } });
      expect([code, field]).toEqual(['NOT_PERMITTED', 'recipient']);
    }
    expect(await command(of('acme'), { case: 'historyGet', value: { recipient: 'same-name' } })).toMatchObject({ case: 'history' });
  });
});
