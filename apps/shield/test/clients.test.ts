import { UpgradeRefused, waitFor } from '@arqonbus/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { ShieldHarness } from './shield-harness.js';
import { runFrame, welcomeFrame } from './scripted-spine.js';

let harness: ShieldHarness;
afterEach(() => harness.close());

async function start(settings: Record<string, string> = {}): Promise<ShieldHarness> {
  harness = await (await ShieldHarness.start(settings)).ready();
  return harness;
}

describe('a client', () => {
  it('has its frames forwarded as received and in order, and gets what the Spine sends it', async () => {
    const { spine } = await start();
    const { client, id } = await harness.session();
    const frames = [Uint8Array.of(), Uint8Array.of(1), new Uint8Array(100_000).fill(7), Uint8Array.of(2, 3)];
    for (const frame of frames) await client.sendBytes(frame);
    for (const frame of frames) expect((await spine.next('inbound')).value).toEqual({ session: id, frame });
    spine.deliver(id, runFrame({ room: 'plans', sequence: 3 }));
    expect((await client.next()).batches[0]).toMatchObject({ room: 'plans', stamp: { sequence: 3n } });
    await client.close();
    expect((await spine.next('closeSession')).value.session).toBe(id);
  });

  it('has frames that it sent before its first welcome forwarded after it, in order', async () => {
    const { spine } = await start();
    spine.welcomesSessions = false;
    const client = await harness.connect();
    const { session } = (await spine.next('openSession')).value;
    await client.sendBytes(Uint8Array.of(1));
    await client.sendBytes(Uint8Array.of(2));
    await waitFor(async () => (await harness.metric('shield_frames_in_total')) === 2);
    expect(spine.of('inbound')).toHaveLength(0);
    spine.deliver(session, welcomeFrame(session));
    expect((await spine.next('inbound')).value.frame).toEqual(Uint8Array.of(1));
    expect((await spine.next('inbound')).value.frame).toEqual(Uint8Array.of(2));
  });

  it('is closed with 4400 for a text message', async () => {
    await start();
    const { client } = await harness.session();
    await client.sendText('hello');
    expect((await client.closed).code).toBe(4400);
  });

  it('is closed with 4413 above the configured limit and cut above the cap (G1)', async () => {
    await start({ 'limits.max_frame_bytes': '4096' });
    const { client } = await harness.session();
    await client.sendBytes(new Uint8Array(4_096));
    expect((await harness.spine.next('inbound')).value.frame).toHaveLength(4_096);
    await client.sendBytes(new Uint8Array(4_097));
    expect((await client.closed).code).toBe(4413);
    expect(await harness.metric('rejected_total{reason="too_large"}')).toBe(1);
    const { client: other } = await harness.session();
    await Promise.allSettled([other.sendBytes(new Uint8Array(1_048_577))]);
    expect((await other.closed).code).toBe(1006);
  });

  it('is closed with 4529 when it floods within a turn, and others go on (F17)', async () => {
    await start({ 'limits.max_bytes_per_turn_bytes': '65536' });
    const { client } = await harness.session();
    const { client: other, id } = await harness.session();
    // Two frames of one write reach the Shield within one callback of the engine.
    await Promise.allSettled(Array.from({ length: 64 }, () => client.sendBytes(new Uint8Array(16_384))));
    expect((await client.closed).code).toBe(4529);
    await other.sendBytes(Uint8Array.of(9));
    await harness.spine.told.next((body) => body.case === 'inbound' && body.value.session === id);
    expect(await harness.metric('rejected_total{reason="rate_limited"}')).toBe(1);
  });

  it('is closed with code and reason when the Spine kicks it, after the frames before', async () => {
    const { spine } = await start();
    const { client, id } = await harness.session();
    spine.deliver(id, runFrame({ room: 'plans', sequence: 1 }));
    spine.send({ body: { case: 'kickSession', value: { session: id, code: 4403, reason: 'forbidden' } } });
    expect((await client.next()).batches[0].stamp?.sequence).toBe(1n);
    expect(await client.closed).toEqual({ code: 4403, reason: 'forbidden' });
  });

  it('is closed with 4503 when no welcome comes in time', async () => {
    const { spine } = await start({ 'link.welcome_timeout_ms': '200' });
    spine.welcomesSessions = false;
    const client = await harness.connect();
    expect((await client.closed).code).toBe(4503);
    expect(await harness.metric('rejected_total{reason="timeout"}')).toBe(1);
  });

  it('gets an empty frame each heartbeat', async () => {
    const { spine } = await start();
    // The link ends after two silent ones: longer than a machine may stand still.
    spine.heartbeatMs = 1_500;
    spine.cut();
    await spine.next('resumeDone');
    await spine.next('resumeDone');
    const { client } = await harness.session();
    const timer = setInterval(() => {
      spine.sendBytes(new Uint8Array(0));
    }, 300);
    expect((await client.next()).batches).toHaveLength(0);
    expect((await client.next()).batches).toHaveLength(0);
    clearInterval(timer);
  });
});

describe('limits of connecting', () => {
  async function statusOf(attempt: Promise<unknown>): Promise<number> {
    const error = await attempt.then(() => undefined, (reason: unknown) => reason);
    return error instanceof UpgradeRefused ? error.status : 101;
  }

  it('refuses above the concurrent connections of an address with 429 and counts peer_limit (G6, G27)', async () => {
    await start({ 'limits.max_connections_per_address_count': '2' });
    const { client } = await harness.session();
    await harness.session();
    expect(await statusOf(harness.connect())).toBe(429);
    expect(await harness.metric('rejected_total{reason="peer_limit"}')).toBe(1);
    await client.close();
    await waitFor(async () => (await statusOf(harness.connect())) === 101);
  });

  it('refuses above the connections of the process with 503', async () => {
    await start({ 'limits.max_connections_count': '1' });
    await harness.session();
    expect(await statusOf(harness.connect())).toBe(503);
  });

  it('refuses above the rate of an address with 429 and Retry-After (F16, G27)', async () => {
    await start({ 'limits.connect_rate_per_second': '1' });
    // All at once: one after the other may take a slow machine longer than the rate asks for.
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => harness.connect().then(() => undefined, (reason: unknown) => reason)));
    const refused = outcomes.filter((outcome) => outcome !== undefined);
    expect(outcomes.length - refused.length).toBeGreaterThanOrEqual(2);
    expect(refused.length).toBeGreaterThan(0);
    for (const error of refused) expect(error).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
    expect(await harness.metric('rejected_total{reason="rate_limited"}')).toBe(refused.length);
  });

  it('bans an address for a while after too many failed authentications (F17)', async () => {
    await start({ 'limits.auth_failures_per_minute_count': '3', 'limits.ban_ms': '3000' });
    for (let count = 0; count < 3; count += 1) expect(await statusOf(harness.connect({ token: 'bad' }))).toBe(401);
    expect(await statusOf(harness.connect())).toBe(429);
    await waitFor(async () => (await statusOf(harness.connect())) === 101);
    expect(harness.log).toContain('too many failed authentications');
  });
});
