import { createTestIssuer, RawWireClient, UpgradeRefused, waitFor, type TestIssuer } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isWelcome, startSpineProcess, type RunningSpine } from './spine-process.js';
import { command, sendAnyway } from './wire.js';

const clientFrameBytes = 983_040;

function unsignedToken(issuer: TestIssuer): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1_000) + 600;
  return `${part({ alg: 'none', typ: 'JWT' })}.${part({ iss: issuer.issuer, aud: issuer.audience, sub: 'a', tenant_id: 'acme', roles: ['service'], exp })}.`;
}

describe('the service door', () => {
  let spine: RunningSpine;
  beforeAll(async () => { spine = await startSpineProcess(); });
  afterAll(async () => { await spine.stop(); });

  async function statusOf(options: Parameters<typeof RawWireClient.connect>[1], path = ''): Promise<number> {
    const refused: unknown = await RawWireClient.connect(`${spine.serviceUrl}${path}`, options).catch((error: unknown) => error);
    if (refused instanceof UpgradeRefused) return refused.status;
    throw new Error('the upgrade was not refused', { cause: refused });
  }

  it.each<[string, (issuer: TestIssuer) => Promise<string | undefined> | string | undefined]>([
    ['no token', () => undefined],
    ['a word', () => 'token'],
    ['an empty token', () => ''],
    ['alg none', (issuer) => unsignedToken(issuer)],
    ['an expired token', (issuer) => issuer.token({ ttlSeconds: -60 })],
    ['no exp', (issuer) => issuer.token({ overrides: { exp: undefined } })],
    ['no sub', (issuer) => issuer.token({ overrides: { sub: undefined } })],
    ['no tenant', (issuer) => issuer.token({ overrides: { tenant_id: undefined } })],
    ['another audience', (issuer) => issuer.token({ overrides: { aud: 'other' } })],
    ['another issuer', (issuer) => issuer.token({ overrides: { iss: 'https://other.test/' } })],
    ['an unknown key', (issuer) => issuer.token({ header: { kid: 'nobody' } })],
    ['a tenant outside the grammar', (issuer) => issuer.token({ tenant: 'A/../B' })],
    ['a changed payload', async (issuer) => (await issuer.token()).replace(/\.[^.]+\./, `.${Buffer.from('{"sub":"a"}').toString('base64url')}.`)],
  ])('refuses %s with 401 (F1)', async (_name, make) => {
    const token = await make(spine.issuer);
    expect(await statusOf(token === undefined ? {} : { token })).toBe(401);
  });

  it('refuses another or no subprotocol, and a token in the URL, with 400', async () => {
    const token = await spine.issuer.token();
    expect(await statusOf({ token, subprotocols: ['arqon.v2'] })).toBe(400);
    expect(await statusOf({ token, subprotocols: [] })).toBe(400);
    expect(await statusOf({ token, subprotocols: ['arqon.link.v1'] })).toBe(400);
    expect(await statusOf({}, `/?token=${token}`)).toBe(400);
    expect(await statusOf({ token }, `/?access_token=${token}`)).toBe(400);
    expect(await statusOf({ subprotocols: [`bearer.${token}`, 'arqon.v1'] })).toBe(401);
  });

  it('selects arqon.v1 alone and never echoes a token', async () => {
    const token = await spine.issuer.token();
    const client = await RawWireClient.connect(spine.serviceUrl, { token, subprotocols: ['arqon.v1', `bearer.${token}`] });
    expect(client.subprotocol).toBe('arqon.v1');
    await client.close();
  });

  it('takes tokens of nearly 8 KiB', async () => {
    const token = await spine.issuer.token({ overrides: { filler: 'x'.repeat(5_500) } });
    const client = await RawWireClient.connect(spine.serviceUrl, { token });
    expect(isWelcome(await client.next())).toBe(true);
    await client.close();
  });

  it('closes a text message with 4400 (B2)', async () => {
    const client = await spine.connect();
    await client.sendText('hello');
    expect((await client.closed).code).toBe(4400);
  });

  it('takes a frame of the limit, closes one byte more with 4413, and cuts above the hard cap (G1)', async () => {
    const exact = await spine.connect({ publish: ['*'], subscribe: ['*'] });
    await exact.sendBytes(new Uint8Array(clientFrameBytes));
    await command(exact, { case: 'ping', value: {} });
    await exact.sendBytes(new Uint8Array(clientFrameBytes + 1));
    expect((await exact.closed).code).toBe(4413);
    const above = await spine.connect();
    await sendAnyway(above.sendBytes(new Uint8Array(1_048_577)));
    expect((await above.closed).code).toBe(1006);
  });

  it('says who the session is and what it may do in its first message', async () => {
    const before = Date.now();
    const client = await RawWireClient.connect(spine.serviceUrl, { token: await spine.issuer.token({ sub: 'carol', ttlSeconds: 600 }) });
    const first = (await client.next()).batches[0]?.envelopes[0];
    expect(first?.id).toHaveLength(16);
    expect(first?.body).toMatchObject({
      case: 'signal', value: { body: { case: 'welcome', value: {
        clientId: 'carol', protocol: 1, heartbeatMs: 25_000, capabilities: [],
        limits: {
          maxFrameBytes: clientFrameBytes, maxEnvelopeBytes: 262_144, maxEventsPerRun: 1_024, maxUnacknowledgedRuns: 64, maxEventsPerSecond: 10_000,
          maxBytesPerSecond: 16_777_216n, maxTopicsPerSession: 1_024, maxBytesInFlight: 2_097_152,
        },
      } } },
    });
    const signal = first?.body.case === 'signal' ? first.body.value.body : undefined;
    if (signal?.case !== 'welcome') throw new Error('no welcome');
    expect(signal.value.session).toBeGreaterThan(0n);
    expect(signal.value.server).toMatch(/^arqonbus-spine\//);
    expect(Math.abs(Number(signal.value.expiresAtUs / 1_000n) - (before + 600_000))).toBeLessThan(30_000);
    await client.close();
  });

  it('sets no rate for the role service', async () => {
    const client = await RawWireClient.connect(spine.serviceUrl, { token: await spine.issuer.token({ roles: ['service'] }) });
    const body = (await client.next()).batches[0]?.envelopes[0]?.body;
    expect(body).toMatchObject({ value: { body: { value: { limits: { maxEventsPerSecond: 0, maxBytesPerSecond: 0n, maxBytesInFlight: 33_554_432 } } } } });
    await client.close();
  });
});

describe('the service door with keys at a URL', () => {
  let spine: RunningSpine;
  let keys: Awaited<ReturnType<TestIssuer['serveJwks']>>;
  beforeAll(async () => {
    const issuer = await createTestIssuer();
    keys = await issuer.serveJwks();
    keys.behave('fail');
    spine = await startSpineProcess({ ARQON_SPINE_AUTH_JWKS_FILE: undefined, ARQON_SPINE_AUTH_JWKS_URL: keys.url }, issuer);
  });
  afterAll(async () => { await spine.stop(); });

  it('refuses with 503 and is not ready while they are not reachable, and takes tokens once they are (F2)', async () => {
    const token = await spine.issuer.token();
    await expect(RawWireClient.connect(spine.serviceUrl, { token })).rejects.toMatchObject({ status: 503 });
    const ready = async (): Promise<{ status: number; body: unknown }> => {
      const response = await fetch(`${spine.adminUrl}/ready`);
      return { status: response.status, body: await response.json() };
    };
    expect(await waitFor(async () => { const now = await ready(); return now.status === 503 ? now : undefined; })).toMatchObject({ body: { state: 'NotReady', reasons: ['keys_unreachable'] } });
    keys.behave('serve');
    const client = await waitFor(() => RawWireClient.connect(spine.serviceUrl, { token }), { timeoutMs: 20_000, intervalMs: 250 });
    expect(isWelcome(await client.next())).toBe(true);
    await waitFor(async () => (await ready()).status === 200);
    await client.close();
  });
});
