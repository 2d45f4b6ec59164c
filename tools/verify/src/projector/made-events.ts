import type { SeededRandom } from '@arqonbus/e2e';
import { EpisodeEventSchema, EpisodeEventType } from '@arqonbus/proto';
import { create, toBinary, type JsonObject, type MessageInitShape } from '@bufbuild/protobuf';
import type { EpisodeFact, FactContent, FactKind } from './episode-fact.js';

export type EventFields = Exclude<MessageInitShape<typeof EpisodeEventSchema>, { readonly $typeName: string }>;

const eventTypes: Readonly<Record<FactKind, EpisodeEventType>> = {
  created: EpisodeEventType.CREATED, updated: EpisodeEventType.UPDATED, deleted: EpisodeEventType.DELETED, summarized: EpisodeEventType.SUMMARIZED,
};

/** Texts that trip over quoting, escaping, COPY, arrays and JSON. */
const awkwardTexts = [
  'plain', 'NULL', 'null', 'a,b', '"quoted"', '{braces}', 'back\\slash', '\\N', '\\.', 'tab\there', 'line\nbreak', "it's", 'ünïcödé', '日本語', '🙂', ' leading', '%s $1 :x', '; DROP TABLE arqon.episode; --',
] as const;

/** A tag has no control characters. */
const awkwardTags = awkwardTexts.filter((text) => !/[\t\n]/.test(text));

const references = [
  's3://bucket/key/1', 'https://content.example/a?x=%22q%22&y=(1),2;z', "continuum://store/it's/~a!b*c", 'urn:episode:42', 'https://content.example/%E6%97%A5#part',
] as const;

/** Which way ids are written, so that one id in two notations is met too. */
export interface Notation {
  readonly eventId: string;
  readonly episodeId: string;
}

/** Bytes of the event that says the fact. */
export function encodeFact(fact: EpisodeFact, notation: Notation): Uint8Array {
  return encodeFields(fieldsOf(fact, notation));
}

export function encodeFields(fields: EventFields): Uint8Array {
  return toBinary(EpisodeEventSchema, create(EpisodeEventSchema, fields));
}

/** The event's fields; a summarized one carries its summary alone. */
export function fieldsOf({ kind, tenant, agent, stamp, content, summary }: EpisodeFact, { eventId, episodeId }: Notation): EventFields {
  const fields: EventFields = {
    eventId, eventType: eventTypes[kind], tenantId: tenant, agentId: agent, episodeId, schemaVersion: 1,
    sourceTs: { seconds: BigInt(Math.floor(stamp.tsUs / 1_000_000)), nanos: (stamp.tsUs % 1_000_000) * 1_000 },
  };
  if (kind === 'deleted') return fields;
  if (content === undefined) return { ...fields, payload: summary === undefined ? {} : { summary } };
  const { contentRef, tags, embeddingRef, metadata } = content;
  const own = content.summary === undefined ? {} : { summary: content.summary };
  return {
    ...fields,
    payload: { contentRef, tags: [...tags], ...own, ...(embeddingRef === undefined ? {} : { embeddingRef }), ...(metadata === undefined ? {} : { metadata: metadata as JsonObject }) },
  };
}

/** A text of its own, with something awkward in it. */
export function madeText(random: SeededRandom): string {
  return `${random.pick(awkwardTexts)} ${String(random.below(1_000_000))}`;
}

export function madeContent(random: SeededRandom): FactContent {
  const tags = awkwardTags.filter(() => random.below(6) === 0);
  return {
    contentRef: `${random.pick(references)}/${String(random.below(1_000_000))}`,
    summary: random.below(3) === 0 ? madeText(random) : undefined,
    // Not in order: the projection may keep them in any.
    tags: random.below(2) === 0 ? tags : tags.reverse(),
    embeddingRef: random.below(3) === 0 ? `vec://index/${String(random.below(1_000_000))}` : undefined,
    metadata: random.below(4) === 0 ? undefined : madeMetadata(random),
  };
}

function madeMetadata(random: SeededRandom): unknown {
  return {
    topic: madeText(random),
    score: random.pick([0, 0.1, -17, 1e21, 12_345_678_901, 5e-324]),
    flags: [true, false, null, random.below(100)],
    [random.pick(awkwardTexts)]: { nested: { deeper: [{ text: madeText(random) }], none: null } },
  };
}
