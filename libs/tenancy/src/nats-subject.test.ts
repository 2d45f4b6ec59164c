import { describe, expect, it } from 'vitest';
import {
  natsChannelOfRecord, natsEpochSubject, natsFloorSubject, natsNameOf, natsRecordSubject, natsRunSubject, natsToken, natsTombstoneSubject, natsTopicSubject, parseNatsSubject,
} from './index.js';

describe('natsToken()', () => {
  it('holds no separator, and natsNameOf reads it back', () => {
    for (const name of ['', 'a', 'a.b', 'a-b', 'a_b', 'x@y.z', 'A.b-c_d@e']) {
      expect(natsToken(name)).toMatch(/^[A-Za-z0-9_=-]+$/);
      expect(natsNameOf(natsToken(name))).toBe(name);
    }
  });
});

describe('parseNatsSubject()', () => {
  it('reads what the builders write, also of topics that are named like kinds', () => {
    const keys = [{ tenant: 'acme', room: 'd', channel: 'd' }, { tenant: 'acme', room: 'x', channel: '7' }, { tenant: 'acme', room: 'a.x', channel: '' }, { tenant: 'acme', inbox: 'x.7@e' }];
    for (const key of keys) {
      const stem = natsTopicSubject('64m_16384', key);
      expect(parseNatsSubject(natsRunSubject(stem))).toEqual({ stem, kind: 'run', erased: 0 });
      expect(parseNatsSubject(natsEpochSubject(stem))).toEqual({ stem, kind: 'epoch', erased: 0 });
      expect(parseNatsSubject(natsFloorSubject(stem))).toEqual({ stem, kind: 'floor', erased: 0 });
      expect(parseNatsSubject(natsTombstoneSubject(stem, 42))).toEqual({ stem, kind: 'tombstone', erased: 42 });
    }
  });

  it('knows no other subject', () => {
    for (const subject of ['', 't', 't.acme.c.r.a.b', 't.acme.c.r.a.b.y.7', 't.acme.c.r.a.b.x.-1', 't.acme.c.r.a.b.x.']) expect(parseNatsSubject(subject)).toBeUndefined();
  });
});

describe('natsRecordSubject()', () => {
  it('names the channel, the main one too', () => {
    for (const channel of ['', 'a.b', 'main']) expect(natsChannelOfRecord(natsRecordSubject({ tenant: 'acme', room: 'plans', channel }))).toBe(channel);
  });
});
