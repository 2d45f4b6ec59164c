import { create, toBinary } from '@bufbuild/protobuf';
import { EpisodeEventSchema, EpisodeEventType } from '@arqonbus/proto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { episodeLimits } from './continuum-contract.js';
import { partitionOfEvent } from './event-partition.js';
import { readEpisode } from './read-episode.js';

const partitionsCount = 64;
const seconds = 1_700_000_000;

function bytesOf(agentId: string, episodeId: string): Uint8Array {
  return toBinary(EpisodeEventSchema, create(EpisodeEventSchema, {
    eventId: '01890a5d-ac96-774b-bcce-b302099a8057', eventType: EpisodeEventType.CREATED, tenantId: 'acme', agentId, episodeId, sourceTs: { seconds: BigInt(seconds) },
    schemaVersion: 1, payload: { contentRef: 's3://episodes/acme/1.json', tags: ['a'], metadata: { a: 1 } },
  }));
}

const bytes = bytesOf('agent-1', '01arz3ndektsv4rrffq69g5fav');

const partitionOf = (agentId: string, episodeId: string, count: number): number => partitionOfEvent(bytesOf(agentId, episodeId), count);

describe('partitionOfEvent()', () => {
  it('stays what it is: positions are stored by it', () => {
    const episode = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
    expect(partitionOf('a1', episode, 16)).toBe(7);
    expect(partitionOf('a2', episode, 16)).toBe(1);
    expect(partitionOf('a1', '7ZZZZZZZZZZZZZZZZZZZZZZZZZ', 1_024)).toBe(566);
  });

  it('is that of the episode, whatever the case of its id and what else the event holds', () => {
    const ulid = fc.string({ unit: fc.constantFrom(...'0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz'), minLength: 25, maxLength: 25 });
    fc.assert(fc.property(fc.nat({ max: 500 }), ulid, fc.integer({ min: 1, max: 1_024 }), (agent, tail, count) => {
      const [agentId, episodeId] = [`Agent-${agent}`, `7${tail}`];
      const bare = toBinary(EpisodeEventSchema, create(EpisodeEventSchema, { agentId, episodeId: episodeId.toUpperCase() }));
      expect(partitionOf(agentId, episodeId, count)).toBe(partitionOfEvent(bare, count));
    }), { seed: 1, numRuns: 1_000 });
  });

  it('depends on the case of the agent', () => {
    const episodes = Array.from({ length: 64 }, (_, number) => String(number).padStart(26, '0'));
    expect(episodes.filter((episode) => partitionOf('a1', episode, 64) !== partitionOf('A1', episode, 64)).length).toBeGreaterThan(32);
  });

  it('spreads the episodes of one agent evenly', () => {
    const counts = new Array<number>(16).fill(0);
    for (let number = 0; number < 16_000; number++) counts[partitionOf('agent-1', number.toString(16).toUpperCase().padStart(26, '0'), 16)] += 1;
    expect(Math.min(...counts)).toBeGreaterThan(850);
    expect(Math.max(...counts)).toBeLessThan(1_150);
  });

  it('is that of the episode for whatever is accepted, and the same for ever for whatever is not', () => {
    const mutation = fc.array(fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 }), fc.constantFrom('set', 'insert', 'delete', 'cut')), { minLength: 1, maxLength: 3 });
    let acceptedCount = 0;
    fc.assert(fc.property(mutation, (steps) => {
      const mutated = [...bytes];
      for (const [at, byte, kind] of steps) {
        if (kind === 'set') mutated[at % mutated.length] = byte;
        else if (kind === 'insert') mutated.splice(at, 0, byte);
        else if (kind === 'delete') mutated.splice(at, 1);
        else mutated.length = Math.max(1, Math.min(mutated.length, at));
      }
      const payload = Uint8Array.from(mutated);
      const partition = partitionOfEvent(payload, partitionsCount);
      expect(partition).toBe(partitionOfEvent(payload.slice(), partitionsCount));
      expect(partition).toBeGreaterThanOrEqual(0);
      expect(partition).toBeLessThan(partitionsCount);
      const reading = readEpisode(payload, { tenantId: 'acme', type: EpisodeEventSchema.typeName, timeUs: seconds * 1_000_000 });
      if (!('change' in reading)) return;
      acceptedCount += 1;
      expect(partition).toBe(partitionOf(reading.change.key.agentId, reading.change.key.episodeId, partitionsCount));
    }), { seed: 2, numRuns: 6_000 });
    expect(acceptedCount).toBeGreaterThan(100);
  });

  it('does not read what is too large', () => {
    const large = new Uint8Array(episodeLimits.eventBytes + 1);
    large.set(bytes);
    expect(partitionOfEvent(large, partitionsCount)).toBe(partitionOfEvent(new Uint8Array(0), partitionsCount));
  });

  it('refuses a count that is none', () => {
    for (const count of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) expect(() => partitionOfEvent(bytes, count)).toThrow(RangeError);
  });
});
