import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { readEpisode, type EpisodeChange } from '@arqonbus/continuum';
import { ArqonError } from '@arqonbus/errors';
import {
  DeadLetterSummarySchema, ListDeadLettersRequestSchema, ListDeadLettersResponseSchema, ReplayDeadLettersRequestSchema, ReplayDeadLettersResponseSchema,
  ShowDeadLetterRequestSchema, ShowDeadLetterResponseSchema,
} from '@arqonbus/proto';
import { EpisodeStoreError, type DeadLetterRow, type EpisodeFault } from '@arqonbus/storage/episodes';
import { setTimeout as delay } from 'node:timers/promises';
import type { TenantRuntime } from '../tenant-runtime.js';
import { summaryOf } from './answer-messages.js';
import { readUuid } from './arguments.js';
import { operationOf, type OperationCall } from './operation.js';

const defaultPage = 50;
const largestPage = 500;
/** Dead letters with their payloads that one page holds in memory. */
const replayPage = 100;
/** How often an instance looks whether it is its turn. */
const turnPollMs = 100;
/** Room for the summary and the tags around it. */
const summaryBytes = 8_192;

/** projector.dead_letters.list */
export const listDeadLetters = operationOf(ListDeadLettersRequestSchema, ListDeadLettersResponseSchema, async ({ store, tenantId }, args, call) => {
  if (args.limit > largestPage) throw new ArqonError('INVALID_ARGUMENT', { field: 'limit', message: `limit is at most ${String(largestPage)}.` });
  const limit = args.limit === 0 ? defaultPage : args.limit;
  const after = args.after === '' ? {} : { after: readUuid(args.after, 'after') };
  // One more tells whether there is a next page.
  const rows = await store.listDeadLetters(tenantId, { ...after, limit: Math.min(limit + 1, largestPage), withReplayed: args.withReplayed });
  const deadLetters = fitting(rows.slice(0, limit), call.maxAnswerBytes);
  const isWhole = deadLetters.length === rows.length && rows.length < largestPage;
  return { deadLetters, nextAfter: isWhole ? '' : rows[deadLetters.length - 1].id };
});

/** The first rows that fit into an answer, at least one. */
function fitting(rows: readonly DeadLetterRow[], maxBytes: number): MessageInitShape<typeof DeadLetterSummarySchema>[] {
  const summaries: MessageInitShape<typeof DeadLetterSummarySchema>[] = [];
  let bytes = 0;
  for (const row of rows) {
    const summary = create(DeadLetterSummarySchema, summaryOf(row));
    // Tag and length of the field around it.
    bytes += toBinary(DeadLetterSummarySchema, summary).length + 6;
    if (bytes > maxBytes - 64 && summaries.length > 0) break;
    summaries.push(summary);
  }
  return summaries;
}

/** projector.dead_letters.show */
export const showDeadLetter = operationOf(ShowDeadLetterRequestSchema, ShowDeadLetterResponseSchema, async (runtime, args, call) => {
  const row = await findDeadLetter(runtime, readUuid(args.deadLetterId, 'dead_letter_id'));
  return { summary: summaryOf(row), originalPayload: row.record.payload.subarray(0, Math.max(0, call.maxAnswerBytes - summaryBytes)) };
});

/** projector.dead_letters.replay */
export const replayDeadLetters = operationOf(ReplayDeadLettersRequestSchema, ReplayDeadLettersResponseSchema, async (runtime, args, call) => {
  if (args.deadLetterIds.length > largestPage) {
    throw new ArqonError('INVALID_ARGUMENT', { field: 'dead_letter_ids', message: `At most ${String(largestPage)} ids in one call.` });
  }
  if (args.after !== '' && args.deadLetterIds.length > 0) throw new ArqonError('INVALID_ARGUMENT', { field: 'after', message: 'after goes with no ids.' });
  const ids = [...new Set(args.deadLetterIds.map((id) => readUuid(id, 'dead_letter_ids')))];
  const after = args.after === '' ? undefined : readUuid(args.after, 'after');
  const turn = await turnOf(runtime, call);
  if (turn === undefined) return undefined;
  const replay = new DeadLetterReplay(runtime, call, turn.triedSinceUs);
  try {
    const nextAfter = ids.length > 0 ? await replay.named(ids) : await replay.open(after);
    const { replayed, refused, already } = replay.counts;
    return { replayed: BigInt(replayed), refused: BigInt(refused + replay.passedCount), alreadyReplayed: BigInt(already), nextAfter };
  } finally {
    replay.ended();
    await turn.release();
  }
});

/** The right to replay. */
interface ReplayTurn {
  /** What was refused since then was tried by the instance before: not again for the same call. */
  readonly triedSinceUs: number;
  release(): Promise<void>;
}

/**
 * Every instance gets the call; one has the turn and answers for all. The others wait, since it may be killed, or busy with another call; undefined once
 * the time of the call is over.
 */
async function turnOf({ store, tenantId, logger }: TenantRuntime, { signal }: OperationCall): Promise<ReplayTurn | undefined> {
  const askedUs = Date.now() * 1_000;
  for (let triedSinceUs = Number.POSITIVE_INFINITY; !signal.aborted; triedSinceUs = askedUs) {
    const claim = await store.claimReplay(tenantId);
    if (claim !== undefined) {
      return {
        triedSinceUs,
        // Without its connection the lock is gone as well.
        release: () => claim.release().catch((error: unknown) => { logger.debug({ tenant: tenantId, error }, 'the lock of a replay went with its connection'); }),
      };
    }
    await delay(turnPollMs);
  }
  return undefined;
}

/** One replay of dead letters, each in a transaction of its own. */
class DeadLetterReplay {
  readonly counts = { replayed: 0, refused: 0, already: 0 };
  /** Refused again by the instance that had the turn before. */
  passedCount = 0;

  constructor(private readonly runtime: TenantRuntime, private readonly call: OperationCall, private readonly triedSinceUs: number) {}

  /** Replays these; the last one that was tried where the time ended before the end. Raises UNKNOWN_DEAD_LETTER before anything is done. */
  async named(ids: readonly string[]): Promise<string> {
    const open = new Set<string>();
    for (const id of ids) if ((await findDeadLetter(this.runtime, id)).replayedAtUs === undefined) open.add(id);
    this.counts.already = ids.length - open.size;
    let last = '';
    for (const id of open) {
      if (this.isOver(last)) return last;
      await this.replay(await findDeadLetter(this.runtime, id));
      last = id;
    }
    return '';
  }

  /** Replays every open one behind `after`. */
  async open(after: string | undefined): Promise<string> {
    const { store, tenantId } = this.runtime;
    let last = after;
    for (;;) {
      const rows = await store.listDeadLetters(tenantId, { limit: replayPage, ...(last === undefined ? {} : { after: last }) });
      for (const row of rows) {
        if (this.isOver(last === after ? '' : last ?? '')) return last ?? '';
        await this.replay(row);
        last = row.id;
      }
      if (rows.length < replayPage) return '';
    }
  }

  /** Tells metrics and the projection what was done, also where it ended by an error. */
  ended(): void {
    const { replayed, refused } = this.counts;
    this.runtime.countReplay(this.counts);
    if (replayed + refused > 0) this.runtime.deadLettersChanged();
  }

  /** At least one is tried in each call, so that calling again comes to an end. */
  private isOver(last: string): boolean {
    return last !== '' && this.call.signal.aborted;
  }

  private async replay(row: DeadLetterRow): Promise<void> {
    const { store, tenantId } = this.runtime;
    if (row.lastFailureUs >= this.triedSinceUs) {
      this.passedCount += 1;
      return;
    }
    const { payload, type, timeUs } = row.record;
    const reading = readEpisode(payload, { tenantId, type, timeUs });
    const fault = 'fault' in reading ? reading.fault : await this.apply(row, reading.change);
    if (fault === undefined) {
      this.counts.replayed += 1;
      return;
    }
    await store.refuseDeadLetter(tenantId, row.id, fault);
    this.counts.refused += 1;
  }

  /** What the database has against it; undefined when it is applied. */
  private async apply(row: DeadLetterRow, change: EpisodeChange): Promise<EpisodeFault | undefined> {
    const { store, tenantId } = this.runtime;
    try {
      await store.replayDeadLetter(tenantId, row.id, change);
      return undefined;
    } catch (error) {
      if (!(error instanceof EpisodeStoreError) || error.failure !== 'data') throw error;
      return { code: 'EPISODE_NOT_STORABLE', field: '', reason: `The database refuses it: SQLSTATE ${error.sqlCode}.`, eventId: change.guard.eventId };
    }
  }
}

async function findDeadLetter({ store, tenantId }: TenantRuntime, id: string): Promise<DeadLetterRow> {
  const row = await store.readDeadLetter(tenantId, id);
  if (row === undefined) throw new ArqonError('UNKNOWN_DEAD_LETTER', { field: 'dead_letter_id' });
  return row;
}
