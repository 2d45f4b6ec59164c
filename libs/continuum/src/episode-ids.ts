import { isClientId } from '@arqonbus/tenancy';

const ulidLength = 26;
const uuidLength = 36;
const notADigit = 0xff;

/** Value of each character of Crockford's base 32 (no I, L, O, U), either case. */
const base32Values: Uint8Array = buildBase32Values();
/** Where each of its 16 bytes stands in a UUID's text. */
const uuidPlaces = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const dash = 0x2d;
const hexCharacters = new TextEncoder().encode('0123456789abcdef');
const decoder = new TextDecoder();
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** UUIDs of version 7 with the variant of RFC 9562. */
const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function buildBase32Values(): Uint8Array {
  const table = new Uint8Array(128).fill(notADigit);
  const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  for (let value = 0; value < digits.length; value++) {
    table[digits.charCodeAt(value)] = value;
    table[digits.toLowerCase().charCodeAt(value)] = value;
  }
  return table;
}

/** 16 bytes of a UUID of version 7 or of a ULID, as lower-case UUID text; undefined for anything else. */
export function eventIdOf(text: string): string | undefined {
  if (text.length === uuidLength) {
    const lower = text.toLowerCase();
    return uuidV7.test(lower) ? lower : undefined;
  }
  return isUlid(text) ? uuidOfUlid(text) : undefined;
}

/** True for a UUID of any version as text, in either case. */
export function isUuid(text: string): boolean {
  return uuid.test(text);
}

/** True for a ULID: 26 characters of Crockford's base 32, at most 7ZZZ…; either case. */
export function isUlid(text: string): boolean {
  // The first digit holds 3 bits: 26 digits are 130 bits, a ULID is 128.
  if (text.length !== ulidLength || digitOf(text, 0) > 7) return false;
  for (let at = 1; at < ulidLength; at++) if (digitOf(text, at) === notADigit) return false;
  return true;
}

/** A ULID in capitals, as rows keep it; undefined for anything else. */
export function ulidOf(text: string): string | undefined {
  return isUlid(text) ? text.toUpperCase() : undefined;
}

/** True for an agent's id: the grammar of client ids. */
export function isAgentId(text: string): boolean {
  return isClientId(text);
}

function digitOf(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 128 ? base32Values[code] : notADigit;
}

/** The text is a ULID. */
function uuidOfUlid(text: string): string {
  // 130 bits, of which the first two are 0: they are kept out by starting with 3 bits of the first digit.
  let bits = digitOf(text, 0);
  let bitsCount = 3;
  let byteAt = 0;
  // Text that is added up piece by piece costs ten times as much to sort and to send.
  const characters = new Uint8Array(uuidLength).fill(dash);
  for (let at = 1; at < ulidLength; at++) {
    bits = (bits << 5) | digitOf(text, at);
    bitsCount += 5;
    if (bitsCount < 8) continue;
    bitsCount -= 8;
    const place = uuidPlaces[byteAt++];
    characters[place] = hexCharacters[(bits >>> (bitsCount + 4)) & 0xf];
    characters[place + 1] = hexCharacters[(bits >>> bitsCount) & 0xf];
    bits &= (1 << bitsCount) - 1;
  }
  return decoder.decode(characters);
}
