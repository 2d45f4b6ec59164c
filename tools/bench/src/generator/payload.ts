/** Size of a message's payload; its first four bytes are its index, big endian. */
export const payloadBytes = 128;

/** A payload with `index` in front and bytes that do not compress behind, the same in every run. */
export function createPayload(index: number): Buffer {
  const payload = Buffer.alloc(payloadBytes);
  let state = (index + 1) * 0x9e3779b1;
  for (let position = 4; position < payloadBytes; position += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    payload[position] = state >>> 24;
  }
  payload.writeUInt32BE(index, 0);
  return payload;
}

/** The big-endian number at `position`; faster than `readUInt32BE`, which checks its bounds anew. */
export function readIndex(bytes: Buffer, position: number): number {
  return ((bytes[position] << 24) | (bytes[position + 1] << 16) | (bytes[position + 2] << 8) | bytes[position + 3]) >>> 0;
}
