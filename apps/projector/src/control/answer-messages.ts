import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs, type Timestamp } from '@bufbuild/protobuf/wkt';
import type { BackfillStatusSchema, DeadLetterSummarySchema } from '@arqonbus/proto';
import type { BackfillJob, DeadLetterRow } from '@arqonbus/storage/episodes';

/** A time of microseconds as the wire has it. */
export function timestampOfUs(us: number): Timestamp {
  const timestamp = timestampFromMs(0);
  const seconds = Math.floor(us / 1_000_000);
  timestamp.seconds = BigInt(seconds);
  timestamp.nanos = (us - seconds * 1_000_000) * 1_000;
  return timestamp;
}

/** A dead letter without its payload. */
export function summaryOf(row: DeadLetterRow): MessageInitShape<typeof DeadLetterSummarySchema> {
  const { fault, record } = row;
  return {
    deadLetterId: row.id, eventId: fault.eventId, errorCode: fault.code, field: fault.field, reason: fault.reason, tries: row.tries,
    firstFailure: timestampOfUs(row.firstFailureUs), lastFailure: timestampOfUs(row.lastFailureUs),
    ...(row.replayedAtUs === undefined ? {} : { replayedAt: timestampOfUs(row.replayedAtUs) }),
    epoch: record.position.epoch, sequence: record.position.sequence, sender: record.sender, originalType: record.type, originalBytes: record.payload.length,
  };
}

/** A backfill as its caller sees it. */
export function backfillStatusOf(job: BackfillJob): MessageInitShape<typeof BackfillStatusSchema> {
  const { counts } = job;
  return {
    backfillId: job.id, state: job.ending ?? 'running', dryRun: job.isDryRun, from: timestampOfUs(job.fromUs), to: timestampOfUs(job.toUs), agentId: job.agentId,
    counts: {
      events: BigInt(counts.events), stale: BigInt(counts.stale), refused: BigInt(counts.refused), rowsInserted: BigInt(counts.rowsInserted),
      rowsUpdated: BigInt(counts.rowsUpdated), rowsDeleted: BigInt(counts.rowsDeleted), rowsUnchanged: BigInt(counts.rowsUnchanged),
    },
    errorCode: job.errorCode, reason: job.reason, startedAt: timestampOfUs(job.startedAtUs),
    ...(job.endedAtUs === undefined ? {} : { endedAt: timestampOfUs(job.endedAtUs) }),
    epoch: job.position?.epoch ?? 0n, sequence: job.position?.sequence ?? 0n,
  };
}
