import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { EpisodeEventSchema, EpisodeEventType, type EpisodeEvent } from '@arqonbus/proto';
import type { RawEvent } from '@arqonbus/sdk';
import { randomBytes } from 'node:crypto';

export type EventKind = 'CREATED' | 'UPDATED' | 'DELETED' | 'SUMMARIZED';

/** One event of a test; ids are short numbers. */
export interface EventInit {
  readonly tenantId: string;
  readonly kind?: EventKind;
  readonly agent?: string;
  readonly episode?: number;
  /** Milliseconds that its source time is after the start of 2026. */
  readonly at?: number;
  readonly eventId?: string;
  readonly summary?: string;
  /** Fields set last, over all others. */
  readonly overrides?: Partial<Pick<EpisodeEvent, 'tenantId' | 'agentId' | 'episodeId' | 'schemaVersion'>>;
}

const startMs = Date.UTC(2026, 0, 1);

/** ULID of the episode of a number. */
export function episodeId(number: number): string {
  return `01KDVDN000${number.toString().padStart(16, '0')}`;
}

/** A new UUIDv7. */
export function newEventId(): string {
  const hex = randomBytes(16).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** An event that the projection takes, as it is published. */
export function episodeEvent({ tenantId, kind = 'CREATED', agent = 'a1', episode = 1, at = 0, eventId = newEventId(), summary, overrides = {} }: EventInit): RawEvent {
  const hasContent = kind === 'CREATED' || kind === 'UPDATED';
  const text = kind === 'SUMMARIZED' ? summary ?? `summary ${String(at)}` : summary;
  const content = hasContent ? { contentRef: `s3://bucket/${String(at)}`, tags: [kind.toLowerCase()], metadata: { at, kind } } : {};
  const init: MessageInitShape<typeof EpisodeEventSchema> = {
    eventId, eventType: EpisodeEventType[kind], tenantId, agentId: agent, episodeId: episodeId(episode), sourceTs: timestampFromMs(startMs + at), schemaVersion: 1,
  };
  if (kind !== 'DELETED') init.payload = { ...content, ...(text === undefined ? {} : { summary: text }) };
  const event = Object.assign(create(EpisodeEventSchema, init), overrides);
  return { type: EpisodeEventSchema.typeName, payload: toBinary(EpisodeEventSchema, event) };
}

/** Events that create `count` episodes, the first of which has the number `from`. */
export function createdEpisodes(tenantId: string, from: number, count: number): RawEvent[] {
  return Array.from({ length: count }, (_, index) => episodeEvent({ tenantId, episode: from + index, at: from + index }));
}
