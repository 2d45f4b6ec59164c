import { isArqonError } from '@arqonbus/sdk';
import { closeCodes } from '@arqonbus/errors';
import { UpgradeRefused, waitFor, type JwksServer } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster } from '../src/index.js';

let cluster: Cluster;
let jwks: JwksServer;

beforeAll(async () => {
  cluster = await Cluster.start({
    keys: async (issuer) => {
      jwks = await issuer.serveJwks();
      return { 'auth.jwks_url': jwks.url };
    },
  });
});
afterAll(() => cluster.stop());

async function statusOf(token: string): Promise<number> {
  try {
    await cluster.raw({ token });
    return 101;
  } catch (error) {
    if (error instanceof UpgradeRefused) return error.status;
    throw error;
  }
}

describe('the key set of the issuer', () => {
  it('may be unreachable: sessions go on, a token of an unknown key is answered 503 or 4503, and all recovers by itself', async () => {
    const alice = await cluster.bus({ sub: 'alice' });
    jwks.behave('fail');
    await cluster.issuer.rotate({ keepOld: true });
    const token = await cluster.token({ sub: 'later' });
    // Keys read less than five seconds ago are not read again: until then the key is merely unknown.
    await waitFor(async () => (await statusOf(token)) === 503, { timeoutMs: 20_000, intervalMs: 500, what: 'the keys to be missed' });
    const page = await cluster.raw({ subprotocols: ['arqon.v1', `bearer.${token}`] });
    expect((await page.closed).code).toBe(closeCodes.unavailable.code);
    expect((await alice.publish('plans', { type: 'text/plain', payload: 'still here' })).sequence).toBe(1n);
    const { session } = alice;
    // A refresh needs the keys: the old token holds.
    await expect(alice.refresh()).rejects.toSatisfy((error) => isArqonError(error) && error.code === 'KEYS_UNREACHABLE');
    expect((await alice.status()).clientId).toBe('alice');
    jwks.behave('serve');
    await waitFor(async () => (await statusOf(token)) === 101, { timeoutMs: 60_000, intervalMs: 500, what: 'the keys to be fetched' });
    expect([alice.state, alice.session]).toEqual(['open', session]);
  }, 90_000);

  it('may be rotated: sessions go on, new tokens of the new key are taken', async () => {
    const bob = await cluster.bus({ sub: 'bob' });
    await cluster.issuer.rotate({ keepOld: true });
    const token = await cluster.token({ sub: 'carol' });
    await waitFor(async () => (await statusOf(token)) === 101, { timeoutMs: 60_000, intervalMs: 500, what: 'the new key to be taken' });
    await bob.refresh();
    expect((await bob.status()).clientId).toBe('bob');
  }, 90_000);
});
