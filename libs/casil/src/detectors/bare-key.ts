import { shannonBitsPerByte } from '../context/entropy.js';
import type { ScanText } from '../scan/scan-text.js';
import { base64Bit, characterBits, holdsExactly } from './character-classes.js';

/** Base64 of the first bytes of a private key without PEM lines around it. */
interface BareKeyForm {
  /** Case as in base64. */
  readonly literal: string;
  /** Characters between the beginning of the key and the literal: the length of the outer sequence stands there. */
  readonly offset: number;
  /** Whether the key is one DER sequence, which tells its length. */
  readonly isDer: boolean;
}

/** The forms by structure: version and algorithm behind the outer length, which base64 turns into the same characters in every key. */
export const bareKeyForms: readonly BareKeyForm[] = [
  // PKCS #1: version 0, then a modulus of 1,024 bits (02 81 81) or more (02 82 ..).
  { literal: 'IBAAKC', offset: 6, isDer: true },
  { literal: 'IBAAKB', offset: 6, isDer: true },
  // PKCS #8 with rsaEncryption.
  { literal: 'IBADANBgkqhkiG9w0BAQEFAAS', offset: 6, isDer: true },
  // SEC 1: P-256, secp256k1, P-384, P-521.
  { literal: 'MHcCAQEEI', offset: 0, isDer: true },
  { literal: 'MHQCAQEEI', offset: 0, isDer: true },
  { literal: 'MIGkAgEBBD', offset: 0, isDer: true },
  { literal: 'MIHcAgEBBE', offset: 0, isDer: true },
  // PKCS #8 with id-ecPublicKey.
  { literal: 'AgEAMBMGByqGSM49AgEG', offset: 4, isDer: true },
  { literal: 'AgEAMBAGByqGSM49AgEG', offset: 4, isDer: true },
  // PKCS #8 with Ed25519, X25519 and Ed448.
  { literal: 'CAQAwBQYDK2V', offset: 3, isDer: true },
  // PKCS #8 encrypted with PBES2.
  { literal: 'BgkqhkiG9w0BBQ0w', offset: 8, isDer: true },
  // `openssh-key-v1` and a zero byte.
  { literal: 'b3BlbnNzaC1rZXktdjEA', offset: 0, isDer: false },
  // PKCS #12: version 3 behind an outer length of two bytes.
  { literal: 'IBAzCC', offset: 6, isDer: true },
  // Secret keys of minisign (`EdScB2`) and signify (`EdBK`, rounds of less than 65,536).
  { literal: 'RWRTY0Iy', offset: 0, isDer: false },
  { literal: 'RWRCSwAA', offset: 0, isDer: false },
];

const minCharacters = 60;
/** 16 KiB of key. */
const maxCharacters = 22_000;
/** Lines of less are no lines of a wrapped key but the end of it. */
const minLineCharacters = 48;
const minEntropyBits = 4;

/** Where a bare key was read to. A pooled record. */
class BareKey {
  start = -1;
  end = -1;
  /** The structure's own length is what is there. */
  isWhole = false;
}

const key = new BareKey();

/**
 * The private key in base64 of which the literal of `form` stands at `at`, or undefined. The record is valid until the next call.
 * A key that is cut off counts from 60 characters.
 */
export function readBareKey(text: ScanText, form: BareKeyForm, at: number): Readonly<BareKey> | undefined {
  const { bytes } = text;
  const start = at - form.offset;
  if (start < text.start || !holdsExactly(bytes, at, text.end, form.literal)) return undefined;
  if (start > text.start && (characterBits[bytes[start - 1]] & base64Bit) !== 0) return undefined;
  const expected = form.isDer ? expectedCharacters(bytes, start) : maxCharacters;
  if (expected < minCharacters || expected > maxCharacters) return undefined;
  const count = readCharacters(text, start, expected);
  if (count < minCharacters || shannonBitsPerByte(bytes, start, Math.min(key.end, start + 256)) < minEntropyBits) return undefined;
  key.start = start;
  key.isWhole = form.isDer && count === expected;
  return key;
}

/** Characters without padding that the sequence at `start` takes by its own length; -1 when there is no sequence. */
function expectedCharacters(bytes: Uint8Array, start: number): number {
  const first = sextets(bytes, start);
  const second = sextets(bytes, start + 4);
  if (first < 0 || second < 0 || first >> 16 !== 0x30) return -1;
  const length = (first >> 8) & 0xff;
  if (length < 0x80) return charactersFor(2 + length);
  if (length === 0x81) return charactersFor(3 + (first & 0xff));
  return length === 0x82 ? charactersFor(4 + ((first & 0xff) << 8) + (second >> 16)) : -1;
}

function charactersFor(byteCount: number): number {
  return Math.ceil((byteCount * 4) / 3);
}

/** Four characters of base64 as 24 bits, or -1. */
function sextets(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let offset = 0; offset < 4; offset += 1) {
    const digit = base64Value(bytes[at + offset]);
    if (digit < 0) return -1;
    value = value * 64 + digit;
  }
  return value;
}

function base64Value(byte: number): number {
  if (byte >= 0x41 && byte <= 0x5a) return byte - 0x41;
  if (byte >= 0x61 && byte <= 0x7a) return byte - 0x61 + 26;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30 + 52;
  if (byte === 0x2b) return 62;
  return byte === 0x2f ? 63 : -1;
}

/** Counts characters from `start`, at most `expected`, over line breaks after full lines; sets the end. */
function readCharacters(text: ScanText, start: number, expected: number): number {
  const { bytes } = text;
  let at = start;
  let count = 0;
  let lineStart = start;
  let end = start;
  while (at < text.end && count < expected) {
    if ((characterBits[bytes[at]] & base64Bit) !== 0) {
      at += 1;
      end = at;
      count += 1;
      continue;
    }
    const next = at - lineStart >= minLineCharacters ? afterLineBreak(bytes, at, text.end) : at;
    if (next === at || next >= text.end || beginsBareKey(bytes, next, text.end)) break;
    at = next;
    lineStart = next;
  }
  text.spend(at - start);
  while (end < text.end && bytes[end] === 0x3d) end += 1;
  key.end = end;
  return count;
}

/** Behind a line break, real or escaped, and the indent after it; `at` itself when none stands there. */
function afterLineBreak(bytes: Uint8Array, at: number, end: number): number {
  let next = at;
  while (next < end && bytes[next] === 0x5c) next += 1;
  if (next > at) return next < end && (bytes[next] === 0x6e || bytes[next] === 0x72) ? next + 1 : at;
  while (next < end && (bytes[next] === 0x0d || bytes[next] === 0x0a)) next += 1;
  if (next === at) return at;
  const indentEnd = Math.min(end, next + 16);
  while (next < indentEnd && (bytes[next] === 0x20 || bytes[next] === 0x09)) next += 1;
  return next;
}

/** Keeps the work linear: what begins another key is not read as part of this one. */
function beginsBareKey(bytes: Uint8Array, at: number, end: number): boolean {
  for (const { literal, offset } of bareKeyForms) if (holdsExactly(bytes, at + offset, end, literal)) return true;
  return false;
}
