import type { LayerName } from '../scan/scan-text.js';

/** Half-open byte range. Pooled: valid until the next call on the object that gave it. */
export interface SourceRange {
  start: number;
  end: number;
}

const firstCapacityBytes = 4_096;
const firstPieceCapacity = 256;

/**
 * A decoded text and its map to the text it was decoded from. The map is a list of pieces in ascending order: each says that `decodedLength`
 * bytes stand for `sourceLength` bytes as a whole; what follows it, up to the next piece, was copied byte for byte. Pooled: buffers grow to
 * what was needed most and are used again.
 */
export class Layer {
  bytes = new Uint8Array(firstCapacityBytes);
  /** Bytes of `bytes` that are text; what follows is left from earlier use. */
  length = 0;
  name: LayerName = 'raw';
  /** True when the budget ended the decoding: the source holds more than this text shows. */
  isCut = false;

  private parent: Layer | undefined = undefined;
  private pieceCount = 0;
  private decodedStarts = new Int32Array(firstPieceCapacity);
  private decodedLengths = new Int32Array(firstPieceCapacity);
  private sourceStarts = new Int32Array(firstPieceCapacity);
  private sourceLengths = new Int32Array(firstPieceCapacity);
  private readonly range: SourceRange = { start: 0, end: 0 };

  /** Empties the layer; its text begins at `sourceStart` of the source. `parent` is the layer the source is the text of, if it is one. */
  begin(name: LayerName, sourceStart: number, parent?: Layer): void {
    this.name = name;
    this.parent = parent;
    this.length = 0;
    this.isCut = false;
    this.pieceCount = 0;
    this.addPiece(0, sourceStart, 0);
  }

  /** Makes room for `capacityBytes` in all; the text so far is kept. */
  reserve(capacityBytes: number): void {
    if (this.bytes.length >= capacityBytes) return;
    let capacity = this.bytes.length;
    while (capacity < capacityBytes) capacity *= 2;
    const grown = new Uint8Array(capacity);
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  /** Notes that the `decodedLength` bytes about to be written at `length` stand for `sourceLength` bytes from `sourceStart` on, as a whole. */
  addPiece(decodedLength: number, sourceStart: number, sourceLength: number): void {
    const at = this.pieceCount++;
    if (at === this.decodedStarts.length) this.growPieces();
    this.decodedStarts[at] = this.length;
    this.decodedLengths[at] = decodedLength;
    this.sourceStarts[at] = sourceStart;
    this.sourceLengths[at] = sourceLength;
  }

  /** Copies `source[start, end)` as it is, in so far as it fits below `limitBytes`; what stood there is `isCut`. The caller has reserved the room. */
  copy(source: Uint8Array, start: number, end: number, limitBytes: number): void {
    const count = Math.min(end - start, limitBytes - this.length);
    if (count < end - start) this.isCut = true;
    const target = this.bytes;
    const at = this.length;
    for (let index = 0; index < count; index++) target[at + index] = source[start + index];
    this.length = at + Math.max(count, 0);
  }

  /** The bytes of the message that `[start, end)` of this text stands for, through all layers; never less than was encoded as a whole. */
  toSource(start: number, end: number): SourceRange {
    const range = this.range;
    const first = this.pieceAt(start);
    range.start = this.startInSource(first, start);
    range.end = end > start ? this.endInSource(end) : range.start;
    return this.parent === undefined ? range : this.parent.toSource(range.start, range.end);
  }

  /** Offset, in the text this layer was decoded from, of what the byte at `at` stands for. */
  toOwnSource(at: number): number {
    return this.startInSource(this.pieceAt(at), at);
  }

  private startInSource(piece: number, at: number): number {
    const into = at - this.decodedStarts[piece];
    if (into < this.decodedLengths[piece]) return this.sourceStarts[piece];
    return this.sourceStarts[piece] + this.sourceLengths[piece] + into - this.decodedLengths[piece];
  }

  private endInSource(end: number): number {
    const piece = this.pieceAt(end - 1);
    const into = end - this.decodedStarts[piece];
    const whole = this.sourceStarts[piece] + this.sourceLengths[piece];
    return into <= this.decodedLengths[piece] ? whole : whole + into - this.decodedLengths[piece];
  }

  /** Index of the last piece that begins at or before `at`. */
  private pieceAt(at: number): number {
    let low = 0;
    let high = this.pieceCount - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.decodedStarts[middle] <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private growPieces(): void {
    this.decodedStarts = doubled(this.decodedStarts);
    this.decodedLengths = doubled(this.decodedLengths);
    this.sourceStarts = doubled(this.sourceStarts);
    this.sourceLengths = doubled(this.sourceLengths);
  }
}

function doubled(values: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(values.length * 2);
  grown.set(values);
  return grown;
}
