import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { spawnServer, type ServerProcess } from '@arqonbus/services';
import { repositoryRoot, sourceRunArguments } from '../generator/start-generator.js';
import type { BenchServer } from './bench-server.js';

const issuer = 'https://bench.arqonbus.invalid';
const audience = 'arqonbus-bench';
const keyId = 'bench';
const readyTimeoutMs = 20_000;

export interface StartSpineOptions {
  readonly core: number | undefined;
  /** Settings other than the defaults, e.g. `ARQON_SPINE_HISTORY_STORE`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Further arguments of Node, e.g. `--cpu-prof`. */
  readonly nodeArguments?: readonly string[];
}

/** The Spine with default settings and memory history; the load goes to its door for services, with a token of role service. */
export async function startSpine(options: StartSpineOptions): Promise<BenchServer> {
  const folder = await mkdtemp(join(tmpdir(), 'arqonbus-bench-'));
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwksFile = join(folder, 'jwks.json');
  await writeFile(jwksFile, JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: keyId, alg: 'ES256', use: 'sig' }] }));
  const server = spawnServer({
    command: process.execPath,
    args: [...(options.nodeArguments ?? []), ...sourceRunArguments('apps/spine/src/main.ts')],
    cwd: repositoryRoot,
    ipc: true,
    env: { ...process.env, ...environmentFor(folder, jwksFile), ...options.settings },
    ...(options.core === undefined ? {} : { core: options.core }),
  });
  const stop = async (): Promise<void> => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return { protocol: 'arqon', port: await readyPort(server), pid: server.pid, token: await signToken(privateKey), name: 'ArqonBus Spine', stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function environmentFor(folder: string, jwksFile: string): NodeJS.ProcessEnv {
  return {
    ARQON_SPINE_SERVICE_PORT: '0',
    ARQON_SPINE_LINK_PORT: '0',
    ARQON_SPINE_ADMIN_PORT: '0',
    ARQON_SPINE_AUTH_JWKS_FILE: jwksFile,
    ARQON_SPINE_AUTH_ISSUER: issuer,
    ARQON_SPINE_AUTH_AUDIENCE: audience,
    ARQON_SPINE_LINK_KEY: randomBytes(32).toString('hex'),
    ARQON_SPINE_AUDIT_FILE: join(folder, 'audit.jsonl'),
  };
}

function signToken(privateKey: CryptoKey): Promise<string> {
  return new SignJWT({ tenant_id: 'bench', roles: ['service'], capabilities: [], rooms: { publish: ['*'], subscribe: ['*'] } })
    .setProtectedHeader({ alg: 'ES256', kid: keyId })
    .setSubject('bench')
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime('2h')
    .sign(privateKey);
}

function readyPort(server: ServerProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const refuse = (reason: string): void => reject(new Error(`the Spine did not become ready (${reason}): ${server.recentOutput()}`));
    const timer = setTimeout(() => refuse(`waited ${readyTimeoutMs} ms`), readyTimeoutMs);
    server.child.on('message', (message: { type?: string; servicePort?: number }) => {
      if (message.type !== 'ready' || message.servicePort === undefined) return;
      clearTimeout(timer);
      resolve(message.servicePort);
    });
    void server.ended.then((end) => {
      clearTimeout(timer);
      refuse(end);
    });
  });
}
