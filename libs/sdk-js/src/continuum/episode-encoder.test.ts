import { continuumTopics, eventIdOf, readEpisode } from '@arqonbus/continuum';
import { EpisodeEventSchema, EpisodeEventType } from '@arqonbus/proto';
import { fromBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { EpisodeEncoder } from './episode-encoder.js';
import type { EpisodeInit } from './episode-init.js';
import { newEpisodeId } from './id-texts.js';

const names = { tenantId: 'acme', agentId: 'planner' };
const episodeId = newEpisodeId();

/** An episode with something taken for what it is not. */
function wrong(fields: object): EpisodeInit {
  return { type: 'created', episodeId, contentRef: 's3://episodes/1', ...fields };
}

describe('EpisodeEncoder', () => {
  it('encodes the full state of an episode', () => {
    const { id, eventId, payload } = new EpisodeEncoder(names).encode({
      type: 'updated', episodeId, contentRef: 's3://episodes/1', summary: 'met', tags: ['b', 'a'], embeddingRef: 'vec://1', metadata: { mood: { calm: true } },
      sourceTs: 1_700_000_000_123_456n,
    });
    const event = fromBinary(EpisodeEventSchema, payload);
    expect(event).toMatchObject({
      eventId, eventType: EpisodeEventType.UPDATED, tenantId: 'acme', agentId: 'planner', episodeId, schemaVersion: 1,
      sourceTs: { seconds: 1_700_000_000n, nanos: 123_456_000 },
      payload: { contentRef: 's3://episodes/1', summary: 'met', tags: ['b', 'a'], embeddingRef: 'vec://1', metadata: { mood: { calm: true } } },
    });
    expect(id).toBe(eventId);
  });

  it('leaves out what an event of its kind does not carry', () => {
    const encoder = new EpisodeEncoder(names);
    const deleted = fromBinary(EpisodeEventSchema, encoder.encode({ type: 'deleted', episodeId }).payload);
    expect([deleted.eventType, deleted.payload]).toEqual([EpisodeEventType.DELETED, undefined]);
    const summarized = fromBinary(EpisodeEventSchema, encoder.encode({ type: 'summarized', episodeId, summary: 'so' }).payload);
    expect([summarized.eventType, summarized.payload?.summary, summarized.payload?.contentRef]).toEqual([EpisodeEventType.SUMMARIZED, 'so', '']);
  });

  it('gives each event a later source time than the one before', () => {
    const encoder = new EpisodeEncoder(names);
    const times = Array.from({ length: 100 }, () => {
      const { payload } = encoder.encode({ type: 'deleted', episodeId });
      const reading = readEpisode(payload, { tenantId: 'acme', type: continuumTopics.episodes.type, timeUs: Date.now() * 1_000 });
      return 'change' in reading ? reading.change.guard.sourceTsUs : Number.NaN;
    });
    expect(times).toEqual([...new Set(times)].sort((left, right) => left - right));
    expect(Math.abs(times[0] / 1_000 - Date.now())).toBeLessThan(60_000);
  });

  it('takes dates and ids of both kinds', () => {
    const encoder = new EpisodeEncoder(names);
    const old = encoder.encode({ type: 'deleted', episodeId, sourceTs: new Date(1_700_000_000_500), eventId: '01HF7YAT01QVFZ3T4WJKHH0EQN' });
    expect(fromBinary(EpisodeEventSchema, old.payload).sourceTs).toMatchObject({ seconds: 1_700_000_000n, nanos: 500_000_000 });
    expect(old.eventId).toBe('01HF7YAT01QVFZ3T4WJKHH0EQN');
    expect(old.id).toBe(eventIdOf(old.eventId));
  });

  it.each([
    ['an episode id that is no ULID', wrong({ episodeId: 'one' }), 'EPISODE_INVALID_FIELD'],
    ['an event id that is none', wrong({ eventId: 'one' }), 'EPISODE_INVALID_FIELD'],
    ['a kind that there is not', wrong({ type: 'moved' }), 'EPISODE_INVALID_FIELD'],
    ['a body where the reference belongs', wrong({ contentRef: 'data:text/plain,hello' }), 'EPISODE_NOT_A_REFERENCE'],
    ['a summary over the limit', wrong({ summary: 'x'.repeat(8_193) }), 'EPISODE_TOO_LARGE'],
    ['an event over the limit', wrong({ metadata: { text: 'x'.repeat(70_000) } }), 'EPISODE_TOO_LARGE'],
    ['a source time far ahead', wrong({ sourceTs: new Date(Date.now() + 86_400_000) }), 'EPISODE_SOURCE_TIME_AHEAD'],
    ['a source time that is no date', wrong({ sourceTs: new Date('never') }), 'EPISODE_INVALID_FIELD'],
    ['tags that are no list', wrong({ tags: 5 }), 'EPISODE_INVALID_FIELD'],
    ['a source time that is a text', wrong({ sourceTs: '2030-01-01' }), 'EPISODE_INVALID_FIELD'],
    ['a reference that is no text', wrong({ contentRef: 7 }), 'EPISODE_NOT_A_REFERENCE'],
    ['metadata that JSON has no form for', wrong({ metadata: { at: 1n } }), 'EPISODE_INVALID_FIELD'],
  ])('refuses %s', (_what, episode, code) => {
    expect(() => new EpisodeEncoder(names).encode(episode)).toThrow(expect.objectContaining({ name: 'ArqonError', code }) as Error);
  });
});
