import { createHash } from 'node:crypto';
import { decodeProtectedHeader, errors, jwtVerify, type JWTPayload } from 'jose';
import { refuseInvalid, refuseKeysUnreachable, type TokenVerdict } from './claims.js';
import { createKeySource, type KeySourceOption } from './key-source.js';
import { createKeyStore, type KeyStore } from './key-store.js';
import type { KeySet } from './parse-key-set.js';
import { readClaims } from './read-claims.js';
import { refuseByShape, refuseBySize, tokenAlgorithms } from './read-token-shape.js';
import { VerdictCache } from './verdict-cache.js';

/** Says who bears a token (F12: another implementation may replace the JWT one). */
export interface TokenVerifier {
  /** The verdict on a compact JWS. Never rejects, never anonymous: whatever fails is a refusal (F1, F2). */
  verify(token: string): Promise<TokenVerdict>;
  /** True while there are keys to verify with, be they the last good ones; readiness says `keys_unreachable` otherwise. */
  keysReachable(): boolean;
  /** Why the keys could not be read the last time, or undefined. While `keysReachable()` too, the last good keys serve on. */
  readonly lastKeyError: string | undefined;
  /** Ends timer and fetch. Verifying goes on with the keys at hand. */
  close(): void;
}

export interface TokenVerifierOptions {
  /** JSON Web Key Set: an https URL (http on loopback), or a file that is read again when it changes (M19). */
  readonly keySource: KeySourceOption;
  /** Required `iss`. */
  readonly issuer: string;
  /** Required value in `aud`. */
  readonly audience: string;
  /** Skew allowed for `exp` and `nbf`. Default 30 s. */
  readonly clockToleranceSeconds?: number;
  /** Verdicts kept. Default 10,000: measured 1.3 KB each with a handful of patterns, so about 13 MB. */
  readonly cacheEntries?: number;
  /** Clock of `exp` and `nbf`, Unix milliseconds. Default `Date.now`. */
  readonly nowMs?: () => number;
  /** Bound of one read of the keys. Default 5,000. */
  readonly fetchTimeoutMs?: number;
  /** Between two reads while all is well. Default 300,000 for a URL, 1,000 for a file (which is only looked at). */
  readonly refreshMs?: number;
  /** Least time between two reads that unknown keys cause. Default 5,000 for a URL, 50 for a file. */
  readonly cooldownMs?: number;
  /** Waits after failed reads. Default 250 to 30,000 for a URL, 1,000 at most for a file. */
  readonly retryMinMs?: number;
  readonly retryMaxMs?: number;
  /** How long the last good keys of a failing URL are trusted. Default 86,400,000 (one day). The keys of a file that breaks are dropped at once. */
  readonly keepStaleMs?: number;
  /** Where a URL may be plain http. Default `loopback`. */
  readonly plainHttp?: 'loopback' | 'anywhere';
}

/** Most keys tried for a token without `kid` that several keys could have signed. */
const keyTrialsMax = 8;

/**
 * Verifies JWTs by protocol.md, "Connection". Begins to read the keys at once. Raises TypeError when the URL of the keys is not acceptable.
 * An unknown key makes the keys be read again: when that succeeds the token is `invalid`, when it fails `keys_unreachable`.
 */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const nowMs = options.nowMs ?? Date.now;
  const cache = new VerdictCache(options.cacheEntries ?? 10_000);
  const source = createKeySource(options.keySource, options.plainHttp ?? 'loopback');
  const store = createKeyStore(source, storeTimes(options), () => cache.clear());
  return {
    async verify(token) {
      const tooLarge = refuseBySize(token);
      if (tooLarge !== undefined) return tooLarge;
      const tokenHash = createHash('sha256').update(token, 'utf8').digest('hex');
      // Asked first, because it drops keys that are too old and with them the verdicts they gave.
      const hasKeys = store.current() !== undefined;
      const cached = cache.find(tokenHash, nowMs());
      if (cached !== undefined) return { ok: true, claims: cached };
      const malformed = refuseByShape(token);
      if (malformed !== undefined) return malformed;
      if (!hasKeys) await store.refresh();
      const keys = store.current();
      if (keys === undefined) return refuseKeysUnreachable(store.lastError ?? 'there is no key set');
      const { verdict, keysUsed } = await verifyRefreshing({ token, tokenHash, keys, store, options, nowMs });
      // A verdict of keys that were replaced meanwhile must not outlive them.
      if (verdict.ok && keysUsed === store.current()) cache.keep(verdict.claims);
      return verdict;
    },
    keysReachable: () => store.current() !== undefined,
    get lastKeyError() {
      return store.lastError;
    },
    close: () => store.close(),
  };
}

interface Check {
  readonly token: string;
  readonly tokenHash: string;
  readonly keys: KeySet;
  readonly store: KeyStore;
  readonly options: TokenVerifierOptions;
  readonly nowMs: () => number;
}

/** Verifies, and once more with fresh keys when the first ones do not hold the token's key. */
async function verifyRefreshing(check: Check): Promise<{ verdict: TokenVerdict; keysUsed: KeySet }> {
  const first = await verifyWith(check);
  if (first !== 'unknown_key') return { verdict: first, keysUsed: check.keys };
  await check.store.refresh();
  const fresh = check.store.current();
  if (fresh !== undefined && fresh !== check.keys) {
    const second = await verifyWith({ ...check, keys: fresh });
    if (second !== 'unknown_key') return { verdict: second, keysUsed: fresh };
  }
  const failure = check.store.lastError;
  const verdict = failure === undefined ? refuseInvalid('no key of the set fits kid, alg and signature') : refuseKeysUnreachable(failure);
  return { verdict, keysUsed: check.keys };
}

async function verifyWith(check: Check): Promise<TokenVerdict | 'unknown_key'> {
  try {
    return readClaims(await verifySignature(check), check.tokenHash);
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return 'unknown_key';
    // Without kid any key fits, so only the signature tells that the right one may be missing.
    const isAnonymous = decodeProtectedHeader(check.token).kid === undefined;
    if (isAnonymous && error instanceof errors.JWSSignatureVerificationFailed) return 'unknown_key';
    return refuseInvalid(describeRefusal(error));
  }
}

async function verifySignature({ token, keys, options, nowMs }: Check): Promise<JWTPayload> {
  const rules = {
    algorithms: [...tokenAlgorithms],
    issuer: options.issuer,
    audience: options.audience,
    clockTolerance: options.clockToleranceSeconds ?? 30,
    currentDate: new Date(nowMs()),
    requiredClaims: ['exp', 'iss', 'aud', 'sub', 'tenant_id'],
  };
  try {
    return (await jwtVerify(token, keys.findKey, rules)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    let trialsCount = 0;
    for await (const key of error) {
      trialsCount += 1;
      if (trialsCount > keyTrialsMax) break;
      try {
        return (await jwtVerify(token, key, rules)).payload;
      } catch (failure) {
        if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw failure;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

/** Text for operators. jose names claims, never their values; messages of others could quote the token and are left out. */
function describeRefusal(error: unknown): string {
  if (error instanceof errors.JOSEError) return `${error.code}: ${error.message}`;
  return `the key cannot be used (${error instanceof Error ? error.name : 'unknown failure'})`;
}

function storeTimes(options: TokenVerifierOptions): Parameters<typeof createKeyStore>[1] {
  const isFile = 'file' in options.keySource;
  return {
    refreshMs: options.refreshMs ?? (isFile ? 1_000 : 300_000),
    retryMinMs: options.retryMinMs ?? 250,
    retryMaxMs: options.retryMaxMs ?? (isFile ? 1_000 : 30_000),
    cooldownMs: options.cooldownMs ?? (isFile ? 50 : 5_000),
    timeoutMs: options.fetchTimeoutMs ?? 5_000,
    keepStaleMs: isFile ? 0 : (options.keepStaleMs ?? 86_400_000),
  };
}
