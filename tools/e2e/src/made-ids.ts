import type { SeededRandom } from './seeded-random.js';

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 16 bytes as a ULID in capitals. */
export function ulidText(bytes: Uint8Array): string {
  let left = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (let index = 0; index < 26; index += 1) {
    text = crockford.charAt(Number(left & 31n)) + text;
    left >>= 5n;
  }
  return text;
}

/** 16 bytes as lower-case UUID text. */
export function uuidText(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** A time in milliseconds and random bits: what ULID and UUIDv7 have in common. */
export function timedBytes(random: SeededRandom, timeMs: number): Uint8Array {
  const bytes = random.bytes(16);
  Buffer.from(bytes.buffer).writeUIntBE(timeMs, 0, 6);
  return bytes;
}

/** The same with version and variant of a UUIDv7. */
export function uuidV7Bytes(random: SeededRandom, timeMs: number): Uint8Array {
  const bytes = timedBytes(random, timeMs);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return bytes;
}
