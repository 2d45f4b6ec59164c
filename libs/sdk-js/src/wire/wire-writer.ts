import { writeVarint } from '@arqonbus/envelope';

const utf8 = new TextEncoder();
const firstCapacityBytes = 256;

/** Growing buffer that writes the Protobuf wire format. Empty and zero values are left out, as proto3 does. */
export class WireWriter {
  private buffer: Uint8Array;
  private length = 0;

  constructor(capacityBytes = firstCapacityBytes) {
    this.buffer = new Uint8Array(capacityBytes);
  }

  get byteLength(): number {
    return this.length;
  }

  /** View of what was written; valid until the next write. */
  view(start = 0, end = this.length): Uint8Array {
    return this.buffer.subarray(start, end);
  }

  /** Makes room for `bytes` more and returns the buffer and the offset to write at; `commit` ends it. */
  reserve(bytes: number): Uint8Array {
    const needed = this.length + bytes;
    if (needed > this.buffer.length) {
      const grown = new Uint8Array(Math.max(needed, this.buffer.length * 2));
      grown.set(this.buffer.subarray(0, this.length));
      this.buffer = grown;
    }
    return this.buffer;
  }

  /** Declares everything before `end` written. */
  commit(end: number): void {
    this.length = end;
  }

  raw(bytes: Uint8Array): this {
    const target = this.reserve(bytes.length);
    target.set(bytes, this.length);
    this.length += bytes.length;
    return this;
  }

  varint(value: number): this {
    const target = this.reserve(10);
    this.length = writeVarint(target, this.length, value);
    return this;
  }

  tag(field: number, wireType: number): this {
    return this.varint(field * 8 + wireType);
  }

  /** A uint32, uint64 or bool field. */
  uint(field: number, value: number | bigint | boolean): this {
    if (typeof value === 'bigint') return value === 0n ? this : this.tag(field, 0).varint64(value);
    const plain = Number(value);
    return plain === 0 ? this : this.tag(field, 0).varint(plain);
  }

  /** A fixed64 or sfixed64 field. */
  fixed64(field: number, value: bigint): this {
    if (value === 0n) return this;
    this.tag(field, 1);
    const target = this.reserve(8);
    writeFixed64(target, this.length, BigInt.asUintN(64, value));
    this.length += 8;
    return this;
  }

  text(field: number, value: string): this {
    return value === '' ? this : this.message(field, utf8.encode(value));
  }

  bytes(field: number, value: Uint8Array): this {
    return value.length === 0 ? this : this.message(field, value);
  }

  /** A length-delimited field, written even when it is empty: a set message or oneof body. */
  message(field: number, content: Uint8Array): this {
    return this.tag(field, 2).varint(content.length).raw(content);
  }

  private varint64(value: bigint): this {
    let rest = BigInt.asUintN(64, value);
    const target = this.reserve(10);
    while (rest > 0x7fn) {
      target[this.length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    target[this.length++] = Number(rest);
    return this;
  }
}

function writeFixed64(target: Uint8Array, at: number, value: bigint): void {
  let rest = value;
  for (let index = 0; index < 8; index++) {
    target[at + index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
}
