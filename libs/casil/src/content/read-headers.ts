import type { Layer } from '../layers/layer.js';
import type { HeaderSet } from '../message.js';

const lineExtraBytes = 3;
const colonAndSpace = Uint8Array.of(0x3a, 0x20);
const lineEnd = Uint8Array.of(0x0a);

/** Writes headers into `out` as lines `name: value`, so that a name speaks for its value; at most `maxBytes`. The map leads to offsets in `headers.bytes`. */
export function readHeaders(headers: HeaderSet, out: Layer, maxBytes: number): void {
  const { bytes, ranges } = headers;
  let size = 0;
  for (const { nameStart, nameEnd, valueStart, valueEnd } of ranges) size += nameEnd - nameStart + valueEnd - valueStart + lineExtraBytes;
  const limit = Math.min(size, maxBytes);
  out.begin('fields', ranges.length === 0 ? 0 : ranges[0].nameStart);
  out.reserve(limit);
  for (const { nameStart, nameEnd, valueStart, valueEnd } of ranges) {
    if (nameEnd > nameStart) {
      out.addPiece(0, nameStart, 0);
      out.copy(bytes, nameStart, nameEnd, limit);
      out.addPiece(Math.min(colonAndSpace.length, limit - out.length), valueStart, 0);
      out.copy(colonAndSpace, 0, colonAndSpace.length, limit);
    }
    out.addPiece(0, valueStart, 0);
    out.copy(bytes, valueStart, valueEnd, limit);
    out.addPiece(Math.min(lineEnd.length, limit - out.length), valueEnd, 0);
    out.copy(lineEnd, 0, lineEnd.length, limit);
  }
}
