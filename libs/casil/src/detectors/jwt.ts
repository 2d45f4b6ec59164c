import { shannonBitsPerByte } from '../context/entropy.js';
import type { ScanText } from '../scan/scan-text.js';
import { base64UrlBit, holdsExactly, isTokenEdge, runEnd } from './character-classes.js';
import type { AnchorHit, Detector, FindingSink } from './detector.js';

const id = 'jwt';

/** Headers are decoded up to here; with a chain of certificates in them they may be longer, but then `alg` comes first. */
const maxHeaderBytes = 3072;
const maxHeaderCharacters = 16_384;
const maxPartCharacters = 65_536;
const minSignatureCharacters = 20;
const minSignatureEntropyBits = 3;
/** A vector of 96 bits in base64url. */
const minVectorCharacters = 16;

const dot = 0x2e;
const tilde = 0x7e;

/**
 * JSON Web Tokens in compact form: signed (three parts, the payload may be left out), unsecured (`alg` is `none`, the third part empty), encrypted
 * (five parts), and with the disclosures of SD-JWT behind them. The header must decode to a JSON object with `alg`.
 */
export const jwtDetector: Detector = {
  id,
  category: 'secret',
  // Base64 of `{"`, of `{ "`, and of `{` before a line break.
  anchors: ['eyj', 'eyai', 'ewog', 'ewoj', 'ew0k'],
  detect(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
    const { bytes } = text;
    if (bytes[hit.start] !== 0x65 || !isTokenStart(bytes, text.start, hit.start)) return;
    const headerEnd = runEnd(bytes, hit.start, Math.min(text.end, hit.start + maxHeaderCharacters), base64UrlBit);
    if (!text.spend(headerEnd - hit.start) || headerEnd >= text.end || bytes[headerEnd] !== dot) return;
    const header = readHeader(bytes, hit.start, headerEnd);
    if (header === 'other') return;
    const end = header === 'encrypted' ? endOfEncrypted(text, headerEnd) : endOfSigned(text, headerEnd, header === 'unsecured');
    if (end > 0) findings.add(id, 'secret', hit.start, end, 'certain');
  },
};

/** Neither a letter, a digit, `-` nor `_` may stand before, so that every run is looked at once. */
function isTokenStart(bytes: Uint8Array, start: number, at: number): boolean {
  return isTokenEdge(bytes, start, at) && (at <= start || (bytes[at - 1] !== 0x2d && bytes[at - 1] !== 0x5f));
}

/** Reads `.payload.signature`, or `.payload.` of an unsecured token; -1 when that does not follow. */
function endOfSigned(text: ScanText, headerEnd: number, isUnsecured: boolean): number {
  const payloadEnd = partEnd(text, headerEnd + 1);
  if (payloadEnd < 0 || payloadEnd >= text.end || text.bytes[payloadEnd] !== dot) return -1;
  const signatureEnd = partEnd(text, payloadEnd + 1);
  if (signatureEnd < 0) return -1;
  if (isUnsecured && payloadEnd > headerEnd + 1) return signatureEnd;
  if (!isSignature(text.bytes, payloadEnd + 1, signatureEnd)) return -1;
  return endOfDisclosures(text, signatureEnd);
}

function isSignature(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= minSignatureCharacters && shannonBitsPerByte(bytes, start, end) >= minSignatureEntropyBits;
}

/** Reads `.key.vector.ciphertext.tag`, of which the key may be empty. */
function endOfEncrypted(text: ScanText, headerEnd: number): number {
  const keyEnd = nextDot(text, headerEnd + 1, 0);
  const vectorEnd = keyEnd < 0 ? -1 : nextDot(text, keyEnd + 1, minVectorCharacters);
  const cipherEnd = vectorEnd < 0 ? -1 : nextDot(text, vectorEnd + 1, 1);
  const tagEnd = cipherEnd < 0 ? -1 : partEnd(text, cipherEnd + 1);
  return tagEnd > 0 && isSignature(text.bytes, cipherEnd + 1, tagEnd) ? tagEnd : -1;
}

/** Position of the dot behind a part of at least `least` characters, or -1. */
function nextDot(text: ScanText, at: number, least: number): number {
  const end = partEnd(text, at);
  return end >= at + least && end < text.end && text.bytes[end] === dot ? end : -1;
}

function partEnd(text: ScanText, at: number): number {
  const end = runEnd(text.bytes, at, Math.min(text.end, at + maxPartCharacters), base64UrlBit);
  return text.spend(end - at) ? end : -1;
}

/** `~disclosure~disclosure~` and the key binding behind it. */
function endOfDisclosures(text: ScanText, at: number): number {
  let end = at;
  while (end < text.end && text.bytes[end] === tilde) {
    const next = partEnd(text, end + 1);
    if (next < 0) return end;
    end = next;
  }
  return end;
}

type HeaderKind = 'signed' | 'unsecured' | 'encrypted' | 'other';

const decoded = new Uint8Array(maxHeaderBytes);

/** What the header says when it decodes to the text of a JSON object, or to the beginning of a long one. */
function readHeader(bytes: Uint8Array, start: number, end: number): HeaderKind {
  const length = decodeHeader(bytes, start, end);
  if (length < 8 || decoded[0] !== 0x7b) return 'other';
  const isWhole = length < maxHeaderBytes;
  if (isWhole && decoded[lastCharacter(length)] !== 0x7d) return 'other';
  const algorithm = valueOf('alg', length);
  if (algorithm < 0) return 'other';
  if (valueOf('enc', length) >= 0) return 'encrypted';
  return isNone(algorithm) ? 'unsecured' : 'signed';
}

function lastCharacter(length: number): number {
  let last = length - 1;
  while (last > 0 && decoded[last] <= 0x20) last -= 1;
  return last;
}

/** Decodes into `decoded`; returns the length, or -1 when a byte is not text. */
function decodeHeader(bytes: Uint8Array, start: number, end: number): number {
  let bits = 0;
  let bitCount = 0;
  let length = 0;
  for (let at = start; at < end && length < maxHeaderBytes; at += 1) {
    bits = ((bits << 6) | base64UrlValue(bytes[at])) & 0xffff;
    bitCount += 6;
    if (bitCount < 8) continue;
    bitCount -= 8;
    const byte = (bits >> bitCount) & 0xff;
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return -1;
    decoded[length] = byte;
    length += 1;
  }
  return length;
}

function base64UrlValue(byte: number): number {
  if (byte >= 0x61) return byte - 0x61 + 26;
  if (byte === 0x5f) return 63;
  if (byte >= 0x41) return byte - 0x41;
  return byte === 0x2d ? 62 : byte - 0x30 + 52;
}

/** Position in `decoded` of the opening quote of the string that member `name` holds, or -1. */
function valueOf(name: string, length: number): number {
  for (let at = 1; at + name.length + 3 < length; at += 1) {
    if (decoded[at] !== 0x22 || decoded[at + name.length + 1] !== 0x22 || !holdsExactly(decoded, at + 1, length, name)) continue;
    let next = at + name.length + 2;
    while (next < length && decoded[next] <= 0x20) next += 1;
    if (decoded[next] !== 0x3a) continue;
    next += 1;
    while (next < length && decoded[next] <= 0x20) next += 1;
    if (next < length && decoded[next] === 0x22) return next;
  }
  return -1;
}

/** `"none"` in any case. */
function isNone(quote: number): boolean {
  const none = 'none"';
  for (let offset = 0; offset < none.length; offset += 1) if ((decoded[quote + 1 + offset] | 0x20) !== (none.charCodeAt(offset) | 0x20)) return false;
  return true;
}
