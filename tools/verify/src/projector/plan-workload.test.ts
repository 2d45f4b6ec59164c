import { SeededRandom } from '@arqonbus/e2e';
import { describe, expect, it } from 'vitest';
import { compareStamps, keyText, type PlannedEvent, type Stamp } from './episode-fact.js';
import { planWorkload } from './plan-workload.js';
import { flaws } from './poison.js';

const count = 4_000;
const events = planWorkload(count, new SeededRandom(11));

function ofKind(kind: PlannedEvent['kind']): readonly PlannedEvent[] {
  return events.filter((event) => event.kind === kind);
}

function bytesText({ payload }: PlannedEvent): string {
  return Buffer.from(payload).toString('base64');
}

describe('planWorkload()', () => {
  it('keeps the shares of duplicates, stale events and poison', () => {
    expect(events).toHaveLength(count);
    expect({ duplicate: ofKind('duplicate').length, stale: ofKind('stale').length, poison: ofKind('poison').length }).toEqual({ duplicate: 200, stale: 200, poison: 40 });
    expect(new Set(ofKind('poison').map(({ flaw }) => flaw))).toEqual(new Set(flaws));
  });

  it('is the same for the same seed, and another for another', () => {
    expect(planWorkload(count, new SeededRandom(11)).map(bytesText)).toEqual(events.map(bytesText));
    expect(planWorkload(count, new SeededRandom(12)).map(bytesText)).not.toEqual(events.map(bytesText));
  });

  it('publishes every stale event behind a newer one of its episode, and every duplicate behind the first', () => {
    const newest = new Map<string, Stamp>();
    const ids = new Set<string>();
    for (const { kind, fact } of events) {
      if (fact === undefined) continue;
      const before = newest.get(keyText(fact));
      if (kind === 'stale') expect(before !== undefined && compareStamps(fact.stamp, before) < 0).toBe(true);
      expect(ids.has(fact.stamp.eventId)).toBe(kind === 'duplicate');
      ids.add(fact.stamp.eventId);
      if (before === undefined || compareStamps(fact.stamp, before) > 0) newest.set(keyText(fact), fact.stamp);
    }
  });

  it('shuffles fresh events of an episode, deletes episodes and makes them again, and lets several agents of two tenants write', () => {
    const newest = new Map<string, Stamp>();
    let shuffledCount = 0;
    for (const { fact } of ofKind('fresh')) {
      if (fact === undefined) continue;
      const before = newest.get(keyText(fact));
      if (before !== undefined && compareStamps(fact.stamp, before) < 0) shuffledCount += 1;
      else newest.set(keyText(fact), fact.stamp);
    }
    expect(shuffledCount).toBeGreaterThan(100);
    const kinds = ofKind('fresh').map(({ fact }) => fact?.kind);
    for (const kind of ['created', 'updated', 'deleted', 'summarized'] as const) expect(kinds.filter((each) => each === kind).length).toBeGreaterThan(100);
    expect(new Set(events.map(({ tenant, producer }) => `${tenant} ${String(producer)}`)).size).toBe(6);
    expect(new Set(events.map(({ fact }) => fact?.agent))).toContain('Mail.Bot@host_2');
  });

  it('plans even one event, and a few', () => {
    expect(planWorkload(1, new SeededRandom(1)).map(({ kind }) => kind)).toEqual(['fresh']);
    expect(planWorkload(30, new SeededRandom(1))).toHaveLength(30);
  });
});
