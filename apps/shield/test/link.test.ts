import { UpgradeRefused, waitFor } from '@arqonbus/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { ShieldHarness } from './shield-harness.js';
import { linkKey, runFrame, ScriptedSpine } from './scripted-spine.js';

let harness: ShieldHarness;
afterEach(() => harness.close());

async function start(settings: Record<string, string> = {}): Promise<ShieldHarness> {
  harness = await (await ShieldHarness.start(settings)).ready();
  return harness;
}

function describeTopic(topic: number, room: number, channel: string, sequence: bigint, roomName = 'plans') {
  return { body: { case: 'describeTopic' as const, value: { topic, room, tenant: 'acme', roomName, channel, epoch: 7n, sequence } } };
}

function describeInbox(topic: number, recipient: string, sequence: bigint) {
  return { body: { case: 'describeTopic' as const, value: { topic, tenant: 'acme', recipient, epoch: 9n, sequence } } };
}

function subscribe(session: bigint, to: { topic?: number; room?: number }) {
  return { body: { case: 'subscribe' as const, value: { session, ...to } } };
}

describe('the link', () => {
  it('shows its key and greets', async () => {
    const { spine } = await start();
    expect(spine.keys[0]).toBe(`Bearer ${linkKey}`);
    expect((await spine.next('hello')).value).toMatchObject({ protocol: 1, shieldId: 'shield-1', version: '0.0.0' });
  });

  it('fans a topic out once to its subscribers and once to the followers of its room', async () => {
    const { spine } = await start();
    const [one, two, wide] = [await harness.session(), await harness.session(), await harness.session()];
    spine.send(describeTopic(1, 5, 'a', 0n), describeTopic(2, 5, 'b', 0n), subscribe(one.id, { topic: 1 }), subscribe(two.id, { topic: 2 }), subscribe(wide.id, { room: 5 }));
    spine.publish({ topic: 1, room: 5, lastSequence: 1, prevSequence: 0 }, runFrame({ room: 'plans', channel: 'a', sequence: 1 }));
    spine.publish({ topic: 2, room: 5, lastSequence: 1, prevSequence: 0 }, runFrame({ room: 'plans', channel: 'b', sequence: 1 }));
    spine.send({ body: { case: 'unsubscribe', value: { session: one.id, topic: 1 } } }, { body: { case: 'unsubscribe', value: { session: wide.id, room: 5 } } });
    spine.publish({ topic: 1, room: 5, lastSequence: 2, prevSequence: 1 }, runFrame({ room: 'plans', channel: 'a', sequence: 2 }));
    for (const { id } of [one, two, wide]) spine.deliver(id, runFrame({ room: 'end', sequence: 1 }));
    const got = await Promise.all([one, two, wide].map(async ({ client }) => {
      await client.next((frame) => frame.batches[0]?.room === 'end');
      return client.frames.pending.flatMap((frame) => frame.batches.map((batch) => `${batch.channel}${String(batch.stamp?.sequence)}`));
    }));
    expect(got).toEqual([['a1'], ['b1'], ['a1', 'b1']]);
  });

  it('does not deliver a forgotten topic any more', async () => {
    const { spine } = await start();
    const { client, id } = await harness.session();
    spine.send(describeTopic(1, 5, 'a', 0n), subscribe(id, { topic: 1 }), { body: { case: 'forgetTopic', value: { topic: 1 } } }, describeTopic(2, 5, 'a', 0n));
    spine.publish({ topic: 2, room: 5, lastSequence: 1, prevSequence: 0 }, runFrame({ room: 'plans', channel: 'a', sequence: 1 }));
    spine.deliver(id, runFrame({ room: 'end', sequence: 1 }));
    expect((await client.next()).batches[0].room).toBe('end');
  });

  it('resumes sessions, topics, rooms and inboxes from the positions last fanned out, with the latest token', async () => {
    const { spine } = await start();
    const [one, two, wide] = [await harness.session(), await harness.session(), await harness.session()];
    const refreshed = await harness.issuer.token({ sub: 'refreshed' });
    spine.send(
      describeTopic(1, 5, 'a', 10n), describeTopic(2, 5, 'b', 20n), describeInbox(3, 'agent-1', 30n),
      subscribe(one.id, { topic: 1 }), subscribe(two.id, { topic: 1 }), subscribe(wide.id, { room: 5 }), subscribe(one.id, { topic: 3 }),
      { body: { case: 'claimsChanged', value: { session: one.id, token: refreshed } } },
    );
    spine.publish({ topic: 1, room: 5, lastSequence: 12, prevSequence: 10 }, runFrame({ room: 'plans', channel: 'a', sequence: 11, prev: 10, count: 2 }));
    await two.client.next();
    spine.all.length = 0;
    spine.cut();
    await spine.next('resumeDone');
    await waitFor(() => spine.of('resumeDone').length === 1);
    expect(spine.of('openSession').map(({ value }) => [value.session, value.reopened])).toEqual([[one.id, true], [two.id, true], [wide.id, true]]);
    expect(spine.of('openSession')[0].value.token).toBe(refreshed);
    const resumed = spine.of('resumeTopic').map(({ value: { tenant, room, channel, recipient, allChannels, positions, sessions } }) => ({
      tenant, room, channel, recipient, allChannels, sessions, positions: positions.map((position) => [position.channel, position.epoch, position.sequence]),
    }));
    expect(resumed).toEqual([
      { tenant: 'acme', room: 'plans', channel: 'a', recipient: '', allChannels: false, sessions: [one.id, two.id], positions: [['a', 7n, 12n]] },
      { tenant: 'acme', room: '', channel: '', recipient: 'agent-1', allChannels: false, sessions: [one.id], positions: [['', 9n, 30n]] },
      { tenant: 'acme', room: 'plans', channel: '', recipient: '', allChannels: true, sessions: [wide.id], positions: [['a', 7n, 12n], ['b', 7n, 20n]] },
    ]);
    expect(spine.all.at(-1)?.case).toBe('resumeDone');
  });

  it('keeps what is not resumed yet for the next link, with the pages that came meanwhile, and voids old numbers', async () => {
    const { spine } = await start();
    const [one, two] = [await harness.session(), await harness.session()];
    spine.send(describeTopic(1, 5, 'a', 10n), subscribe(one.id, { topic: 1 }), subscribe(two.id, { topic: 1 }));
    spine.deliver(two.id, runFrame({ room: 'end', sequence: 1 }));
    await two.client.next();
    spine.cut();
    await spine.next('resumeDone');
    await spine.next('resumeDone');
    // The new link uses number 1 for another topic; only session two has a page and then its topic again.
    spine.send(describeTopic(1, 6, 'x', 0n, 'other'), describeTopic(9, 5, 'a', 10n));
    spine.publish({ topic: 1, room: 6, lastSequence: 1, prevSequence: 0 }, runFrame({ room: 'other', channel: 'x', sequence: 1 }));
    spine.deliver(one.id, runFrame({ room: 'plans', channel: 'a', sequence: 11, count: 3 }), { page: true });
    spine.send(subscribe(two.id, { topic: 9 }));
    spine.publish({ topic: 9, room: 5, lastSequence: 15, prevSequence: 10 }, runFrame({ room: 'plans', channel: 'a', sequence: 15, prev: 10 }));
    await two.client.next((frame) => frame.batches[0]?.stamp?.sequence === 15n);
    await one.client.next((frame) => frame.batches[0]?.stamp?.sequence === 11n);
    expect([...one.client.frames.pending, ...two.client.frames.pending].some((frame) => frame.batches[0]?.room === 'other')).toBe(false);
    spine.all.length = 0;
    spine.cut();
    await spine.next('resumeDone');
    const positions = spine.of('resumeTopic').map(({ value }) => [value.sessions, value.positions.map((position) => position.sequence)]);
    expect(positions).toHaveLength(2);
    expect(positions).toContainEqual([[one.id], [13n]]);
    expect(positions).toContainEqual([[two.id], [15n]]);
  });

  it('keeps clients through a broken link, drops their frames until the second welcome, and refuses new ones', async () => {
    const { spine } = await start();
    const { client, id } = await harness.session();
    spine.welcomesLinks = false;
    spine.cut();
    await waitFor(async () => (await harness.admin('/ready')).status === 503);
    await client.sendBytes(Uint8Array.of(1));
    await waitFor(async () => (await harness.metric('shield_frames_ignored_total')) === 1);
    await expect(harness.connect()).rejects.toBeInstanceOf(UpgradeRefused);
    spine.welcomesLinks = true;
    spine.cut();
    await harness.ready();
    await client.next();
    await client.sendBytes(Uint8Array.of(2));
    expect((await spine.next('inbound')).value).toEqual({ session: id, frame: Uint8Array.of(2) });
  });

  it('closes clients with 4503 when the grace time ends without a link', async () => {
    const { spine } = await start({ 'link.grace_ms': '300' });
    const { client } = await harness.session();
    spine.welcomesLinks = false;
    spine.cut();
    expect((await client.closed).code).toBe(4503);
  });

  it('dials again when the heartbeats stop', async () => {
    const spine = await ScriptedSpine.start();
    spine.heartbeatMs = 100;
    harness = await (await ShieldHarness.start({}, { spine })).ready();
    await waitFor(() => spine.linkCount >= 2);
    expect(harness.log).toContain('link down');
  });

  it('comes back within the window of a draining Spine, and its clients stay', async () => {
    const { spine } = await start();
    const { client } = await harness.session();
    spine.send({ body: { case: 'draining', value: { reconnectAfterMsMin: 600, reconnectAfterMsMax: 700 } } });
    await waitFor(() => harness.log.includes('spine drains'));
    const cutMs = performance.now();
    spine.cut();
    await client.next();
    expect(performance.now() - cutMs).toBeGreaterThanOrEqual(590);
    expect(spine.linkCount).toBe(2);
  });

  it('goes to the next Spine of the list', async () => {
    const dead = await ScriptedSpine.start();
    const spine = await ScriptedSpine.start();
    const { url } = dead;
    await dead.close();
    harness = await ShieldHarness.start({ 'link.urls': `${url},${spine.url}` }, { spine });
    await harness.ready();
    expect(spine.linkCount).toBe(1);
  });

  it.each<[string, (spine: ScriptedSpine, session: bigint) => void]>([
    ['malformed bytes', (spine) => { spine.sendBytes(Uint8Array.of(1, 2, 3)); }],
    ['a delivery to an unknown topic', (spine) => { spine.publish({ topic: 77, room: 0, lastSequence: 1, prevSequence: 0 }, Uint8Array.of()); }],
    ['a subscription across tenants', (spine, session) => {
      spine.send({ body: { case: 'describeTopic', value: { topic: 1, room: 2, tenant: 'other', roomName: 'plans', channel: 'a' } } }, subscribe(session, { topic: 1 }));
    }],
    ['a number that changes its meaning', (spine) => { spine.send(describeTopic(1, 5, 'a', 0n), describeTopic(1, 5, 'b', 0n)); }],
  ])('ends the link upon %s and resumes on a new one', async (_, misbehave) => {
    const { spine } = await start();
    const { client, id } = await harness.session();
    misbehave(spine, id);
    await waitFor(() => spine.linkCount === 2);
    await client.next();
    await client.sendBytes(Uint8Array.of(5));
    expect((await spine.next('inbound')).value.session).toBe(id);
  });
});
