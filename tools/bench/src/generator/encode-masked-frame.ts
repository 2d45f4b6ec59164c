/** Not random: frames are built once and sent many times, and the server unmasks any mask alike. */
const mask = [0x5a, 0xc3, 0x17, 0xe9] as const;

/** One unfragmented client frame, masked as RFC 6455 section 5.3 wants; opcode 2 is binary. */
export function encodeMaskedFrame(payload: Uint8Array, opcode = 2): Buffer {
  const header = encodeHeader(payload.length, opcode);
  const frame = Buffer.allocUnsafe(header.length + 4 + payload.length);
  frame.set(header, 0);
  frame.set(mask, header.length);
  const start = header.length + 4;
  for (let index = 0; index < payload.length; index += 1) frame[start + index] = payload[index] ^ mask[index & 3];
  return frame;
}

function encodeHeader(payloadBytes: number, opcode: number): Buffer {
  const first = 0x80 | opcode;
  if (payloadBytes < 126) return Buffer.from([first, 0x80 | payloadBytes]);
  if (payloadBytes < 65_536) {
    const header = Buffer.from([first, 0x80 | 126, 0, 0]);
    header.writeUInt16BE(payloadBytes, 2);
    return header;
  }
  const header = Buffer.alloc(10);
  header[0] = first;
  header[1] = 0x80 | 127;
  header.writeBigUInt64BE(BigInt(payloadBytes), 2);
  return header;
}
