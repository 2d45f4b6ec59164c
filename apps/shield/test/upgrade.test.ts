import { createHmac } from 'node:crypto';
import { connect as connectTls } from 'node:tls';
import { createTestIssuer, UpgradeRefused, waitFor, type TestIssuer } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ShieldHarness } from './shield-harness.js';

type MakeToken = (issuer: TestIssuer) => Promise<string> | string;

const badTokens: [string, MakeToken][] = [
  ['an expired token', (issuer) => issuer.token({ ttlSeconds: -60 })],
  ['a token without exp', (issuer) => issuer.token({ overrides: { exp: undefined } })],
  ['a token without iss', (issuer) => issuer.token({ overrides: { iss: undefined } })],
  ['a token without aud', (issuer) => issuer.token({ overrides: { aud: undefined } })],
  ['a token without sub', (issuer) => issuer.token({ overrides: { sub: undefined } })],
  ['a token without tenant_id', (issuer) => issuer.token({ overrides: { tenant_id: undefined } })],
  ['a wrong aud', (issuer) => issuer.token({ overrides: { aud: 'other' } })],
  ['a wrong iss', (issuer) => issuer.token({ overrides: { iss: 'https://other.test/' } })],
  ['an unknown key', async () => {
    const other = await createTestIssuer();
    const token = await other.token({ header: { kid: 'unknown' } });
    await other.close();
    return token;
  }],
  ['a bad signature', async (issuer) => {
    const [header, payload, signature] = (await issuer.token()).split('.');
    return [header, payload, `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`].join('.');
  }],
  ['alg none', async (issuer) => {
    const [, payload] = (await issuer.token()).split('.');
    return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
  }],
  ['a symmetric alg', async (issuer) => {
    const [, payload] = (await issuer.token()).split('.');
    const signed = `${Buffer.from('{"alg":"HS256","kid":"test-1"}').toString('base64url')}.${payload}`;
    return `${signed}.${createHmac('sha256', issuer.jwks()).update(signed).digest('base64url')}`;
  }],
  ['garbage', () => 'not.a.jwt'],
  ['a sub that is no client id', (issuer) => issuer.token({ sub: '../x' })],
  ['a tenant_id that is no tenant name', (issuer) => issuer.token({ tenant: 'ACME' })],
];

async function refusal(attempt: Promise<unknown>): Promise<UpgradeRefused> {
  const error = await attempt.then(() => undefined, (reason: unknown) => reason);
  if (error instanceof UpgradeRefused) return error;
  throw new Error(`not refused: ${String(error)}`);
}

describe('the upgrade', () => {
  let harness: ShieldHarness;
  beforeAll(async () => {
    harness = await (await ShieldHarness.start()).ready();
  });
  afterAll(() => harness.close());

  it.each(badTokens)('answers %s in the header with 401 and WWW-Authenticate (F1, F2)', async (_, make) => {
    const refused = await refusal(harness.connect({ token: await make(harness.issuer) }));
    expect(refused.status).toBe(401);
    expect(refused.headers['www-authenticate']).toBe('Bearer');
  });

  it.each(badTokens)('closes a browser that brings %s with 4401, and reads nothing (F1, F14)', async (_, make) => {
    const opened = harness.spine.of('openSession').length;
    const client = await harness.connect({ subprotocols: ['arqon.v1', `bearer.${await make(harness.issuer)}`], headers: { origin: 'https://app.example' } });
    expect(client.subprotocol).toBe('arqon.v1');
    await Promise.allSettled([client.sendBytes(Uint8Array.of(1))]);
    expect((await client.closed).code).toBe(4401);
    expect(harness.spine.of('openSession')).toHaveLength(opened);
  });

  it('answers a request without a token with 401', async () => {
    expect((await refusal(harness.connect({ subprotocols: ['arqon.v1'] }))).status).toBe(401);
    expect((await refusal(harness.connect({ headers: { authorization: 'Basic eDp5' }, subprotocols: ['arqon.v1'] }))).status).toBe(401);
  });

  it('accepts a good token on both paths, on / and /v1, and never echoes it', async () => {
    const token = await harness.issuer.token();
    const header = await harness.connect({ token, path: '/v1' });
    expect(header.subprotocol).toBe('arqon.v1');
    expect((await harness.spine.next('openSession')).value).toMatchObject({ token, reopened: false, remoteAddress: '127.0.0.1' });
    const browser = await harness.connect({ subprotocols: ['arqon.v1', `bearer.${token}`], headers: { origin: 'https://app.example' } });
    expect(browser.subprotocol).toBe('arqon.v1');
    expect((await harness.spine.next('openSession')).value.token).toBe(token);
    const both = await harness.connect({ token, subprotocols: ['arqon.v1', `bearer.${token}`] });
    expect((await harness.spine.next('openSession')).value.token).toBe(token);
    for (const client of [header, browser, both]) expect((await client.next()).batches).toHaveLength(1);
  });

  it('accepts a token of nearly 8 KiB', async () => {
    const token = await harness.issuer.token({ overrides: { padding: 'x'.repeat(5_600) } });
    expect(token.length).toBeGreaterThan(7_600);
    await harness.connect({ token });
    expect((await harness.spine.next('openSession')).value.token).toBe(token);
  });

  it('refuses different tokens in header and subprotocol with 401', async () => {
    const [one, two] = await Promise.all([harness.issuer.token(), harness.issuer.token({ sub: 'agent-2' })]);
    expect((await refusal(harness.connect({ token: one, subprotocols: ['arqon.v1', `bearer.${two}`] }))).status).toBe(401);
  });

  it.each(['token', 'access_token', 'JWT'])('refuses a token in the URL parameter %s with 400', async (name) => {
    const token = await harness.issuer.token();
    expect((await refusal(harness.connect({ token, path: `/?${name}=${token}` }))).status).toBe(400);
    expect(harness.log).not.toContain(token);
  });

  it('refuses a wrong or absent subprotocol with 400 and another path with 404', async () => {
    const token = await harness.issuer.token();
    expect((await refusal(harness.connect({ token, subprotocols: ['mqtt'] }))).status).toBe(400);
    expect((await refusal(harness.connect({ token, subprotocols: [`bearer.${token}`] }))).status).toBe(400);
    expect((await refusal(harness.connect({ token, path: '/admin' }))).status).toBe(404);
  });

  it('refuses an origin outside of the list with 403', async () => {
    const token = await harness.issuer.token();
    expect((await refusal(harness.connect({ token, headers: { origin: 'https://evil.example' } }))).status).toBe(403);
    expect((await refusal(harness.connect({ token, headers: { origin: 'null' } }))).status).toBe(403);
  });

  it('refuses TLS 1.2', async () => {
    const outcome = await new Promise<string>((resolve) => {
      const socket = connectTls({ port: harness.shield.clientPort, host: '127.0.0.1', ca: harness.certificate.ca, maxVersion: 'TLSv1.2' });
      socket.once('secureConnect', () => {
        resolve(`connected with ${socket.getProtocol() ?? ''}`);
        socket.destroy();
      });
      socket.once('error', (error: Error) => {
        resolve(error.message);
      });
    });
    expect(outcome).toMatch(/alert|handshake|version/i);
    expect(outcome).not.toContain('connected');
  });

  it('logs refusals at WARN with reason and address, without the token (F22), and counts them', async () => {
    const token = await harness.issuer.token({ ttlSeconds: -60 });
    await refusal(harness.connect({ token }));
    await waitFor(() => /"level":"WARN".*"reason":"invalid".*"remote_address":"127.0.0.1"/.test(harness.log));
    expect(harness.log).not.toContain(token.split('.')[2]);
    expect(await harness.metric('auth_failures_total{reason="invalid"}')).toBeGreaterThan(0);
  });

  it('reports accepts, dials, handshakes and every governed rejection reason (G25, G26, G27)', async () => {
    expect(await harness.metric('transport_accepts_total{backend="engine"}')).toBeGreaterThan(0);
    expect(await harness.metric('transport_dials_total{backend="ws",result="ok"}')).toBe(1);
    expect(await harness.metric('handshake_latency_seconds_count{backend="engine"}')).toBeGreaterThan(0);
    for (const reason of ['timeout', 'tls', 'too_large', 'rate_limited', 'peer_limit', 'arti_bootstrap']) {
      expect(await harness.metric(`rejected_total{reason="${reason}"}`)).not.toBeNaN();
    }
  });
});

describe('the upgrade without keys', () => {
  it('answers 503 with Retry-After, closes browsers with 4503, and is not ready (F2)', async () => {
    const issuer = await createTestIssuer();
    const server = await issuer.serveJwks();
    server.behave('fail');
    const harness = await ShieldHarness.start({ 'auth.jwks_url': server.url, 'auth.jwks_file': undefined, 'auth.issuer': issuer.issuer });
    try {
      await waitFor(() => harness.spine.isLinked);
      const refused = await refusal(harness.connect({ token: await issuer.token() }));
      expect(refused.status).toBe(503);
      expect(refused.headers['retry-after']).toBe('5');
      const browser = await harness.connect({ subprotocols: ['arqon.v1', `bearer.${await issuer.token()}`] });
      expect((await browser.closed).code).toBe(4503);
      const { status, text } = await harness.admin('/ready');
      expect(status).toBe(503);
      expect(text).toContain('keys_unreachable');
      server.behave('serve');
      await harness.ready();
      await waitFor(async () => harness.connect({ token: await issuer.token() }));
    } finally {
      await harness.close();
      await issuer.close();
    }
  });
});

describe('the upgrade without a link', () => {
  it('answers 503, closes browsers with 4503, and is not ready', async () => {
    const harness = await ShieldHarness.start({ 'link.urls': 'ws://127.0.0.1:1' });
    try {
      const token = await harness.issuer.token();
      expect((await refusal(harness.connect({ token }))).status).toBe(503);
      const browser = await harness.connect({ subprotocols: ['arqon.v1', `bearer.${token}`] });
      expect((await browser.closed).code).toBe(4503);
      expect((await harness.admin('/ready')).text).toContain('link_down');
      await waitFor(async () => (await harness.metric('transport_dials_total{backend="ws",result="failed"}')) > 0);
    } finally {
      await harness.close();
    }
  });
});
