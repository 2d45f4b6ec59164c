import { uuidText, type SeededRandom } from '@arqonbus/e2e';
import { EpisodeEventSchema, type EpisodeEventType } from '@arqonbus/proto';
import type { JsonObject } from '@bufbuild/protobuf';
import type { EpisodeFact } from './episode-fact.js';
import { encodeFields, fieldsOf, type EventFields, type Notation } from './made-events.js';

/** One poisoned event. */
export interface Poison {
  readonly flaw: string;
  readonly type: string;
  readonly payload: Uint8Array;
}

/** Text in every poison that nothing but dead letters may hold. */
export const poisonCanary = 'canary-of-poison';

type Change = (fields: EventFields, random: SeededRandom) => EventFields;

function payloadWith(change: (payload: NonNullable<EventFields['payload']>) => NonNullable<EventFields['payload']>): Change {
  return (fields) => ({ ...fields, payload: change(fields.payload ?? {}) });
}

function nested(levels: number): JsonObject {
  return levels === 0 ? {} : { level: nested(levels - 1) };
}

function without(fields: EventFields, name: keyof EventFields): EventFields {
  const { [name]: _, ...rest } = fields;
  return rest;
}

/** A valid event of created, changed so that no projector may take it. */
const changes: Readonly<Record<string, Change>> = {
  'tenant of another': (fields) => ({ ...fields, tenantId: 'initech' }),
  'no tenant': (fields) => without(fields, 'tenantId'),
  'no event id': (fields) => ({ ...fields, eventId: '' }),
  'event id of UUIDv4': (fields, random) => ({ ...fields, eventId: uuidText(versionFour(random.bytes(16))) }),
  'event id of no kind': (fields) => ({ ...fields, eventId: 'first-event' }),
  'episode id of UUID': (fields, random) => ({ ...fields, episodeId: uuidText(random.bytes(16)) }),
  'episode id above 128 bits': (fields) => ({ ...fields, episodeId: `8${String(fields.episodeId).slice(1)}` }),
  'no agent': (fields) => ({ ...fields, agentId: '' }),
  'agent with a space': (fields) => ({ ...fields, agentId: 'agent one' }),
  'agent too long': (fields) => ({ ...fields, agentId: 'a'.repeat(129) }),
  'no source time': (fields) => without(fields, 'sourceTs'),
  'source time far ahead': (fields) => ({ ...fields, sourceTs: { seconds: 7_258_118_400n, nanos: 0 } }),
  'no event type': (fields) => ({ ...fields, eventType: 0 }),
  'unknown event type': (fields) => ({ ...fields, eventType: 99 as EpisodeEventType }),
  'no version': (fields) => ({ ...fields, schemaVersion: 0 }),
  'version 2': (fields) => ({ ...fields, schemaVersion: 2 }),
  'no payload': (fields) => without(fields, 'payload'),
  'no summary of summarized': (fields) => ({ ...fields, eventType: 4, payload: {} }),
  'content instead of a reference': payloadWith((payload) => ({ ...payload, contentRef: `data:text/plain,${poisonCanary}` })),
  'content in capitals': payloadWith((payload) => ({ ...payload, contentRef: `DATA:text/plain,${poisonCanary}` })),
  'content reference too long': payloadWith((payload) => ({ ...payload, contentRef: `s3://bucket/${'k'.repeat(2_048)}` })),
  'embedding reference too long': payloadWith((payload) => ({ ...payload, embeddingRef: `vec://index/${'k'.repeat(2_048)}` })),
  'summary too long': payloadWith((payload) => ({ ...payload, summary: 'ü'.repeat(4_097) })),
  'too many tags': payloadWith((payload) => ({ ...payload, tags: Array.from({ length: 65 }, (_, index) => `tag-${String(index)}`) })),
  'tag too long': payloadWith((payload) => ({ ...payload, tags: ['t'.repeat(129)] })),
  'metadata too large': payloadWith((payload) => ({ ...payload, metadata: { note: 'm'.repeat(16_384) } })),
  'metadata too deep': payloadWith((payload) => ({ ...payload, metadata: nested(12) })),
  'too large': payloadWith((payload) => ({ ...payload, summary: 's'.repeat(70_000) })),
  // What protocol and JSON allow, and PostgreSQL cannot store.
  'NUL in the summary': payloadWith((payload) => ({ ...payload, summary: `${poisonCanary}\u0000` })),
  'NUL in a tag': payloadWith((payload) => ({ ...payload, tags: ['a\u0000b'] })),
  'NUL in metadata': payloadWith((payload) => ({ ...payload, metadata: { note: 'a\u0000b' } })),
};

/** Flaws of the bytes or the type rather than of a field. */
const rawFlaws: Readonly<Record<string, (valid: Uint8Array, random: SeededRandom) => Omit<Poison, 'flaw'>>> = {
  'garbage': (_, random) => ({ type: EpisodeEventSchema.typeName, payload: Uint8Array.from([0xff, 0xff, ...random.bytes(40)]) }),
  'cut short': (valid) => ({ type: EpisodeEventSchema.typeName, payload: valid.subarray(0, -1) }),
  'another type': (valid) => ({ type: 'application/octet-stream', payload: valid }),
};

export const flaws: readonly string[] = [...Object.keys(changes), ...Object.keys(rawFlaws)];

/** Poison with that flaw, made of a fact that is otherwise good; bytes are its own, whatever the flaw. */
export function makePoison(flaw: string, fact: EpisodeFact, notation: Notation, random: SeededRandom): Poison {
  const summary = `${poisonCanary} ${String(random.below(2 ** 32))}`;
  const fields = fieldsOf({ ...fact, content: fact.content === undefined ? undefined : { ...fact.content, summary } }, notation);
  const raw = rawFlaws[flaw];
  if (raw !== undefined) return { flaw, ...raw(encodeFields(fields), random) };
  const change = changes[flaw];
  if (change === undefined) throw new Error(`no flaw is called ${flaw}`);
  return { flaw, type: EpisodeEventSchema.typeName, payload: encodeFields(change(fields, random)) };
}

function versionFour(bytes: Uint8Array): Uint8Array {
  bytes[6] = 0x40 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return bytes;
}
