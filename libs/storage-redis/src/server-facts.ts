import { ArqonError } from '@arqonbus/errors';
import type { DurabilityName } from '@arqonbus/storage';

/** What a server says of itself; settings that it does not tell (CONFIG may be forbidden) are undefined. */
export interface ServerFacts {
  /** Changes with every start of the process. */
  readonly runId: string;
  readonly majorVersion: number;
  readonly isReplica: boolean;
  /** It was a replica and took over: acknowledged writes may be missing. */
  readonly wasPromoted: boolean;
  readonly hasAppendOnlyFile: boolean;
  readonly evictionPolicy: string | undefined;
  readonly appendfsync: string | undefined;
  readonly skipsFsyncOnRewrite: boolean | undefined;
}

/** Reads `INFO` and the answer to `CONFIG GET` (undefined when it was refused). */
export function parseServerFacts(info: string, config: ReadonlyMap<string, string> | undefined): ServerFacts {
  const fields = new Map(info.split(/\r?\n/).filter((line) => line.includes(':')).map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
  const skips = config?.get('no-appendfsync-on-rewrite');
  return {
    runId: fields.get('run_id') ?? '',
    majorVersion: Number.parseInt(fields.get('redis_version') ?? '0', 10),
    isReplica: fields.get('role') === 'slave',
    wasPromoted: !/^0*$/.test(fields.get('master_replid2') ?? ''),
    hasAppendOnlyFile: fields.get('aof_enabled') === '1',
    evictionPolicy: fields.get('maxmemory_policy') ?? config?.get('maxmemory-policy'),
    appendfsync: config?.get('appendfsync'),
    skipsFsyncOnRewrite: skips === undefined ? undefined : skips === 'yes',
  };
}

/** What an end of the server's process leaves of acknowledged writes: 2 all, 1 all but perhaps the last ones, 0 who knows. */
export type RestartSurvival = 0 | 1 | 2;

/**
 * Only `appendfsync always` leaves all: with `everysec` the server holds writes back while an fsync is under way and answers nevertheless
 * (seen: acknowledged runs lost by kill -9), and nothing tells a kill from a power cut afterwards.
 */
export function restartSurvival(facts: ServerFacts): RestartSurvival {
  if (!facts.hasAppendOnlyFile || facts.wasPromoted) return 0;
  return facts.appendfsync === 'always' && facts.skipsFsyncOnRewrite === false ? 2 : 1;
}

/** Raises ArqonError: INVALID_ARGUMENT naming the server's setting that must change, STORE_UNAVAILABLE for a replica, which another address may mend. */
export function assertUsable(facts: ServerFacts, { allowsEviction }: { readonly allowsEviction: boolean }): void {
  if (facts.majorVersion < 7) {
    throw new ArqonError('INVALID_ARGUMENT', { field: 'redis_version', message: `the server speaks Redis ${facts.majorVersion}; Redis 7 or Valkey 7.2 is needed` });
  }
  if (facts.evictionPolicy !== 'noeviction' && !allowsEviction) {
    throw new ArqonError('INVALID_ARGUMENT', {
      field: 'maxmemory-policy',
      message: `the server's maxmemory-policy is ${facts.evictionPolicy ?? 'not known'}, so that it may drop acknowledged runs: set maxmemory-policy noeviction, or allow eviction`,
    });
  }
  if (facts.isReplica) throw new ArqonError('STORE_UNAVAILABLE', { message: 'the server is a replica' });
}

export interface Worth {
  readonly durability: DurabilityName;
  readonly reason: string;
}

/** What an acknowledgement of the server is worth, and why. It is no part of ours, so all survives kill -9 of any of our parts. */
export function worthOf(facts: ServerFacts): Worth {
  const { appendfsync, skipsFsyncOnRewrite } = facts;
  if (facts.evictionPolicy !== 'noeviction') return { durability: 'MEMORY', reason: `maxmemory-policy ${facts.evictionPolicy ?? 'not known'}: the server may evict runs` };
  if (!facts.hasAppendOnlyFile) {
    return { durability: 'STORE', reason: 'appendonly no: runs survive our processes, not an end of the server, which begins a new epoch' };
  }
  if (appendfsync === undefined) return { durability: 'STORE', reason: 'appendonly yes; the server does not tell appendfsync (CONFIG GET refused), so no fsync is claimed' };
  if (appendfsync === 'everysec') {
    // While an fsync is under way the server holds its next write back, for up to 2 s, and answers nevertheless.
    return { durability: 'STORE', reason: 'appendonly yes, appendfsync everysec: runs survive our processes; with the server the last 2 seconds may go' };
  }
  if (appendfsync !== 'always') {
    return { durability: 'STORE', reason: `appendonly yes, appendfsync ${appendfsync}: runs survive kill -9 of the server, not a power cut` };
  }
  if (skipsFsyncOnRewrite !== false) return { durability: 'STORE', reason: 'appendfsync always, but no-appendfsync-on-rewrite is not no: not every answer waits for fsync' };
  return { durability: 'FSYNC', reason: 'appendonly yes, appendfsync always: every answer waits for fsync' };
}

const worthOrder: readonly DurabilityName[] = ['MEMORY', 'STORE', 'FSYNC'];

/** The least of several servers of a cluster. */
export function leastWorth(all: readonly Worth[]): Worth {
  return all.reduce((least, one) => (worthOrder.indexOf(one.durability) < worthOrder.indexOf(least.durability) ? one : least));
}
