/** An unmasked frame as a server sends it. */
export function encodeServerFrame(payload: Uint8Array, options: { opcode?: number; isFinal?: boolean } = {}): Buffer {
  const first = (options.isFinal === false ? 0 : 0x80) | (options.opcode ?? 2);
  const length = Buffer.alloc(payload.length < 126 ? 1 : payload.length < 65_536 ? 3 : 9);
  if (length.length === 1) length[0] = payload.length;
  else if (length.length === 3) {
    length[0] = 126;
    length.writeUInt16BE(payload.length, 1);
  } else {
    length[0] = 127;
    length.writeBigUInt64BE(BigInt(payload.length), 1);
  }
  return Buffer.concat([Buffer.from([first]), length, payload]);
}

/** Hands `bytes` over in pieces that end at the given places, each in a buffer that is overwritten afterwards. */
export function pushInPieces(bytes: Buffer, cuts: readonly number[], push: (piece: Buffer, start: number, end: number) => void): void {
  const shared = Buffer.alloc(bytes.length + 16);
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((left, right) => left - right);
  let start = 0;
  for (const end of [...ends, bytes.length]) {
    const offset = start % 16;
    shared.fill(0xee);
    bytes.copy(shared, offset, start, end);
    push(shared, offset, offset + end - start);
    start = end;
  }
}
