import { describe, expect, it } from 'vitest';
import { PublishLog } from './publish-log.js';

describe('PublishLog', () => {
  it('keeps entries for two full rotations', () => {
    const log = new PublishLog();
    const entry = log.append(undefined, 0, 0, Uint8Array.of(1));
    log.rotate();
    log.rotate();
    expect(log.find(Uint8Array.of(1), () => true)).toBe(entry);
    log.rotate();
    expect(log.find(Uint8Array.of(1), () => true)).toBeUndefined();
    expect(log.isEmpty).toBe(true);
  });

  it('finds the oldest entry with the bytes that is accepted', () => {
    const log = new PublishLog();
    const first = log.append(undefined, 0, 0, Uint8Array.of(1, 2));
    log.rotate();
    const second = log.append(undefined, 0, 0, Uint8Array.of(1, 2));
    expect(log.find(Uint8Array.of(1, 2), () => true)).toBe(first);
    expect(log.find(Uint8Array.of(1, 2), (entry) => entry.serial > first.serial)).toBe(second);
    expect(log.find(Uint8Array.of(1, 3), () => true)).toBeUndefined();
  });

  it('gives a range of serials in order across rotations', () => {
    const log = new PublishLog();
    for (let count = 0; count < 6; count += 1) {
      log.append(undefined, 0, 0, Uint8Array.of(count));
      if (count % 2 === 1) log.rotate();
    }
    expect([...log.range(2, 5)].map((entry) => entry.serial)).toEqual([3, 4]);
    log.append(undefined, 0, 0, Uint8Array.of(9));
    expect([...log.range(5, 100)].map((entry) => entry.serial)).toEqual([5, 6, 7]);
  });
});
