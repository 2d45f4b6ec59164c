import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { EpisodeEventSchema, EpisodeEventType, type EpisodeEvent, type EpisodePayload, type EpisodePayloadSchema } from '@arqonbus/proto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { episodeLimits } from './continuum-contract.js';
import type { EpisodeChange } from './episode.js';
import { readEpisode, type EpisodeReading, type EpisodeSource } from './read-episode.js';

type EventInit = Exclude<MessageInitShape<typeof EpisodeEventSchema>, EpisodeEvent>;
type PayloadInit = Exclude<MessageInitShape<typeof EpisodePayloadSchema>, EpisodePayload>;

const eventId = '01890a5d-ac96-774b-bcce-b302099a8057';
const seconds = 1_700_000_000;
const source: EpisodeSource = { tenantId: 'acme', type: EpisodeEventSchema.typeName, timeUs: seconds * 1_000_000 };
const contentRef = 's3://episodes/acme/1.json';

const plain: EventInit = {
  eventId, eventType: EpisodeEventType.CREATED, tenantId: 'acme', agentId: 'a1', episodeId: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  sourceTs: { seconds: BigInt(seconds), nanos: 5_999 }, schemaVersion: 1, payload: { contentRef },
};

function bytesOf(change: EventInit = {}): Uint8Array {
  return toBinary(EpisodeEventSchema, create(EpisodeEventSchema, { ...plain, ...change }));
}

function reading(change: EventInit = {}, from: Partial<EpisodeSource> = {}): EpisodeReading {
  return readEpisode(bytesOf(change), { ...source, ...from });
}

function changeOf(change: EventInit = {}): EpisodeChange {
  const read = reading(change);
  if ('fault' in read) throw new Error(`refused: ${JSON.stringify(read.fault)}`);
  return read.change;
}

/** `CODE field`, or `accepted`. */
function verdict(read: EpisodeReading): string {
  return 'fault' in read ? `${read.fault.code} ${read.fault.field}` : 'accepted';
}

const withPayload = (payload: PayloadInit): string => verdict(reading({ payload: { contentRef, ...payload } }));

function nested(levels: number): Record<string, object> {
  return levels === 1 ? {} : { a: nested(levels - 1) };
}

describe('readEpisode()', () => {
  it('reads the whole state in its canonical form', () => {
    expect(changeOf({
      eventId: '01ARZ3NDEKTSV4RRFFQ69G5FAW', episodeId: '01arz3ndektsv4rrffq69g5fav', eventType: EpisodeEventType.UPDATED,
      payload: {
        contentRef, summary: 'Two\nlines, ünï\u{1f600}', tags: ['b', 'a', 'é'], embeddingRef: 'vec://1',
        metadata: { z: null, a: [1.5, true, 'x', {}], '': -0, __proto__x: 1, 10: { b: false } },
      },
    })).toEqual({
      kind: 'updated',
      key: { tenantId: 'acme', agentId: 'a1', episodeId: '01ARZ3NDEKTSV4RRFFQ69G5FAV' },
      guard: { sourceTsUs: seconds * 1_000_000 + 5, eventId: '01563e3a-b5d3-d676-4c61-efb99302bd5c' },
      content: {
        contentRef, summary: 'Two\nlines, ünï\u{1f600}', tags: ['a', 'b', 'é'], embeddingRef: 'vec://1',
        metadataJson: '{"":0,"10":{"b":false},"__proto__x":1,"a":[1.5,true,"x",{}],"z":null}',
      },
      summary: undefined,
    });
  });

  it('reads each type with what it carries', () => {
    expect(changeOf()).toMatchObject({ kind: 'created', content: { contentRef, summary: undefined, tags: [], embeddingRef: undefined, metadataJson: '{}' }, summary: undefined });
    const deleted = EpisodeEventType.DELETED;
    const { payload: _, ...bare } = plain;
    for (const init of [{ ...bare, eventType: deleted }, { ...plain, eventType: deleted, payload: {} }]) {
      const read = readEpisode(toBinary(EpisodeEventSchema, create(EpisodeEventSchema, init)), source);
      expect(read).toMatchObject({ change: { kind: 'deleted', content: undefined, summary: undefined } });
    }
    expect(changeOf({ eventType: EpisodeEventType.SUMMARIZED, payload: { summary: 'short' } })).toMatchObject({ kind: 'summarized', content: undefined, summary: 'short' });
    expect(changeOf({ eventType: EpisodeEventType.SUMMARIZED, payload: { summary: 'short', contentRef } })).toMatchObject({ content: undefined });
    expect(changeOf({ payload: { contentRef, summary: '' } })).toMatchObject({ content: { summary: '' }, summary: undefined });
  });

  it('refuses another type, another version, another tenant', () => {
    expect(verdict(reading({}, { type: 'continuum.episode.v2.EpisodeEvent' }))).toBe('EPISODE_TYPE_UNSUPPORTED ');
    expect(verdict(reading({}, { tenantId: 'globex' }))).toBe('EPISODE_TENANT_MISMATCH tenant_id');
    expect(verdict(reading({ tenantId: '' }))).toBe('EPISODE_TENANT_MISMATCH tenant_id');
    for (const schemaVersion of [0, 2, 0xffff_ffff]) expect(verdict(reading({ schemaVersion }))).toBe('EPISODE_VERSION_UNSUPPORTED schema_version');
  });

  it('refuses ids and types that are none, naming the field', () => {
    expect(verdict(reading({ eventId: 'e1' }))).toBe('EPISODE_INVALID_FIELD event_id');
    expect(verdict(reading({ eventId: '01890a5d-ac96-474b-bcce-b302099a8057' }))).toBe('EPISODE_INVALID_FIELD event_id');
    expect(verdict(reading({ agentId: 'a:1' }))).toBe('EPISODE_INVALID_FIELD agent_id');
    expect(verdict(reading({ episodeId: eventId }))).toBe('EPISODE_INVALID_FIELD episode_id');
    for (const type of [0, 5, 99, -1]) expect(verdict(reading({ eventType: type as EpisodeEventType }))).toBe('EPISODE_INVALID_FIELD event_type');
  });

  it('tells the id of the event where it can be read', () => {
    expect(reading({ agentId: '' })).toMatchObject({ fault: { eventId } });
    expect(readEpisode(bytesOf().subarray(0, 60), source)).toMatchObject({ fault: { code: 'EPISODE_MALFORMED', eventId } });
    expect(reading({ eventId: 'e1' })).toMatchObject({ fault: { eventId: '' } });
  });

  it('refuses a source time that is missing, not a time, too early or too far ahead', () => {
    const at = (time: { seconds: bigint; nanos?: number }): string => verdict(reading({ sourceTs: { nanos: 0, ...time } }));
    const { sourceTs: _, ...timeless } = plain;
    expect(verdict(readEpisode(toBinary(EpisodeEventSchema, create(EpisodeEventSchema, timeless)), source))).toBe('EPISODE_INVALID_FIELD source_ts');
    for (const time of [
      { seconds: 0n }, { seconds: -1n }, { seconds: 946_684_799n, nanos: 999_999_999 }, { seconds: 253_402_300_800n }, { seconds: 2n ** 63n - 1n }, { seconds: -(2n ** 63n) },
      { seconds: BigInt(seconds), nanos: -1 }, { seconds: BigInt(seconds), nanos: 1_000_000_000 },
    ]) expect(at(time), String(time.seconds)).toBe('EPISODE_INVALID_FIELD source_ts');
    expect(at({ seconds: 946_684_800n })).toBe('accepted');
    const aheadS = BigInt(seconds + episodeLimits.sourceTsAheadMs / 1_000);
    expect(at({ seconds: aheadS })).toBe('accepted');
    expect(at({ seconds: aheadS, nanos: 1_000 })).toBe('EPISODE_SOURCE_TIME_AHEAD source_ts');
    expect(at({ seconds: 253_402_300_799n })).toBe('EPISODE_SOURCE_TIME_AHEAD source_ts');
  });

  it('refuses content where a reference belongs', () => {
    for (const text of ['data:text/plain,hello', 'DATA:,x', 'just words', 'episodes/1.json', '/a', 's3:', '{"role":"user"}', 'x:{"role":"user"}', ' s3://b/1', 's3://b/a b', 's3://b/\u2028']) {
      expect(withPayload({ contentRef: text }), text).toBe('EPISODE_NOT_A_REFERENCE payload.content_ref');
      expect(withPayload({ embeddingRef: text }), text).toBe('EPISODE_NOT_A_REFERENCE payload.embedding_ref');
    }
    for (const text of ['s3://b/k', 'urn:uuid:1', 'https://h/p?q=1#f', 'file:///a', 'ipfs://bafy', 'continuum+v1:x', 's3://b/ünï', 'database:1']) expect(withPayload({ contentRef: text }), text).toBe('accepted');
    expect(withPayload({ contentRef: 's3://b/\u0000' })).toBe('EPISODE_INVALID_FIELD payload.content_ref');
    expect(withPayload({ embeddingRef: '' })).toBe('accepted');
  });

  it('asks of each type what it must carry', () => {
    const { payload: _, ...bare } = plain;
    const bareOf = (eventType: EpisodeEventType): string => verdict(readEpisode(toBinary(EpisodeEventSchema, create(EpisodeEventSchema, { ...bare, eventType })), source));
    for (const type of [EpisodeEventType.CREATED, EpisodeEventType.UPDATED, EpisodeEventType.SUMMARIZED]) expect(bareOf(type)).toBe('EPISODE_INVALID_FIELD payload');
    expect(verdict(reading({ payload: { summary: 'x' } }))).toBe('EPISODE_INVALID_FIELD payload.content_ref');
    expect(verdict(reading({ eventType: EpisodeEventType.SUMMARIZED }))).toBe('EPISODE_INVALID_FIELD payload.summary');
    for (const payload of [{ contentRef }, { summary: '' }, { tags: ['a'] }, { embeddingRef: 'vec://1' }, { metadata: { a: 1 } }]) {
      expect(verdict(reading({ eventType: EpisodeEventType.DELETED, payload }))).toBe('EPISODE_INVALID_FIELD payload');
    }
  });

  it('takes each field up to its bound in bytes, and none above', () => {
    const cases: [PayloadInit, PayloadInit, string][] = [
      [{ contentRef: `s3://${'k'.repeat(2_043)}` }, { contentRef: `s3://${'k'.repeat(2_044)}` }, 'content_ref'],
      [{ embeddingRef: `s3://${'k'.repeat(2_043)}` }, { embeddingRef: `s3://${'k'.repeat(2_042)}é` }, 'embedding_ref'],
      [{ summary: 'é'.repeat(4_096) }, { summary: `${'é'.repeat(4_096)}x` }, 'summary'],
      [{ tags: Array.from({ length: 64 }, (_, at) => `t${at}`) }, { tags: Array.from({ length: 65 }, (_, at) => `t${at}`) }, 'tags'],
      [{ tags: ['é'.repeat(64)] }, { tags: [`${'é'.repeat(64)}x`] }, 'tags'],
      [{ metadata: { a: 'x'.repeat(16_376) } }, { metadata: { a: 'x'.repeat(16_377) } }, 'metadata'],
      [{ metadata: { a: '"'.repeat(8_188) } }, { metadata: { a: '"'.repeat(8_189) } }, 'metadata'],
      [{ metadata: nested(8) as never }, { metadata: nested(9) as never }, 'metadata'],
    ];
    for (const [fits, exceeds, field] of cases) {
      expect(withPayload(fits), field).toBe('accepted');
      expect(withPayload(exceeds), field).toBe(`EPISODE_TOO_LARGE payload.${field}`);
    }
    expect(verdict(readEpisode(new Uint8Array(episodeLimits.eventBytes + 1), source))).toBe('EPISODE_TOO_LARGE ');
    expect(verdict(readEpisode(new Uint8Array(episodeLimits.eventBytes), source))).toBe('EPISODE_MALFORMED ');
  });

  it('refuses what no database or reader could take', () => {
    for (const control of ['\u0000', '\u0007', '\u001b', '\u007f', '\u0085']) {
      expect(withPayload({ summary: `a${control}` })).toBe('EPISODE_INVALID_FIELD payload.summary');
      expect(withPayload({ tags: [`a${control}`] })).toBe('EPISODE_INVALID_FIELD payload.tags');
      expect(withPayload({ metadata: { a: control } })).toBe('EPISODE_INVALID_FIELD payload.metadata');
      expect(withPayload({ metadata: { [control]: 1 } })).toBe('EPISODE_INVALID_FIELD payload.metadata');
    }
    expect(withPayload({ summary: 'tab\t, line\r\n', metadata: { a: 'tab\t, line\r\n' } })).toBe('accepted');
    expect(withPayload({ tags: ['a\nb'] })).toBe('EPISODE_INVALID_FIELD payload.tags');
    expect(withPayload({ tags: ['a', 'b', 'a'] })).toBe('EPISODE_INVALID_FIELD payload.tags');
    expect(withPayload({ tags: [''] })).toBe('EPISODE_INVALID_FIELD payload.tags');
    for (const number of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const bytes = bytesOf({ payload: { contentRef, metadata: { a: 1.5 } } });
      const at = bytes.indexOf(0xf8) - 6;
      new DataView(bytes.buffer, bytes.byteOffset + at, 8).setFloat64(0, number, true);
      expect(verdict(readEpisode(bytes, source))).toBe('EPISODE_INVALID_FIELD payload.metadata');
    }
  });

  it('never tells content', () => {
    const secret = 'zebra-secret';
    for (const read of [
      reading({ agentId: `${secret}:` }), reading({ eventId: secret }), reading({ tenantId: secret }), reading({ payload: { contentRef: secret } }),
      reading({ payload: { contentRef, tags: [secret, secret] } }), reading({ payload: { contentRef, summary: `${secret}\u0000` } }),
    ]) {
      expect('fault' in read).toBe(true);
      expect(JSON.stringify(read)).not.toContain('zebra');
    }
  });

  it('reads 20,000 events within a second of one core, measured for coverage and on a busy machine too', () => {
    const bytes = bytesOf({ payload: { contentRef, summary: 'A summary of what was said, as long as they often are.', tags: ['plan', 'user'], embeddingRef: 'vec://1', metadata: { model: 'm-1', turns: 4 } } });
    const read = (count: number): void => {
      for (let number = 0; number < count; number++) readEpisode(bytes, source);
    };
    read(10_000);
    const before = process.cpuUsage();
    read(20_000);
    const { user, system } = process.cpuUsage(before);
    expect(user + system).toBeLessThan(1_000_000);
  });
});

/** Protobuf by hand, as no encoder writes it. */
function field(number: number, type: number, ...bytes: number[]): number[] {
  return [number * 8 + type, ...bytes];
}

const text = (number: number, value: string): number[] => {
  const bytes = new TextEncoder().encode(value);
  return field(number, 2, bytes.length, ...bytes);
};

function message(number: number, ...fields: number[][]): number[] {
  const bytes = fields.flat();
  return field(number, 2, bytes.length, ...bytes);
}

const wire = (...fields: number[][]): string => verdict(readEpisode(Uint8Array.from([...bytesOf(), ...fields.flat()]), source));
const inMetadata = (...fields: number[][]): string => {
  const { payload: _, ...bare } = plain;
  const head = toBinary(EpisodeEventSchema, create(EpisodeEventSchema, bare));
  return verdict(readEpisode(Uint8Array.from([...head, ...message(8, text(1, 's3://b/1'), message(5, ...fields))]), source));
};

describe('readEpisode() on the wire', () => {
  it('passes over fields that a later version may add, anywhere', () => {
    expect(wire(field(9, 0, 1), field(10, 1, 0, 0, 0, 0, 0, 0, 0, 0), field(11, 5, 0, 0, 0, 0), text(12, 'x'), message(13, text(1, 'x')))).toBe('accepted');
    const entry = message(1, text(1, 'k'), message(2, field(4, 0, 1), text(7, 'new')), text(3, 'new'));
    expect(inMetadata(entry, text(2, 'new'))).toBe('accepted');
    expect(inMetadata(message(1, text(1, 'k'), message(2, message(6, text(2, 'new')))))).toBe('accepted');
    const { sourceTs: _, payload: __, ...bare } = plain;
    const head = toBinary(EpisodeEventSchema, create(EpisodeEventSchema, bare));
    const time = message(6, field(1, 0, 0x80, 0xe2, 0xcf, 0xaa, 0x06), text(3, 'new'));
    expect(verdict(readEpisode(Uint8Array.from([...head, ...time, ...message(8, text(1, 's3://b/1'), text(6, 'new'))]), source))).toBe('accepted');
  });

  it('refuses a field that is there twice, at every level', () => {
    expect(wire(text(1, eventId))).toBe('EPISODE_MALFORMED ');
    expect(wire(field(7, 0, 1))).toBe('EPISODE_MALFORMED ');
    expect(wire(message(8, text(1, 's3://b/2')))).toBe('EPISODE_MALFORMED ');
    const { payload: _, sourceTs: __, ...bare } = plain;
    const head = toBinary(EpisodeEventSchema, create(EpisodeEventSchema, bare));
    for (const tail of [message(8, text(1, 's3://b/1'), text(1, 's3://b/1')), message(6, field(1, 0, 1), field(1, 0, 1))]) {
      expect(verdict(readEpisode(Uint8Array.from([...head, ...tail]), source))).toBe('EPISODE_MALFORMED ');
    }
    const yes = message(2, field(4, 0, 1));
    expect(inMetadata(message(1, text(1, 'k'), yes), message(1, text(1, 'k'), yes))).toBe('EPISODE_MALFORMED ');
    expect(inMetadata(message(1, text(1, 'k'), text(1, 'k'), yes))).toBe('EPISODE_MALFORMED ');
    expect(inMetadata(message(1, text(1, 'k'), yes, yes))).toBe('EPISODE_MALFORMED ');
    expect(inMetadata(message(1, text(1, 'k'), message(2, field(4, 0, 1), field(1, 0, 0))))).toBe('EPISODE_MALFORMED ');
  });

  it('refuses values of no kind, and takes an empty key', () => {
    expect(inMetadata(message(1, text(1, 'k'), message(2)))).toBe('EPISODE_INVALID_FIELD payload.metadata');
    expect(inMetadata(message(1, text(1, 'k')))).toBe('EPISODE_INVALID_FIELD payload.metadata');
    expect(inMetadata(message(1, message(2, field(1, 0, 0))))).toBe('accepted');
  });

  it('refuses what is not Protobuf, or not UTF-8', () => {
    expect(wire(field(0, 0, 1))).toBe('EPISODE_MALFORMED ');
    expect(wire(field(9, 3), field(9, 4))).toBe('EPISODE_MALFORMED ');
    expect(wire(field(9, 6, 1))).toBe('EPISODE_MALFORMED ');
    expect(wire(field(9, 0, 0x80))).toBe('EPISODE_MALFORMED ');
    expect(wire(field(9, 0, ...new Array<number>(10).fill(0xff), 1))).toBe('EPISODE_MALFORMED ');
    expect(wire([0xff, 0xff, 0xff, 0xff, 0x7f, 1])).toBe('EPISODE_MALFORMED ');
    expect(wire(field(9, 2, 5, 1))).toBe('EPISODE_MALFORMED ');
    expect(wire(field(9, 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1))).toBe('EPISODE_MALFORMED ');
    expect(wire(field(9, 1, 0, 0))).toBe('EPISODE_MALFORMED ');
    expect(verdict(readEpisode(Uint8Array.from(text(2, 'x')), source))).toBe('EPISODE_MALFORMED ');
    expect(verdict(readEpisode(new Uint8Array(0), source))).toBe('EPISODE_VERSION_UNSUPPORTED schema_version');
    for (const bad of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xc3]]) {
      expect(verdict(readEpisode(Uint8Array.from(field(1, 2, bad.length, ...bad)), source))).toBe('EPISODE_MALFORMED ');
    }
    expect(inMetadata(message(1, text(1, 'k'), field(2, 2, 200)))).toBe('EPISODE_MALFORMED ');
  });

  it('reads fields in any order', () => {
    const [first, second] = [{ eventId, tenantId: 'acme', schemaVersion: 1 }, { ...plain, eventId: '', tenantId: '', schemaVersion: 0 }]
      .map((init) => toBinary(EpisodeEventSchema, create(EpisodeEventSchema, init as EventInit)));
    const forth = readEpisode(Uint8Array.from([...first, ...second]), source);
    expect(forth).toEqual(readEpisode(Uint8Array.from([...second, ...first]), source));
    expect(forth).toEqual(reading());
  });
});

describe('readEpisode() on anything', () => {
  const rich: EpisodeEvent = create(EpisodeEventSchema, {
    ...plain, payload: { contentRef, summary: 'sum ü', tags: ['a', 'b'], embeddingRef: 'vec://1', metadata: { a: [1, { b: 'x' }], c: null, d: true } },
  });
  const richBytes = toBinary(EpisodeEventSchema, rich);

  it('gives a change or a fault for every mutation of an event, always the same', () => {
    const mutation = fc.array(fc.tuple(fc.nat({ max: richBytes.length - 1 }), fc.nat({ max: 255 }), fc.constantFrom('set', 'insert', 'delete', 'cut')), { minLength: 1, maxLength: 4 });
    let acceptedCount = 0;
    fc.assert(fc.property(mutation, (steps) => {
      const bytes = [...richBytes];
      for (const [at, byte, kind] of steps) {
        if (kind === 'set') bytes[at % bytes.length] = byte;
        else if (kind === 'insert') bytes.splice(at, 0, byte);
        else if (kind === 'delete') bytes.splice(at, 1);
        else bytes.length = Math.max(1, Math.min(bytes.length, at));
      }
      const read = readEpisode(Uint8Array.from(bytes), source);
      expect(readEpisode(Uint8Array.from(bytes), source)).toEqual(read);
      if ('change' in read) acceptedCount += 1;
      else expect(read.fault.code.startsWith('EPISODE_')).toBe(true);
    }), { seed: 10, numRuns: 6_000 });
    expect(acceptedCount).toBeGreaterThan(30);
  });

  it('gives a fault for random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(verdict(readEpisode(bytes, source))).toMatch(/^EPISODE_/);
    }), { seed: 11, numRuns: 5_000 });
  });

  it('takes bounded time for the worst that fits', () => {
    const hostile = [
      bytesOf({ payload: { contentRef, tags: Array.from({ length: 30_000 }, () => '') } }),
      bytesOf({ payload: { contentRef, tags: Array.from({ length: 10_000 }, (_, at) => `${at}`) } }),
      bytesOf({ payload: { contentRef, summary: '\u{1f600}'.repeat(16_000) } }),
      bytesOf({ payload: { contentRef, metadata: Object.fromEntries(Array.from({ length: 4_000 }, (_, at) => [`${at}`, { a: [] }])) } }),
      bytesOf({ payload: { contentRef, metadata: { a: '"'.repeat(60_000) } } }),
      bytesOf({ payload: { contentRef: `a:${'\\'.repeat(60_000)}` } }),
    ];
    for (const bytes of hostile) {
      readEpisode(bytes, source);
      const before = process.cpuUsage();
      readEpisode(bytes, source);
      expect(process.cpuUsage(before).user).toBeLessThan(250_000);
    }
  });
});
