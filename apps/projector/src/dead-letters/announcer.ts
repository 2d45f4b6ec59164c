import { create, toBinary } from '@bufbuild/protobuf';
import { continuumTopics } from '@arqonbus/continuum';
import { DeadLetterSchema } from '@arqonbus/proto';
import { isArqonError, isClosedError, type Bus } from '@arqonbus/sdk';
import { errorTable, type ErrorCode } from '@arqonbus/errors';
import type { DeadLetterRow, EpisodeStore } from '@arqonbus/storage/episodes';
import type { Logger } from '@arqonbus/telemetry';
import type { ProjectorMetrics } from '../telemetry/projector-metrics.js';

export interface AnnouncerParts {
  readonly bus: Bus;
  readonly store: Pick<EpisodeStore, 'listUnannounced' | 'markAnnounced'>;
  readonly tenantId: string;
  readonly metrics: ProjectorMetrics;
  readonly logger: Logger;
}

const pageRows = 50;

/**
 * Publishes stored dead letters to their topic, at least once each, oldest first. The row is what counts: it was committed with its batch, and stays
 * unannounced until the bus has it.
 */
export class DeadLetterAnnouncer {
  private running: Promise<void> | undefined;
  private isWanted = false;

  constructor(private readonly announcer: AnnouncerParts) {}

  /** Publishes what is not announced yet; a call while that goes on lets it look once more. Never rejects. */
  announce(): Promise<void> {
    this.isWanted = true;
    this.running ??= this.run().finally(() => { this.running = undefined; });
    return this.running;
  }

  private async run(): Promise<void> {
    const { logger, tenantId } = this.announcer;
    try {
      while (this.isWanted) {
        this.isWanted = false;
        while (await this.announcePage()) this.isWanted = true;
      }
    } catch (error) {
      this.isWanted = false;
      if (!isClosedError(error)) logger.warn({ tenant: tenantId, error }, 'dead letters could not be announced, they are tried again');
    }
  }

  /** False when there was none. Marks those that the bus has even where it refuses others, so that they are not published again. */
  private async announcePage(): Promise<boolean> {
    const { store, tenantId, metrics } = this.announcer;
    const rows = await store.listUnannounced(tenantId, pageRows);
    if (rows.length === 0) return false;
    const outcomes = await Promise.allSettled(rows.map((row) => this.publish(row)));
    const announced = rows.filter((_, index) => outcomes[index].status === 'fulfilled');
    if (announced.length > 0) await store.markAnnounced(tenantId, announced.map((row) => row.id));
    metrics.deadLettersAnnouncedCount += announced.length;
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return true;
  }

  private async publish(row: DeadLetterRow): Promise<void> {
    const { bus, logger, tenantId } = this.announcer;
    const { room, type } = continuumTopics.deadLetters;
    try {
      await bus.publish(room, { type, payload: encodeDeadLetter(row, row.record.payload) });
    } catch (error) {
      if (!isArqonError(error) || !isAboutContent(error.code)) throw error;
      // The row keeps what the bus does not take.
      logger.warn({ tenant: tenantId, dead_letter: row.id, bytes: row.record.payload.length, code: error.code }, 'dead letter is announced without its event, which the bus refuses');
      await bus.publish(room, { type, payload: encodeDeadLetter({ ...row, record: { ...row.record, type: '' } }, new Uint8Array(0)) });
    }
  }
}

const sizeCodes: ReadonlySet<string> = new Set(['FRAME_TOO_LARGE', 'ENVELOPE_TOO_LARGE', 'LIMIT']);

/** An event that filled its frame does not fit into another one beside its reason, and content inspection may stop it, for its size too. */
function isAboutContent(code: ErrorCode): boolean {
  return !errorTable[code].retryable && (sizeCodes.has(code) || code.startsWith('CASIL_'));
}

/** The message that the dead-letter topic carries. */
export function encodeDeadLetter(row: DeadLetterRow, payload: Uint8Array): Uint8Array {
  const { record, fault } = row;
  return toBinary(DeadLetterSchema, create(DeadLetterSchema, {
    deadLetterId: row.id, originalType: record.type, originalPayload: payload, room: continuumTopics.episodes.room,
    epoch: record.position.epoch, sequence: record.position.sequence, sender: record.sender, eventId: fault.eventId,
    errorCode: fault.code, field: fault.field, reason: fault.reason, tries: row.tries,
    firstFailureUs: BigInt(row.firstFailureUs), lastFailureUs: BigInt(row.lastFailureUs),
  }));
}
