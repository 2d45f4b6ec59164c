import { eventIdOf, readEpisode, continuumTopics } from '@arqonbus/continuum';
import { ArqonError, isArqonError } from '@arqonbus/errors';
import { EpisodeEventSchema, EpisodeEventType } from '@arqonbus/proto';
import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import type { EpisodeInit } from './episode-init.js';
import { EventIdSource } from './id-texts.js';
import type { OutboxEvent } from './outbox.js';

const schemaVersion = 1;

const eventTypes = {
  created: EpisodeEventType.CREATED,
  updated: EpisodeEventType.UPDATED,
  deleted: EpisodeEventType.DELETED,
  summarized: EpisodeEventType.SUMMARIZED,
} as const;

/** Who publishes. */
export interface EpisodeSourceNames {
  readonly tenantId: string;
  readonly agentId: string;
}

/** An event ready for the outbox, and its id as it stands in it. */
export interface EncodedEpisode extends OutboxEvent {
  readonly eventId: string;
}

type EpisodeEventInit = Exclude<MessageInitShape<typeof EpisodeEventSchema>, { $typeName: string }>;

/** Makes events of one agent, and reads each as the projector will. */
export class EpisodeEncoder {
  private readonly ids = new EventIdSource();
  private lastSourceUs = 0n;

  constructor(private readonly names: EpisodeSourceNames) {}

  /** Raises ArqonError with the code and field that the projector would refuse the event with. */
  encode(episode: EpisodeInit): EncodedEpisode {
    const eventId = episode.eventId ?? this.ids.next();
    const payload = this.bytesOf(eventId, episode);
    const reading = readEpisode(payload, { tenantId: this.names.tenantId, type: continuumTopics.episodes.type, timeUs: Date.now() * 1_000 });
    if ('fault' in reading) {
      const { code, field, reason } = reading.fault;
      throw new ArqonError(code, { message: reason, ...(field === '' ? {} : { field }) });
    }
    return { id: eventIdOf(eventId) ?? eventId, eventId, payload };
  }

  private bytesOf(eventId: string, episode: EpisodeInit): Uint8Array {
    try {
      return toBinary(EpisodeEventSchema, create(EpisodeEventSchema, {
        eventId,
        eventType: Object.hasOwn(eventTypes, episode.type) ? eventTypes[episode.type] : EpisodeEventType.UNSPECIFIED,
        tenantId: this.names.tenantId,
        agentId: this.names.agentId,
        episodeId: episode.episodeId,
        sourceTs: timestampOf(this.sourceUs(episode.sourceTs)),
        schemaVersion,
        ...payloadOf(episode),
      }));
    } catch (cause) {
      if (isArqonError(cause)) throw cause;
      // A value of another type than its field's, or metadata that JSON has no form for.
      throw new ArqonError('EPISODE_INVALID_FIELD', { message: 'A value cannot be encoded.', cause });
    }
  }

  /** Each default is later than the one before, so that two changes within one tick of the clock keep their order. */
  private sourceUs(given: Date | bigint | undefined): bigint {
    if (typeof given === 'bigint') return given;
    if (given !== undefined) return microsecondsOf(given);
    const nowUs = BigInt(Date.now()) * 1_000n;
    this.lastSourceUs = nowUs > this.lastSourceUs ? nowUs : this.lastSourceUs + 1n;
    return this.lastSourceUs;
  }
}

function payloadOf(episode: EpisodeInit): Pick<EpisodeEventInit, 'payload'> {
  switch (episode.type) {
    case 'created':
    case 'updated': {
      const { contentRef, summary, tags = [], embeddingRef, metadata } = episode;
      return {
        payload: {
          contentRef,
          tags: [...tags],
          ...(summary === undefined ? {} : { summary }),
          ...(embeddingRef === undefined ? {} : { embeddingRef }),
          ...(metadata === undefined ? {} : { metadata }),
        },
      };
    }
    case 'summarized':
      return { payload: { summary: episode.summary } };
    case 'deleted':
      return {};
  }
}

function microsecondsOf(date: Date): bigint {
  const milliseconds = date.getTime();
  if (!Number.isSafeInteger(milliseconds)) throw new ArqonError('EPISODE_INVALID_FIELD', { field: 'source_ts', message: 'The source time is no date.' });
  return BigInt(milliseconds) * 1_000n;
}

function timestampOf(microseconds: bigint): { seconds: bigint; nanos: number } {
  const fraction = ((microseconds % 1_000_000n) + 1_000_000n) % 1_000_000n;
  return { seconds: (microseconds - fraction) / 1_000_000n, nanos: Number(fraction) * 1_000 };
}
