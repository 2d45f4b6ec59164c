import { describe, expect, it } from 'vitest';
import { parseSince } from './since-option.js';

describe('parseSince()', () => {
  it('is from now on when absent', () => {
    expect(parseSince([], { isRoomWide: false })).toBe('now');
    expect(parseSince(['start'], { isRoomWide: true })).toBe('start');
  });

  it('reads a sequence, with an epoch or without', () => {
    expect(parseSince(['12'], { isRoomWide: false })).toEqual([{ channel: undefined, epoch: undefined, sequence: 12n }]);
    expect(parseSince(['1795229936855000/18446744073709551615'], { isRoomWide: false })).toEqual([{ channel: undefined, epoch: 1795229936855000n, sequence: 2n ** 64n - 1n }]);
  });

  it('reads a position for each channel of a room, the main channel without a name', () => {
    expect(parseSince(['main=3', '=7/4'], { isRoomWide: true })).toEqual([{ channel: 'main', epoch: undefined, sequence: 3n }, { channel: '', epoch: 7n, sequence: 4n }]);
  });

  it.each([
    [['x'], false, 'is no position'], [['-1'], false, 'is no position'], [['18446744073709551616'], false, 'is no position'], [['Main=1'], true, 'is no position'],
    [['1', '2'], false, 'given twice'], [['start', '2'], false, 'is no position'], [['1'], true, 'names the channel'], [['main=1'], false, 'names no channel'],
  ])('refuses %j', (values, isRoomWide, message) => {
    expect(() => parseSince(values, { isRoomWide })).toThrow(message);
  });
});
