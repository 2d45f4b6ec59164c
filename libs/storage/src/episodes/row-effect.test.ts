import type { EpisodeRow } from '@arqonbus/continuum';
import { describe, expect, it } from 'vitest';
import { effectBetween, presenceOf } from './row-effect.js';

const key = { tenantId: 'acme', agentId: 'a1', episodeId: '01ARZ3NDEKTSV4RRFFQ69G5FAV' };
const guard = { sourceTsUs: 1, eventId: '01920000-0000-7000-8000-000000000001' };
const content = { contentRef: 's3://b/1', summary: undefined, tags: ['x'], embeddingRef: undefined, metadataJson: '{}' };
const present: EpisodeRow = { key, stateGuard: guard, isDeleted: false, content, summaryGuard: undefined, summary: undefined };
const tombstone: EpisodeRow = { ...present, isDeleted: true, content: undefined };
const summaryAlone: EpisodeRow = { ...present, stateGuard: undefined, content: undefined, summaryGuard: guard, summary: 'short' };
const later = { ...guard, sourceTsUs: 2 };

describe('presenceOf()', () => {
  it('tells rows from tombstones', () => {
    expect([undefined, tombstone, present, summaryAlone].map(presenceOf)).toEqual(['absent', 'tombstone', 'present', 'present']);
  });
});

describe('effectBetween()', () => {
  it.each([
    ['a row that appears', undefined, present, 'inserted'],
    ['a summary that appears alone', undefined, summaryAlone, 'inserted'],
    ['a tombstone that appears', undefined, tombstone, 'deleted'],
    ['a row that is deleted', present, tombstone, 'deleted'],
    ['a tombstone that is revived', tombstone, present, 'inserted'],
    ['a tombstone with a newer guard', tombstone, { ...tombstone, stateGuard: later }, 'updated'],
    ['a row with a newer guard', present, { ...present, stateGuard: later }, 'updated'],
    ['a row with other tags', present, { ...present, content: { ...content, tags: ['y'] } }, 'updated'],
    ['a row with another summary of its own', present, { ...present, content: { ...content, summary: 'short' } }, 'updated'],
    ['an equal row', present, { ...present, content: { ...content, tags: ['x'] } }, 'unchanged'],
    ['no row before and after', undefined, undefined, 'unchanged'],
  ] as const)('of %s', (_, before, after, effect) => {
    expect(effectBetween(before, after)).toBe(effect);
  });
});
