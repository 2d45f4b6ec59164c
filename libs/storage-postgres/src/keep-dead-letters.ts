import { webcrypto } from 'node:crypto';
import { isUuid } from '@arqonbus/continuum';
import { createIdSource } from '@arqonbus/envelope';
import type { EpisodeFault, SourceRecord } from '@arqonbus/storage/episodes';
import { positionValues } from './positions.js';
import type { SqlRunner } from './sql.js';

/** An event that is refused, and its tries. */
export interface RefusedRecord {
  readonly record: SourceRecord;
  readonly fault: EpisodeFault;
  readonly tries: number;
}

const keepSql = `INSERT INTO arqon.dead_letter (
    tenant_id, id, epoch, sequence, original_type, original_payload, sender, bus_time_us, event_id, error_code, field, reason, tries, first_failure_us, last_failure_us
  )
  SELECT $1, d.id, d.epoch, d.sequence, d.original_type, d.original_payload, d.sender, d.bus_time_us, d.event_id, d.error_code, d.field, d.reason, d.tries, $14, $14
  FROM unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::text[], $6::bytea[], $7::text[], $8::bigint[], $9::uuid[], $10::text[], $11::text[], $12::text[], $13::integer[])
    AS d (id, epoch, sequence, original_type, original_payload, sender, bus_time_us, event_id, error_code, field, reason, tries)
  ON CONFLICT (tenant_id, epoch, sequence) DO NOTHING`;

/** Gives dead letters their ids: UUIDv7s in the order in which they were kept. */
export type DeadLetterIds = () => string;

export function createDeadLetterIds(): DeadLetterIds {
  const next = createIdSource({ nowMs: Date.now, random: (bytes) => webcrypto.getRandomValues(bytes) });
  return () => {
    const hex = Buffer.from(next()).toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  };
}

/** Keeps refused events within a transaction of their tenant. One at a position that has a dead letter already is left as it is. */
export async function keepDeadLetters(sql: SqlRunner, tenantId: string, refused: readonly RefusedRecord[], nextId: DeadLetterIds): Promise<void> {
  if (refused.length === 0) return;
  const columns: unknown[][] = Array.from({ length: 12 }, () => []);
  for (const { record, fault, tries } of refused) {
    const values = [
      nextId(), ...positionValues(record.position), storable(record.type), Buffer.from(record.payload), storable(record.sender), record.timeUs,
      isUuid(fault.eventId) ? fault.eventId : null, fault.code, storable(fault.field), storable(fault.reason), Math.max(1, tries),
    ];
    for (const [at, value] of values.entries()) columns[at].push(value);
  }
  await sql.query(keepSql, [tenantId, ...columns, Date.now() * 1_000]);
}

/** A dead letter must never be refused itself: PostgreSQL keeps every character but U+0000. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}
