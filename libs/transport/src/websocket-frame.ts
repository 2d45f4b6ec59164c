/** One unmasked binary message in one frame (RFC 6455, 5.2); `bytes` is copied. */
export function encodeBinaryFrame(bytes: Uint8Array): Buffer {
  const length = bytes.byteLength;
  if (length < 126) return assemble(Buffer.of(0x82, length), bytes);
  if (length < 65_536) return assemble(Buffer.of(0x82, 126, length >> 8, length & 0xff), bytes);
  const header = Buffer.alloc(10);
  header[0] = 0x82;
  header[1] = 127;
  header.writeBigUInt64BE(BigInt(length), 2);
  return assemble(header, bytes);
}

function assemble(header: Buffer, bytes: Uint8Array): Buffer {
  return Buffer.concat([header, bytes], header.length + bytes.byteLength);
}

/** The longest reason that fits a close frame (RFC 6455, 5.5), cut between characters. */
export function fitCloseReason(reason: string): string {
  const maxBytes = 123;
  const bytes = Buffer.from(reason, 'utf8');
  if (bytes.length <= maxBytes) return reason;
  let end = maxBytes;
  while ((bytes[end] & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
