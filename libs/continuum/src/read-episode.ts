import { EpisodeEventType } from '@arqonbus/proto';
import type { ErrorCode } from '@arqonbus/errors';
import { continuumTopics, episodeLimits } from './continuum-contract.js';
import { eventIdOf, isAgentId, ulidOf } from './episode-ids.js';
import { EpisodeRefusal } from './episode-refusal.js';
import { emptyWire, readEventFields, type EpisodeWire, type PayloadWire } from './episode-wire.js';
import type { EpisodeChange, EpisodeChangeKind, EpisodeContent } from './episode.js';
import { readMetadata } from './metadata-json.js';
import type { ScratchMemory } from './scratch-memory.js';
import { isLongerThan, isReference, sortFew } from './text-rules.js';
import { WireReader } from './wire-reader.js';

/** 2000-01-01 and 10000-01-01 UTC. */
const firstSourceSecond = 946_684_800;
const endOfSourceSeconds = 253_402_300_800;
const nanosPerSecond = 1_000_000_000;
const supportedVersion = 1;

const kinds: Readonly<Partial<Record<number, EpisodeChangeKind>>> = {
  [EpisodeEventType.CREATED]: 'created',
  [EpisodeEventType.UPDATED]: 'updated',
  [EpisodeEventType.DELETED]: 'deleted',
  [EpisodeEventType.SUMMARIZED]: 'summarized',
};

/** What is known of an event besides its payload. */
export interface EpisodeSource {
  /** Tenant of the connection that it came by. */
  readonly tenantId: string;
  /** Type of the event. */
  readonly type: string;
  /** Time of the bus, microseconds since 1970-01-01 UTC. */
  readonly timeUs: number;
}

/** A change, or why there is none; `reason` never holds content. */
export type EpisodeReading =
  | { readonly change: EpisodeChange }
  | { readonly fault: { readonly code: ErrorCode; readonly field: string; readonly reason: string; readonly eventId: string } };

/**
 * Decodes and validates one event (I1). Deterministic: the same input gives the same reading at any time. Never throws. `field` of a fault is a
 * path in the event, as `payload.tags`, '' where it is about the event as a whole; `eventId` is '' where it cannot be read.
 */
export function readEpisode(payload: Uint8Array, source: EpisodeSource, memory?: ScratchMemory): EpisodeReading {
  const wire = emptyWire();
  try {
    if (source.type !== continuumTopics.episodes.type) throw new EpisodeRefusal('EPISODE_TYPE_UNSUPPORTED', '', 'the type of the event is another');
    // Before anything is decoded, so that what a hostile event costs is bounded.
    if (payload.length > episodeLimits.eventBytes) throw tooLarge('', `longer than ${episodeLimits.eventBytes} bytes`);
    const reader = new WireReader(payload, memory);
    readEventFields(reader, wire);
    return { change: checkEvent(reader, wire, source) };
  } catch (error) {
    if (!(error instanceof EpisodeRefusal)) throw error;
    return { fault: { code: error.code, field: error.field, reason: error.reason, eventId: eventIdOf(wire.eventId) ?? '' } };
  }
}

function checkEvent(reader: WireReader, wire: EpisodeWire, source: EpisodeSource): EpisodeChange {
  // First: a later version may mean anything by the other fields.
  if (wire.schemaVersion !== supportedVersion) throw new EpisodeRefusal('EPISODE_VERSION_UNSUPPORTED', 'schema_version', `not ${supportedVersion}`);
  const eventId = eventIdOf(wire.eventId);
  if (eventId === undefined) throw invalid('event_id', 'neither a UUID of version 7 nor a ULID');
  const kind = kinds[wire.eventType];
  if (kind === undefined) throw invalid('event_type', 'not a type of this version');
  if (wire.tenantId !== source.tenantId) throw new EpisodeRefusal('EPISODE_TENANT_MISMATCH', 'tenant_id', 'not the tenant of its publisher');
  if (!isAgentId(wire.agentId)) throw invalid('agent_id', 'not an agent id');
  const episodeId = ulidOf(wire.episodeId);
  if (episodeId === undefined) throw invalid('episode_id', 'not a ULID');
  const sourceTsUs = checkSourceTime(wire.sourceTs, source.timeUs);
  const content = checkPayload(reader, wire.payload, kind);
  return {
    kind,
    // The text that is there already: of those of thousands of events that wait, each would be kept.
    key: { tenantId: source.tenantId, agentId: wire.agentId, episodeId },
    guard: { sourceTsUs, eventId },
    content,
    summary: kind === 'summarized' ? wire.payload?.summary : undefined,
  };
}

function checkSourceTime(time: EpisodeWire['sourceTs'], busTimeUs: number): number {
  if (time === undefined) throw invalid('source_ts', 'missing');
  if (time.nanos >= nanosPerSecond) throw invalid('source_ts', 'nanos are not from 0 to 999,999,999');
  if (time.seconds >= endOfSourceSeconds || time.seconds < firstSourceSecond) throw invalid('source_ts', 'before the year 2000 or after the year 9999');
  const sourceTsUs = time.seconds * 1_000_000 + Math.floor(time.nanos / 1_000);
  if (sourceTsUs - busTimeUs > episodeLimits.sourceTsAheadMs * 1_000) {
    throw new EpisodeRefusal('EPISODE_SOURCE_TIME_AHEAD', 'source_ts', `more than ${episodeLimits.sourceTsAheadMs} ms ahead of the time of the bus`);
  }
  return sourceTsUs;
}

/** Content of created and updated; what else is there is checked all the same. */
function checkPayload(reader: WireReader, payload: PayloadWire | undefined, kind: EpisodeChangeKind): EpisodeContent | undefined {
  if (kind === 'deleted') {
    if (payload !== undefined && !isEmpty(payload)) throw invalid('payload', 'a deleted episode has none');
    return undefined;
  }
  if (payload === undefined) throw invalid('payload', 'missing');
  checkSummary(payload, kind);
  checkReference('payload.content_ref', payload.contentRef, payload.controls.contentRef, episodeLimits.contentRefBytes);
  const embeddingRef = payload.embeddingRef === '' ? undefined : payload.embeddingRef;
  if (embeddingRef !== undefined) checkReference('payload.embedding_ref', embeddingRef, payload.controls.embeddingRef, episodeLimits.embeddingRefBytes);
  const tags = checkTags(payload);
  const metadataJson = metadataOf(reader, payload);
  if (kind === 'summarized') return undefined;
  if (payload.contentRef === '') throw invalid('payload.content_ref', 'missing');
  return { contentRef: payload.contentRef, summary: payload.summary, tags, embeddingRef, metadataJson };
}

function isEmpty(payload: PayloadWire): boolean {
  return payload.contentRef === '' && payload.summary === undefined && payload.tags.length === 0 && payload.embeddingRef === undefined
    && (payload.metadata === undefined || payload.metadata.start === payload.metadata.end);
}

function checkSummary({ summary, controls }: PayloadWire, kind: EpisodeChangeKind): void {
  if (summary === undefined) {
    if (kind === 'summarized') throw invalid('payload.summary', 'missing');
    return;
  }
  if (isLongerThan(summary, episodeLimits.summaryBytes)) throw tooLarge('payload.summary', `longer than ${episodeLimits.summaryBytes} bytes`);
  if (controls.summary) throw invalid('payload.summary', 'has control characters');
}

function checkReference(field: string, text: string, hasControl: boolean, limitBytes: number): void {
  if (text === '') return;
  if (isLongerThan(text, limitBytes)) throw tooLarge(field, `longer than ${limitBytes} bytes`);
  if (hasControl) throw invalid(field, 'has control characters');
  if (!isReference(text)) throw new EpisodeRefusal('EPISODE_NOT_A_REFERENCE', field, 'not a URI with a scheme, or one that holds its content');
}

/** Sorted, in an array of their own: one that grew element by element has room for many more. */
function checkTags({ tags, controls }: PayloadWire): readonly string[] {
  const field = 'payload.tags';
  if (tags.length === 0) return tags;
  if (tags.length > episodeLimits.tagsCount) throw tooLarge(field, `more than ${episodeLimits.tagsCount}`);
  for (const tag of tags) {
    if (tag === '') throw invalid(field, 'one is empty');
    if (isLongerThan(tag, episodeLimits.tagBytes)) throw tooLarge(field, `one is longer than ${episodeLimits.tagBytes} bytes`);
  }
  if (controls.tags) throw invalid(field, 'one has control characters');
  const sorted = tags.slice();
  sortFew(sorted);
  for (let at = 1; at < sorted.length; at++) if (sorted[at] === sorted[at - 1]) throw invalid(field, 'one is there twice');
  return sorted;
}

function metadataOf(reader: WireReader, payload: PayloadWire): string {
  if (payload.metadata === undefined) return '{}';
  reader.at = payload.metadata.start;
  reader.end = payload.metadata.end;
  return readMetadata(reader);
}

function invalid(field: string, reason: string): EpisodeRefusal {
  return new EpisodeRefusal('EPISODE_INVALID_FIELD', field, reason);
}

function tooLarge(field: string, reason: string): EpisodeRefusal {
  return new EpisodeRefusal('EPISODE_TOO_LARGE', field, reason);
}
