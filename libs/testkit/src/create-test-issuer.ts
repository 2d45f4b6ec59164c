import { renameSync, writeFileSync } from 'node:fs';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { serveJwks, type JwksServer } from './serve-jwks.js';
import { createTempFolder } from './temp-folder.js';

export interface TestTokenOptions {
  /** `tenant_id`. Default `acme`. */
  readonly tenant?: string;
  /** `sub`. Default `agent-1`. */
  readonly sub?: string;
  /** Patterns of `rooms.publish`. Default none. */
  readonly publish?: readonly string[];
  /** Patterns of `rooms.subscribe`. Default none. */
  readonly subscribe?: readonly string[];
  /** Default `['client']`. */
  readonly roles?: readonly string[];
  readonly capabilities?: readonly string[];
  /** Time to live, may be negative. Default 3,600. */
  readonly ttlSeconds?: number;
  /** Claims set last, over all others; undefined removes a claim. */
  readonly overrides?: Readonly<Record<string, unknown>>;
  /** Members set over those of the protected header. */
  readonly header?: Readonly<Record<string, unknown>>;
}

/** Signs tokens that the verifier under test accepts, or that break one rule. */
export interface TestIssuer {
  readonly issuer: string;
  readonly audience: string;
  /** Public key set on disk; `rotate` rewrites it. */
  readonly jwksFile: string;
  /** The public key set as text. */
  jwks(): string;
  /** The signing key, for hand-made tokens. */
  readonly privateKey: CryptoKey;
  token(options?: TestTokenOptions): Promise<string>;
  /** Serves the current key set on loopback; every server ends with `close`. */
  serveJwks(): Promise<JwksServer>;
  /** Signs with a new key from now on; the old public key stays in the set when `keepOld` is set. */
  rotate(options?: { readonly keepOld?: boolean }): Promise<void>;
  /** Stops servers, removes files. */
  close(): Promise<void>;
}

/** Makes an issuer with an EC P-256 key (ES256). Defaults: issuer `https://issuer.test/`, audience `arqon`. */
export async function createTestIssuer(options: { readonly issuer?: string; readonly audience?: string } = {}): Promise<TestIssuer> {
  const { issuer = 'https://issuer.test/', audience = 'arqon' } = options;
  const folder = createTempFolder('arqon-issuer-');
  const jwksFile = folder.file('jwks.json');
  const servers: JwksServer[] = [];
  let generation = 1;
  let signer = await createSigner(`test-${generation}`);
  let publicKeys: readonly JWK[] = [signer.publicKey];

  const jwks = (): string => JSON.stringify({ keys: publicKeys });
  const write = (): void => {
    // Renamed into place, so that no reader sees half a file.
    writeFileSync(`${jwksFile}.next`, jwks(), { mode: 0o600 });
    renameSync(`${jwksFile}.next`, jwksFile);
  };
  write();

  return {
    issuer,
    audience,
    jwksFile,
    jwks,
    get privateKey() {
      return signer.privateKey;
    },
    token: (token = {}) => signToken({ issuer, audience, signer, token }),
    async serveJwks() {
      const server = await serveJwks(jwks);
      servers.push(server);
      return server;
    },
    async rotate({ keepOld = false } = {}) {
      generation += 1;
      signer = await createSigner(`test-${generation}`);
      publicKeys = keepOld ? [...publicKeys, signer.publicKey] : [signer.publicKey];
      write();
    },
    async close() {
      await Promise.all(servers.map((server) => server.close()));
      folder.remove();
    },
  };
}

interface Signer {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: JWK;
}

async function createSigner(kid: string): Promise<Signer> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const publicKey = { ...(await exportJWK(pair.publicKey)), kid, alg: 'ES256', use: 'sig' };
  return { kid, privateKey: pair.privateKey, publicKey };
}

async function signToken({ issuer, audience, signer, token }: { issuer: string; audience: string; signer: Signer; token: TestTokenOptions }): Promise<string> {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const claims = {
    iss: issuer,
    aud: audience,
    sub: token.sub ?? 'agent-1',
    tenant_id: token.tenant ?? 'acme',
    roles: token.roles ?? ['client'],
    capabilities: token.capabilities ?? [],
    rooms: { publish: token.publish ?? [], subscribe: token.subscribe ?? [] },
    iat: nowSeconds,
    exp: nowSeconds + (token.ttlSeconds ?? 3_600),
    ...token.overrides,
  };
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: signer.kid, ...token.header }).sign(signer.privateKey);
}
