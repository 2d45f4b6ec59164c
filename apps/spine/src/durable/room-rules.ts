import { compileGrants, type Grants, type TopicKey } from '@arqonbus/tenancy';
import type { Retention } from '@arqonbus/storage';

/** Where a room's history is kept: in the Spine's memory, or in the store that `history.store` names. */
export type RoomHistory = 'memory' | 'durable';
/** `arrival`: as the store takes runs; `causal`: never before what they depend on. */
export type RoomOrder = 'arrival' | 'causal';
/** While the store is away: go on in memory in a new epoch, or refuse what is published. */
export type OnStoreFailure = 'degrade' | 'refuse';

/** One entry of the setting `rooms`; what it leaves out follows the general settings. */
export interface RoomRule {
  /** Pattern as in tokens: `room`, `room:channel`, `@client`, with `*`. */
  readonly match: string;
  readonly history?: RoomHistory;
  readonly order?: RoomOrder;
  readonly on_store_failure?: OnStoreFailure;
  readonly retention?: { readonly max_events?: number; readonly max_bytes?: number; readonly max_age_ms?: number };
}

/** What holds for one topic. */
export interface RoomPolicy {
  readonly history: RoomHistory;
  readonly order: RoomOrder;
  readonly onStoreFailure: OnStoreFailure;
  readonly retention: Retention;
}

const choices = {
  history: ['memory', 'durable'], order: ['arrival', 'causal'], on_store_failure: ['degrade', 'refuse'],
} as const;
const bounds = { max_events: [1, 10_000_000], max_bytes: [65_536, 1_073_741_824], max_age_ms: [1_000, 604_800_000] } as const;
const maxRulesCount = 256;

/** For the doc of the setting. */
export const roomRulesAllowed = 'up to 256 records of match, history (memory, durable), order (arrival, causal), on_store_failure (degrade, refuse), '
  + 'retention (max_events, max_bytes, max_age_ms)';

/** Reads the setting `rooms`; a sentence when a record is wrong. */
export function parseRoomRules(items: readonly unknown[]): readonly RoomRule[] | string {
  if (items.length > maxRulesCount) return `more than ${String(maxRulesCount)} records`;
  for (const [index, item] of items.entries()) {
    const fault = faultOf(item);
    if (fault !== undefined) return `record ${String(index + 1)}: ${fault}`;
  }
  return items as readonly RoomRule[];
}

function faultOf(item: unknown): string | undefined {
  if (!isMap(item)) return 'is no map';
  const { match, retention, ...rest } = item;
  if (typeof match !== 'string') return 'match is missing';
  try {
    compileGrants([match]);
  } catch {
    return `match ${JSON.stringify(match)} is no pattern`;
  }
  for (const [key, value] of Object.entries(rest)) {
    const allowed: readonly string[] | undefined = isKeyOf(choices, key) ? choices[key] : undefined;
    if (allowed === undefined) return `${key} is unknown`;
    if (typeof value !== 'string' || !allowed.includes(value)) return `${key} is one of ${allowed.join(', ')}`;
  }
  return retention === undefined ? undefined : faultOfRetention(retention);
}

function faultOfRetention(retention: unknown): string | undefined {
  if (!isMap(retention)) return 'retention is no map';
  for (const [key, value] of Object.entries(retention)) {
    if (!isKeyOf(bounds, key)) return `retention.${key} is unknown`;
    const [min, max] = bounds[key];
    if (!Number.isInteger(value) || Number(value) < min || Number(value) > max) return `retention.${key} is a whole number of ${String(min)} to ${String(max)}`;
  }
  return undefined;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isKeyOf<T extends object>(table: T, key: string): key is Extract<keyof T, string> {
  return Object.hasOwn(table, key);
}

/** Decides what holds for a topic: the first rule that matches, else the general settings. */
export class RoomRules {
  private readonly compiled: readonly { readonly grants: Grants; readonly policy: RoomPolicy }[];

  constructor(rules: readonly RoomRule[], private readonly general: RoomPolicy) {
    this.compiled = rules.map((rule) => ({ grants: compileGrants([rule.match]), policy: merge(rule, general) }));
  }

  policyOf(key: TopicKey): RoomPolicy {
    for (const { grants, policy } of this.compiled) {
      if ('inbox' in key ? grants.coversInbox(key.inbox) : grants.coversTopic(key.room, key.channel)) return policy;
    }
    return this.general;
  }
}

function merge(rule: RoomRule, general: RoomPolicy): RoomPolicy {
  const { retention } = general;
  return {
    history: rule.history ?? general.history,
    order: rule.order ?? general.order,
    onStoreFailure: rule.on_store_failure ?? general.onStoreFailure,
    retention: {
      maxEvents: rule.retention?.max_events ?? retention.maxEvents, maxBytes: rule.retention?.max_bytes ?? retention.maxBytes,
      maxAgeMs: rule.retention?.max_age_ms ?? retention.maxAgeMs,
    },
  };
}
