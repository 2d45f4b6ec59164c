import { createHash } from 'node:crypto';

import type { AuditEntry } from './audit-log.js';
import { formatRfc3339 } from './microsecond-clock.js';
import { redactFields, redactText } from './redact.js';

/** One stored line: the entry, its place in the chain and the SHA-256 that binds both. */
export interface AuditRecord extends AuditEntry {
  /** Counted from 1 without gaps. */
  readonly sequence: number;
  /** RFC 3339, UTC, microseconds. */
  readonly time: string;
  /** `hash` of the record before, 64 zeros for the first. */
  readonly previous_hash: string;
  /** SHA-256, lower-case hex, over the canonical JSON of the record without this field. */
  readonly hash: string;
}

/** Where a record stands in its chain. */
export interface AuditPosition {
  readonly sequence: number;
  readonly timeUs: bigint;
  readonly previousHash: string;
}

/** A larger detail is replaced by its size, so that a line stays far below what readers hold. */
const MAX_DETAIL_BYTES = 65_536;

/** `previous_hash` of the first record. */
export const genesisHash = '0'.repeat(64);

/** Writes a value as JSON with keys sorted by UTF-16 unit and no white space (as RFC 8785 orders them). */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, held]) => held !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, held]) => `${JSON.stringify(key)}:${canonicalJson(held)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** SHA-256 over the canonical JSON of a record without its hash, lower-case hex. */
export function hashOf(record: Omit<AuditRecord, 'hash'>): string {
  return createHash('sha256').update(canonicalJson({ ...record, hash: undefined })).digest('hex');
}

function safeDetail(detail: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const safe = redactFields(detail);
  const bytes = Buffer.byteLength(canonicalJson(safe));
  return bytes > MAX_DETAIL_BYTES ? { cut: true, detail_bytes: bytes } : safe;
}

function safeEntry(entry: AuditEntry): AuditEntry {
  return {
    action: redactText(entry.action),
    actor: redactText(entry.actor),
    outcome: entry.outcome,
    ...(entry.tenant === undefined ? {} : { tenant: redactText(entry.tenant) }),
    ...(entry.target === undefined ? {} : { target: redactText(entry.target) }),
    ...(entry.code === undefined ? {} : { code: redactText(entry.code) }),
    ...(entry.detail === undefined ? {} : { detail: safeDetail(entry.detail) }),
  };
}

/** Builds the record of an entry at a place in the chain, with secrets replaced (M7). */
export function createRecord(entry: AuditEntry, position: AuditPosition): AuditRecord {
  const record = {
    ...safeEntry(entry),
    sequence: position.sequence,
    time: formatRfc3339(position.timeUs),
    previous_hash: position.previousHash,
  };
  return { ...record, hash: hashOf(record) };
}

/** What the next record must continue. */
export interface ChainEnd {
  readonly sequence: number;
  readonly hash: string;
}

/**
 * Checks one stored line, without its line feed. Returns its end of chain, or undefined when a single byte of
 * the line differs from what was written, or the line does not continue `before` (undefined: unknown).
 */
export function checkLine(line: Buffer, before: ChainEnd | undefined): ChainEnd | undefined {
  const record = parseRecord(line);
  if (record === undefined) return undefined;
  // Comparing bytes, not values, catches changes that JSON reads alike, such as white space or escapes.
  if (!Buffer.from(canonicalJson(record)).equals(line) || hashOf(record) !== record.hash) return undefined;
  if (before !== undefined && (record.sequence !== before.sequence + 1 || record.previous_hash !== before.hash)) return undefined;
  return { sequence: record.sequence, hash: record.hash };
}

function parseRecord(line: Buffer): AuditRecord | undefined {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is AuditRecord {
  if (typeof value !== 'object' || value === null) return false;
  const held: Partial<Record<keyof AuditRecord, unknown>> = value;
  return (
    typeof held.sequence === 'number' && typeof held.hash === 'string' && typeof held.previous_hash === 'string' &&
    typeof held.time === 'string' && typeof held.action === 'string' && typeof held.actor === 'string' && typeof held.outcome === 'string'
  );
}
