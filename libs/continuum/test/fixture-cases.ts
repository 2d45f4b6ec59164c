import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { EpisodeEventSchema, EpisodeEventType, type EpisodeEvent, type EpisodePayload, type EpisodePayloadSchema } from '@arqonbus/proto';
import type { ErrorCode } from '@arqonbus/errors';
import type { EpisodeChange } from '../src/index.js';

type EventInit = Exclude<MessageInitShape<typeof EpisodeEventSchema>, EpisodeEvent>;
type PayloadInit = Exclude<MessageInitShape<typeof EpisodePayloadSchema>, EpisodePayload>;

/** One event of the contract, and what a reader must make of it. */
export interface FixtureCase {
  readonly name: string;
  readonly about: string;
  readonly bytes: Uint8Array;
  /** Undefined: it is accepted. */
  readonly refusal: { readonly code: ErrorCode; readonly field: string } | undefined;
  /** Type of the event on the bus; default: that of the contract. */
  readonly type?: string;
}

/** What every fixture came by. */
export const fixtureSource = { tenantId: 'acme', type: EpisodeEventSchema.typeName, timeUs: 1_750_000_000_000_000 } as const;

const contentRef = 's3://episodes/acme/planner/01JXTESW00V7Q9E3C5R8M2N4P6.json';

const plain: EventInit = {
  eventId: '01977a2c-ac80-7d2f-9f7c-1c0de4f0a1b2', eventType: EpisodeEventType.CREATED, tenantId: 'acme', agentId: 'planner-1',
  episodeId: '01JXTESW00V7Q9E3C5R8M2N4P6', sourceTs: { seconds: 1_749_999_999n, nanos: 123_456_000 }, schemaVersion: 1, payload: { contentRef },
};
const { payload: _, ...withoutPayload } = plain;
const { sourceTs: __, ...withoutTime } = plain;

const { UPDATED, DELETED, SUMMARIZED } = EpisodeEventType;

function event(init: EventInit): Uint8Array {
  return toBinary(EpisodeEventSchema, create(EpisodeEventSchema, init));
}

function payload(init: PayloadInit): Uint8Array {
  return event({ ...plain, payload: { contentRef, ...init } });
}

function concat(...parts: (Uint8Array | readonly number[])[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** A field of the wire type 2 with these bytes, fewer than 128. */
function block(number: number, ...bytes: number[]): number[] {
  return [number * 8 + 2, bytes.length, ...bytes];
}

function asciiBlock(number: number, text: string): number[] {
  return block(number, ...new TextEncoder().encode(text));
}

function nested(levels: number): Record<string, never> {
  return (levels === 1 ? {} : { a: nested(levels - 1) }) as Record<string, never>;
}

function accepted(name: string, about: string, bytes: Uint8Array): FixtureCase {
  return { name, about, bytes, refusal: undefined };
}

function refused(name: string, about: string, [code, field]: readonly [ErrorCode, string], bytes: Uint8Array): FixtureCase {
  return { name, about, bytes, refusal: { code, field } };
}

const acceptedCases: readonly FixtureCase[] = [
  accepted('created', 'A new episode with nothing but its reference.', event(plain)),
  accepted('created-full', 'A new episode with every field.', payload({
    summary: 'The user asked for a plan.\nThe agent made one.', tags: ['planning', 'user', 'Überblick'], embeddingRef: 'vec://acme/01JXTESW00V7Q9E3C5R8M2N4P6',
    metadata: { turns: 4, score: 0.25, model: 'm-1', final: true, parent: null, steps: ['ask', { tool: 'search' }] },
  })),
  accepted('updated', 'An episode after a change: the whole of its new state.', event({ ...plain, eventType: UPDATED, payload: { contentRef, tags: ['planning'] } })),
  accepted('deleted', 'A deleted episode has no payload.', event({ ...withoutPayload, eventType: DELETED })),
  accepted('deleted-empty-payload', 'An empty payload is none.', event({ ...plain, eventType: DELETED, payload: {} })),
  accepted('summarized', 'A summary alone.', event({ ...plain, eventType: SUMMARIZED, payload: { summary: 'Planned.' } })),
  accepted('summarized-full-state', 'Of the payload of a summarized event the summary alone is used; the rest must be valid all the same.', event({ ...plain, eventType: SUMMARIZED, payload: { contentRef, summary: 'Planned.', tags: ['planning'] } })),
  accepted('created-empty-summary', 'A summary that is there and empty says that there is nothing to say.', payload({ summary: '' })),
  accepted('event-id-ulid', 'The event id may be a ULID: its 16 bytes are the id.', event({ ...plain, eventId: '01JXTESW00ABCDEFGHJKMNPQRS' })),
  accepted('ids-in-the-other-case', 'Case does not matter in ULIDs and UUIDs.', event({ ...plain, eventId: '01977A2C-AC80-7D2F-9F7C-1C0DE4F0A1B2', episodeId: '01jxtesw00v7q9e3c5r8m2n4p6' })),
  accepted('nanos-are-cut', 'Time counts to the microsecond: what is below is cut off.', event({ ...plain, sourceTs: { seconds: 1_749_999_999n, nanos: 123_456_999 } })),
  accepted('source-time-earliest', 'The earliest time.', event({ ...plain, sourceTs: { seconds: 946_684_800n, nanos: 0 } })),
  accepted('source-time-ahead-most', 'An hour ahead of the time of the bus.', event({ ...plain, sourceTs: { seconds: 1_750_003_600n, nanos: 0 } })),
  accepted('largest', 'Every field at its bound.', payload({
    contentRef: `s3://${'k'.repeat(2_043)}`, embeddingRef: `vec://${'v'.repeat(2_042)}`, summary: 'é'.repeat(4_096),
    tags: Array.from({ length: 64 }, (___, at) => `${String(at).padStart(3, '0')}${'t'.repeat(125)}`), metadata: { a: 'x'.repeat(16_376) },
  })),
  accepted('metadata-levels-most', 'Metadata 8 levels deep.', payload({ metadata: nested(8) })),
  accepted('metadata-keys-in-any-order', 'Keys are put in the order of their UTF-16 units, and -0 is 0.', payload({ metadata: { b: 1, a: -0, é: 2, 10: 3, '': 4 } })),
  accepted('unknown-fields', 'Fields that this version does not know are passed over.', concat(event(plain), asciiBlock(9, 'later'), [80, 1])),
];

const invalid = 'EPISODE_INVALID_FIELD';
const tooLarge = 'EPISODE_TOO_LARGE';

const refusedCases: readonly FixtureCase[] = [
  refused('empty', 'No bytes are an event without a version.', ['EPISODE_VERSION_UNSUPPORTED', 'schema_version'], new Uint8Array(0)),
  refused('not-protobuf', 'JSON is not Protobuf.', ['EPISODE_MALFORMED', ''], new TextEncoder().encode('{"event_id":"x"}')),
  refused('cut-off', 'An event without its last byte.', ['EPISODE_MALFORMED', ''], event(plain).subarray(0, -1)),
  refused('field-twice', 'Readers that take the first and readers that take the last would see two events.', ['EPISODE_MALFORMED', ''], concat(event(plain), asciiBlock(4, 'planner-2'))),
  refused('text-not-utf8', 'A lone surrogate, as UTF-8 cannot have it.', ['EPISODE_MALFORMED', ''], concat(event({ ...plain, agentId: '' }), block(4, 0xed, 0xa0, 0x80))),
  { ...refused('other-type', 'The type of the event on the bus is another.', ['EPISODE_TYPE_UNSUPPORTED', ''], event(plain)), type: 'continuum.episode.v2.EpisodeEvent' },
  refused('version-2', 'A version that is not known.', ['EPISODE_VERSION_UNSUPPORTED', 'schema_version'], event({ ...plain, schemaVersion: 2 })),
  refused('other-tenant', 'The tenant is not that of the publisher.', ['EPISODE_TENANT_MISMATCH', 'tenant_id'], event({ ...plain, tenantId: 'globex' })),
  refused('tenant-missing', 'No tenant is not the publisher\'s.', ['EPISODE_TENANT_MISMATCH', 'tenant_id'], event({ ...plain, tenantId: '' })),
  refused('event-id-missing', 'Every event has an id.', [invalid, 'event_id'], event({ ...plain, eventId: '' })),
  refused('event-id-uuid-v4', 'A UUID of version 4 does not rise with time.', [invalid, 'event_id'], event({ ...plain, eventId: '01977a2c-ac80-4d2f-9f7c-1c0de4f0a1b2' })),
  refused('event-type-missing', 'The type is not said.', [invalid, 'event_type'], event({ ...plain, eventType: EpisodeEventType.UNSPECIFIED })),
  refused('event-type-unknown', 'A type that is not known.', [invalid, 'event_type'], event({ ...plain, eventType: 5 as EpisodeEventType })),
  refused('agent-id', 'A colon is not allowed in an agent id.', [invalid, 'agent_id'], event({ ...plain, agentId: 'planner:1' })),
  refused('episode-id-uuid', 'An episode id is a ULID.', [invalid, 'episode_id'], event({ ...plain, episodeId: '01977a2c-ac80-7d2f-9f7c-1c0de4f0a1b2' })),
  refused('episode-id-letter', 'U is no digit of a ULID.', [invalid, 'episode_id'], event({ ...plain, episodeId: '01JXTESW00V7Q9E3C5R8M2N4PU' })),
  refused('source-time-missing', 'No time.', [invalid, 'source_ts'], event(withoutTime)),
  refused('source-time-early', 'Before the year 2000.', [invalid, 'source_ts'], event({ ...plain, sourceTs: { seconds: 946_684_799n, nanos: 999_999_999 } })),
  refused('source-time-nanos', 'A whole second of nanoseconds.', [invalid, 'source_ts'], event({ ...plain, sourceTs: { seconds: 1_749_999_999n, nanos: 1_000_000_000 } })),
  refused('source-time-ahead', 'A microsecond more than an hour ahead of the time of the bus.', ['EPISODE_SOURCE_TIME_AHEAD', 'source_ts'], event({ ...plain, sourceTs: { seconds: 1_750_003_600n, nanos: 1_000 } })),
  refused('payload-missing', 'A created episode has a payload.', [invalid, 'payload'], event(withoutPayload)),
  refused('payload-of-deleted', 'A deleted episode has none.', [invalid, 'payload'], event({ ...plain, eventType: DELETED })),
  refused('summary-missing', 'A summarized event has a summary.', [invalid, 'payload.summary'], event({ ...plain, eventType: SUMMARIZED })),
  refused('content-ref-missing', 'An updated episode has its reference.', [invalid, 'payload.content_ref'], event({ ...plain, eventType: UPDATED, payload: { tags: ['planning'] } })),
  refused('content-in-data-uri', 'A data URI is content.', ['EPISODE_NOT_A_REFERENCE', 'payload.content_ref'], payload({ contentRef: 'data:application/json,{}' })),
  refused('content-in-data-uri-capitals', 'In capitals, too.', ['EPISODE_NOT_A_REFERENCE', 'payload.embedding_ref'], payload({ embeddingRef: 'DATA:;base64,AAAA' })),
  refused('content-in-place-of-reference', 'A text without a scheme is no reference.', ['EPISODE_NOT_A_REFERENCE', 'payload.content_ref'], payload({ contentRef: 'The user asked for a plan.' })),
  refused('content-ref-control', 'A NUL, which PostgreSQL cannot keep.', [invalid, 'payload.content_ref'], payload({ contentRef: 's3://b/\u0000' })),
  refused('content-ref-long', 'A byte too long.', [tooLarge, 'payload.content_ref'], payload({ contentRef: `s3://${'k'.repeat(2_044)}` })),
  refused('embedding-ref-long', 'A byte too long.', [tooLarge, 'payload.embedding_ref'], payload({ embeddingRef: `vec://${'v'.repeat(2_043)}` })),
  refused('summary-long', 'A byte too long.', [tooLarge, 'payload.summary'], payload({ summary: `${'é'.repeat(4_096)}x` })),
  refused('summary-nul', 'A NUL.', [invalid, 'payload.summary'], payload({ summary: 'a\u0000b' })),
  refused('tags-many', 'One too many.', [tooLarge, 'payload.tags'], payload({ tags: Array.from({ length: 65 }, (___, at) => `t${at}`) })),
  refused('tag-long', 'A byte too long.', [tooLarge, 'payload.tags'], payload({ tags: ['t'.repeat(129)] })),
  refused('tag-twice', 'Each tag is there once.', [invalid, 'payload.tags'], payload({ tags: ['a', 'b', 'a'] })),
  refused('tag-empty', 'A tag is not empty.', [invalid, 'payload.tags'], payload({ tags: [''] })),
  refused('metadata-long', 'A byte too long as JSON.', [tooLarge, 'payload.metadata'], payload({ metadata: { a: 'x'.repeat(16_377) } })),
  refused('metadata-deep', 'Nine levels.', [tooLarge, 'payload.metadata'], payload({ metadata: nested(9) })),
  refused('metadata-nul', 'A NUL in a text.', [invalid, 'payload.metadata'], payload({ metadata: { a: '\u0000' } })),
  refused('metadata-nan', 'JSON has no number that is none.', [invalid, 'payload.metadata'], notANumber()),
  refused('event-long', 'A byte longer than any event: content, not references.', [tooLarge, ''], concat(event(plain), new Uint8Array(65_537 - event(plain).length))),
];

function notANumber(): Uint8Array {
  const entry = [...asciiBlock(1, 'a'), ...block(2, 0x11, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f)];
  return concat(event(withoutPayload), block(8, ...asciiBlock(1, 's3://b/1'), ...block(5, ...block(1, ...entry))));
}

export const fixtureCases: readonly FixtureCase[] = [...acceptedCases, ...refusedCases];

/** What a change is, in the words of the contract: the form of the manifest. */
export function describeChange(change: EpisodeChange): Record<string, unknown> {
  const { kind, key, guard, content, summary } = change;
  return {
    event_type: kind, event_id: guard.eventId, tenant_id: key.tenantId, agent_id: key.agentId, episode_id: key.episodeId, source_ts_us: guard.sourceTsUs,
    content: content === undefined ? null : {
      content_ref: content.contentRef, summary: content.summary ?? null, tags: content.tags, embedding_ref: content.embeddingRef ?? null, metadata: JSON.parse(content.metadataJson) as unknown,
    },
    summary: summary ?? null,
  };
}
