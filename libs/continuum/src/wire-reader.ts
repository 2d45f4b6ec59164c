import { EpisodeRefusal } from './episode-refusal.js';
import { ScratchMemory } from './scratch-memory.js';

/** Wire types of Protobuf; groups (3 and 4) are not part of proto3. */
export const wireType = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const controlAboveAscii = /[\u0080-\u009f]/;
/** Tab, line feed and carriage return. */
const layoutControls = (1 << 9) | (1 << 10) | (1 << 13);

/** Reads Protobuf, and refuses what is not as EPISODE_MALFORMED. */
export class WireReader {
  at = 0;
  /** Of the message that is read now. */
  end: number;
  /** Field number and wire type of the newest tag. */
  fieldNumber = 0;
  fieldType = 0;
  /** Of the newest text: whether it has any control character (C0, DEL, C1), and any but tabs and line breaks. */
  hasControl = false;
  hasForbiddenControl = false;
  /** All bytes as characters, right where they are ASCII: one call of the decoder serves every text, and its cost does not depend on the size. */
  private ascii: string | undefined;

  constructor(private readonly bytes: Uint8Array, private readonly memory?: ScratchMemory) {
    this.end = bytes.length;
  }

  /** The next tag of this message, as `fieldNumber` and `fieldType`; false at its end. */
  nextField(): boolean {
    if (this.at === this.end) return false;
    const tag = this.varint();
    this.fieldNumber = Math.floor(tag / 8);
    this.fieldType = tag % 8;
    if (tag > 0xffff_ffff || this.fieldNumber === 0) throw malformed('a tag is not valid');
    return true;
  }

  /** Refuses a known field that has another type than the contract says, or that was read before. */
  expect(type: number, isRepeated: boolean): void {
    if (this.fieldType !== type) throw malformed(`field ${this.fieldNumber} has the wrong wire type`);
    if (isRepeated) throw malformed(`field ${this.fieldNumber} is there twice`);
  }

  /** Exact up to 2^53; values above are rounded, which no caller takes for a value within its bounds. */
  varint(): number {
    if (this.at < this.end && this.bytes[this.at] < 0x80) return this.bytes[this.at++];
    let value = 0;
    let scale = 1;
    for (let count = 1; count <= 10; count++) {
      if (this.at >= this.end) throw malformed('it is cut off');
      const byte = this.bytes[this.at++];
      if (count === 10 && byte > 1) break;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw malformed('a varint is longer than 64 bits');
  }

  double(): number {
    const at = this.skipBytes(8);
    return new DataView(this.bytes.buffer, this.bytes.byteOffset + at, 8).getFloat64(0, true);
  }

  /** Text, which must be UTF-8; tells of its control characters by `hasControl` and `hasForbiddenControl`. */
  text(): string {
    const start = this.block();
    this.hasControl = false;
    this.hasForbiddenControl = false;
    let isAscii = true;
    for (let at = start; at < this.at; at++) {
      const byte = this.bytes[at];
      if (byte >= 0x80) isAscii = false;
      else if (byte < 0x20 || byte === 0x7f) this.noteControl(byte);
    }
    if (!isAscii) return this.decode(start);
    this.ascii ??= (this.memory ?? new ScratchMemory(this.bytes.length)).asciiOf(this.bytes);
    return this.ascii.slice(start, this.at);
  }

  private noteControl(byte: number): void {
    this.hasControl = true;
    if (byte === 0x7f || ((1 << byte) & layoutControls) === 0) this.hasForbiddenControl = true;
  }

  private decode(start: number): string {
    let text: string;
    try {
      text = decoder.decode(this.bytes.subarray(start, this.at));
    } catch {
      throw malformed('a text is not UTF-8');
    }
    if (controlAboveAscii.test(text)) {
      this.hasControl = true;
      this.hasForbiddenControl = true;
    }
    return text;
  }

  /** Goes past a length and the bytes that it counts; where they begin. They end at `at`. */
  block(): number {
    return this.skipBytes(this.varint());
  }

  /** Goes into an embedded message; the end of the one around it, for `leave`. */
  enter(): number {
    const outerEnd = this.end;
    const length = this.varint();
    if (length > outerEnd - this.at) throw malformed('it is cut off');
    this.end = this.at + length;
    return outerEnd;
  }

  leave(outerEnd: number): void {
    this.end = outerEnd;
  }

  /** Goes past a field that this version of the contract does not know. */
  skip(): void {
    if (this.fieldType === wireType.varint) this.varint();
    else if (this.fieldType === wireType.fixed64) this.skipBytes(8);
    else if (this.fieldType === wireType.bytes) this.block();
    else if (this.fieldType === wireType.fixed32) this.skipBytes(4);
    else throw malformed(`field ${this.fieldNumber} has no wire type of proto3`);
  }

  private skipBytes(count: number): number {
    const start = this.at;
    if (count > this.end - start) throw malformed('it is cut off');
    this.at = start + count;
    return start;
  }
}

export function malformed(what: string): EpisodeRefusal {
  return new EpisodeRefusal('EPISODE_MALFORMED', '', `not the Protobuf of an EpisodeEvent: ${what}`);
}
