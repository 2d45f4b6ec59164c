import { describe, expect, it } from 'vitest';
import { SlabRing } from './slab-ring.js';

/** Starts a slab for `sizeBytes` and marks it with one byte. */
function startSlab(ring: SlabRing, sizeBytes: number, mark: number): number {
  ring.startSlab(sizeBytes);
  ring.bytes[ring.writeOffset] = mark;
  ring.writeOffset += sizeBytes;
  ring.holdRun();
  return ring.currentNumber;
}

describe('SlabRing', () => {
  it('has no room before its first slab', () => {
    const ring = new SlabRing(64);
    expect([ring.fits(0), ring.bytes.length, ring.bytesOf(1).length]).toEqual([false, 0, 0]);
    ring.holdRun();
    ring.releaseRun(1);
    expect(ring.bytes.length).toBe(0);
  });

  it('leaves the headroom at the start of each slab', () => {
    const ring = new SlabRing(64);
    ring.startSlab(100);
    expect([ring.writeOffset, ring.bytes.length]).toEqual([64, 2_048]);
    expect([ring.fits(2_048 - 64), ring.fits(2_048 - 63)]).toEqual([true, false]);
  });

  it('doubles slabs up to 512 KiB and makes larger ones only for larger runs', () => {
    const ring = new SlabRing(64);
    const sizes = Array.from({ length: 10 }, (_, n) => {
      startSlab(ring, 10, n);
      return ring.bytes.length;
    });
    expect(sizes).toEqual([2_048, 4_096, 8_192, 16_384, 32_768, 65_536, 131_072, 262_144, 524_288, 524_288]);
    ring.startSlab(900_000);
    expect(ring.bytes.length).toBe(900_064);
  });

  it('frees a slab with its last run, never the one that is written to', () => {
    const ring = new SlabRing(0);
    const first = startSlab(ring, 10, 1);
    ring.holdRun();
    const second = startSlab(ring, 10, 2);
    ring.releaseRun(first);
    expect(ring.bytesOf(first)[0]).toBe(1);
    ring.releaseRun(first);
    expect(ring.bytesOf(first).length).toBe(0);
    ring.releaseRun(second);
    expect(ring.bytesOf(second)[0]).toBe(2);
    startSlab(ring, 10, 3);
    expect(ring.bytesOf(second).length).toBe(0);
  });

  it('reuses a freed slab in the steady state', () => {
    const ring = new SlabRing(0);
    for (let n = 0; n < 8; n += 1) ring.releaseRun(startSlab(ring, 10, n));
    const seen = new Set<ArrayBufferLike>();
    for (let n = 0; n < 50; n += 1) {
      const number = startSlab(ring, 10, n);
      seen.add(ring.bytes.buffer);
      ring.releaseRun(number);
    }
    expect(seen.size).toBeLessThanOrEqual(2);
  });

  it('forgets all when cleared and starts small again', () => {
    const ring = new SlabRing(8);
    const numbers = [startSlab(ring, 5_000, 1), startSlab(ring, 5_000, 2)];
    ring.clear();
    expect(numbers.map((number) => ring.bytesOf(number).length)).toEqual([0, 0]);
    expect(ring.fits(1)).toBe(false);
    startSlab(ring, 10, 3);
    expect(ring.bytes.length).toBe(2_048);
    expect(numbers).not.toContain(ring.currentNumber);
  });
});
