import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataDir } from '../data-dir/data-dir.js';
import { writePrivateFile } from '../data-dir/private-file.js';
import { signToken } from '../token/sign-token.js';

const ttlSeconds = 3_600;
/** Often enough that a projector which reads the file before its token ends finds one with half its time left. */
const renewEveryMs = ttlSeconds * 500;

/** Writes a token of a projector for each tenant, `<tenant>.jwt`, with the rights that it needs and no more. */
export async function writeProjectorTokens(dataDir: DataDir, tenants: readonly string[], nowMs: number): Promise<void> {
  await mkdir(dataDir.projectorTokensFolder, { recursive: true, mode: 0o700 });
  for (const tenant of tenants) {
    const { token } = await signToken(dataDir, {
      tenant, sub: 'projector', roles: ['service'], capabilities: [], ttlSeconds,
      subscribe: ['continuum.episode.v1', 'sys.calls:projector'], publish: ['continuum.episode.dlq.v1'],
    }, nowMs);
    writePrivateFile(join(dataDir.projectorTokensFolder, `${tenant}.jwt`), `${token}\n`);
  }
}

/** Writes them again and again; the returned function ends that. */
export function renewProjectorTokens(dataDir: DataDir, tenants: readonly string[], failed: (error: unknown) => void): () => void {
  const timer = setInterval(() => { writeProjectorTokens(dataDir, tenants, Date.now()).catch(failed); }, renewEveryMs);
  return () => { clearInterval(timer); };
}
