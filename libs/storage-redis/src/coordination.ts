import { ArqonError } from '@arqonbus/errors';
import { parseCoordinationKey, redisCoordinationKey, type CoordinationKey } from '@arqonbus/tenancy';
import { RedisLink } from './redis-link.js';
import { parseRedisOptions, type RedisStoreOptions } from './redis-options.js';
import { scripts } from './redis-script.js';

export const coordinationLimits = {
  /** Of a value as UTF-8: a mark or a reference, no content of an episode. */
  valueBytes: 1_024,
  /** Of a time to live: a day. */
  ttlMs: 86_400_000,
  /** Of one count. */
  countStep: 1_000_000,
} as const;

/** A server may evict these keys: losing them costs time, nothing else. */
export type CoordinationStoreOptions = Omit<RedisStoreOptions, 'allowEviction' | 'announcedBytes'>;

/**
 * Hot state that the programs of a tenant share in Redis or Valkey (I7): presence, rate limits and caches, each under a key of its tenant and for a time
 * that is always given. Every method rejects with ArqonError: INVALID_NAME for a key that no builder of @arqonbus/tenancy writes, INVALID_ARGUMENT for what
 * exceeds `coordinationLimits` or does not belong under the key, STORE_UNAVAILABLE while the server is away. Nothing is sent when it is refused.
 */
export interface CoordinationStore {
  /** Keeps a text for so many milliseconds, under a presence or a cache key. What was there is replaced, and its time with it. */
  put(key: CoordinationKey, value: string, ttlMs: number): Promise<void>;
  /** Undefined when there is none, or no longer. */
  get(key: CoordinationKey): Promise<string | undefined>;
  /** True if there was one. */
  delete(key: CoordinationKey): Promise<boolean>;
  /** Counts under a rate-limit key, and gives the count. It begins anew so many milliseconds after its first count; later counts do not prolong it. */
  increment(key: CoordinationKey, ttlMs: number, step?: number): Promise<number>;
  close(): Promise<void>;
}

/** Connects and keeps connected. Raises ArqonError INVALID_ARGUMENT for options, STORE_UNAVAILABLE when no address serves. */
export async function openCoordinationStore(options: CoordinationStoreOptions): Promise<CoordinationStore> {
  const settings = parseRedisOptions({ ...options, allowEviction: true });
  const { events } = options;
  let wasDown = false;
  const link = new RedisLink(settings, {
    up: () => { if (wasDown) events?.up(); },
    down: (reason) => {
      wasDown = true;
      events?.down(reason);
    },
  });
  await link.start();
  return new RedisCoordinationStore(link, settings.prefix);
}

const decoder = new TextDecoder();

class RedisCoordinationStore implements CoordinationStore {
  constructor(
    private readonly link: RedisLink,
    private readonly prefix: string,
  ) {}

  async put(key: CoordinationKey, value: string, ttlMs: number): Promise<void> {
    const redisKey = redisCoordinationKey(this.prefix, key);
    checkUse(key, false);
    checkWhole('ttlMs', ttlMs, coordinationLimits.ttlMs);
    const bytes = Buffer.from(value);
    if (bytes.length > coordinationLimits.valueBytes) throw invalid('value', `at most ${coordinationLimits.valueBytes} bytes: references and marks, no content`);
    await this.link.connection.command('set', redisKey, bytes, 'PX', ttlMs);
  }

  async get(key: CoordinationKey): Promise<string | undefined> {
    const answer = await this.link.connection.command('get', redisCoordinationKey(this.prefix, key));
    return answer === null ? undefined : decoder.decode(answer as Buffer);
  }

  async delete(key: CoordinationKey): Promise<boolean> {
    return Number(await this.link.connection.command('del', redisCoordinationKey(this.prefix, key))) === 1;
  }

  async increment(key: CoordinationKey, ttlMs: number, step = 1): Promise<number> {
    const redisKey = redisCoordinationKey(this.prefix, key);
    checkUse(key, true);
    checkWhole('ttlMs', ttlMs, coordinationLimits.ttlMs);
    checkWhole('step', step, coordinationLimits.countStep);
    return Number(await this.link.connection.run(scripts.countUp, [redisKey], [step, ttlMs]));
  }

  close(): Promise<void> {
    this.link.close();
    return Promise.resolve();
  }
}

/** Counters and texts have keys of their own, so that neither is ever found where the other is looked for. */
function checkUse(key: CoordinationKey, isCounter: boolean): void {
  if ((parseCoordinationKey(key)?.use === 'rate_limit') === isCounter) return;
  throw invalid('key', isCounter ? 'only rate-limit keys are counted under' : 'a rate-limit key is counted under, not put');
}

function checkWhole(field: string, value: number, most: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > most) throw invalid(field, `a whole number from 1 to ${most} is needed`);
}

function invalid(field: string, message: string): ArqonError {
  return new ArqonError('INVALID_ARGUMENT', { field, message: `${field}: ${message}` });
}
