const encoder = new TextEncoder();

/** True when `bytes[start, end)` is well-formed UTF-8 (RFC 3629): no surrogates, nothing over-long, nothing above U+10FFFF. */
export function isValidUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at + 4 <= end && (bytes[at] | bytes[at + 1] | bytes[at + 2] | bytes[at + 3]) < 0x80) at += 4;
  while (at < end && bytes[at] < 0x80) at++;
  return at === end || isValidMultibyte(bytes, at, end);
}

function isValidMultibyte(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end) {
    const lead = bytes[at];
    if (lead < 0x80) {
      at++;
      continue;
    }
    const size = sequenceSize(lead);
    if (size === 0 || at + size > end || !isSecondByte(lead, bytes[at + 1])) return false;
    for (let index = 2; index < size; index++) {
      if ((bytes[at + index] & 0xc0) !== 0x80) return false;
    }
    at += size;
  }
  return true;
}

/** Length of the sequence that a lead byte opens, or 0 when it opens none (RFC 3629, section 4). */
function sequenceSize(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

/** The second byte carries the bounds against over-long forms, surrogates and values above U+10FFFF. */
function isSecondByte(lead: number, byte: number): boolean {
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  return byte >= low && byte <= high;
}

/** Bytes that `text` takes in UTF-8; a lone surrogate counts as U+FFFD. */
export function utf8Size(text: string): number {
  const length = text.length;
  for (let index = 0; index < length; index++) {
    if (text.charCodeAt(index) >= 0x80) return encoder.encode(text).length;
  }
  return length;
}

/** Writes `text` in UTF-8, lone surrogates as U+FFFD, and returns the next offset. The caller has made room by `utf8Size`. */
export function writeUtf8(target: Uint8Array, at: number, text: string): number {
  const length = text.length;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code >= 0x80) {
      const encoded = encoder.encode(text);
      target.set(encoded, at);
      return at + encoded.length;
    }
    target[at + index] = code;
  }
  return at + length;
}
