import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readLines } from './read-lines.js';

async function linesOf(chunks: readonly string[], maxLineBytes = 8): Promise<[number, string | undefined][]> {
  const lines: [number, string | undefined][] = [];
  for await (const group of readLines(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), maxLineBytes)) {
    for (const { number, bytes } of group) lines.push([number, bytes === undefined ? undefined : Buffer.from(bytes).toString()]);
  }
  return lines;
}

describe('readLines()', () => {
  it('gives the same lines wherever the chunks are cut', async () => {
    const text = 'one\n\ntwö\nthree';
    const bytes = Buffer.from(text);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const lines: string[] = [];
      for await (const group of readLines(Readable.from([bytes.subarray(0, cut), bytes.subarray(cut)]), 8)) {
        lines.push(...group.map((line) => Buffer.from(line.bytes ?? []).toString()));
      }
      expect(lines).toEqual(['one', '', 'twö', 'three']);
    }
  });

  it('makes no line of what follows the last newline when nothing does', async () => {
    expect(await linesOf(['a\n', 'b\n'])).toEqual([[1, 'a'], [2, 'b']]);
    expect(await linesOf([])).toEqual([]);
    expect(await linesOf(['\n'])).toEqual([[1, '']]);
  });

  it('takes a line of the most bytes, skips one of a byte more, and goes on behind it', async () => {
    expect(await linesOf(['12345678\n1234', '56789\nshort'])).toEqual([[1, '12345678'], [2, undefined], [3, 'short']]);
    expect(await linesOf(['123456789'])).toEqual([[1, undefined]]);
  });
});
