import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { textWindows, type TextWindow } from './text-windows.js';

async function windowsOf(text: Buffer, windowBytes: number, chunkBytes: number): Promise<TextWindow[]> {
  const chunks = Array.from({ length: Math.ceil(text.length / chunkBytes) }, (_, index) => text.subarray(index * chunkBytes, (index + 1) * chunkBytes));
  const windows: TextWindow[] = [];
  for await (const window of textWindows(Readable.from(chunks), windowBytes)) windows.push(window);
  return windows;
}

describe('textWindows()', () => {
  it.each([
    ['lines', Buffer.from(Array.from({ length: 400 }, (_, index) => `line ${String(index)} ${'x'.repeat(index % 37)}\n`).join(''))],
    ['one line', Buffer.from('a1'.repeat(4_000))],
    ['one line of long characters', Buffer.from('€'.repeat(3_000))],
    ['less than a window', Buffer.from('short')],
    ['exactly a window', Buffer.from('x'.repeat(1_024))],
    ['nothing', Buffer.alloc(0)],
  ])('owns every byte of %s once, with a quarter of a window on both sides', async (_what, text) => {
    for (const chunkBytes of [7, 1_024, 65_536]) {
      const windows = await windowsOf(text, 1_024, chunkBytes);
      expect([windows[0]?.ownFrom, windows.at(-1)?.ownTo]).toEqual([0, text.length]);
      for (const [index, { bytes, offset, ownFrom, ownTo }] of windows.entries()) {
        expect(Buffer.from(bytes).equals(text.subarray(offset, offset + bytes.length))).toBe(true);
        expect(bytes.length).toBeLessThanOrEqual(1_024);
        const next = windows[index + 1];
        if (index > 0) expect(ownFrom - offset).toBeGreaterThanOrEqual(256);
        if (next === undefined) continue;
        expect(next.ownFrom).toBe(ownTo);
        expect(offset + bytes.length - ownTo).toBeGreaterThanOrEqual(256);
        expect(next.offset).toBeGreaterThan(offset);
      }
    }
  });

  it('begins windows at lines, or at least at characters', async () => {
    const lines = await windowsOf(Buffer.from('0123456789\n'.repeat(500)), 1_024, 4_096);
    expect(lines.every(({ offset }) => offset % 11 === 0)).toBe(true);
    const characters = await windowsOf(Buffer.from('€'.repeat(3_000)), 1_024, 4_096);
    expect(characters.every(({ offset }) => offset % 3 === 0)).toBe(true);
  });
});
