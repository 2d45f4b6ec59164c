import { characterEncoders, wholeEncoders, type ByteRange } from '@arqonbus/testkit';

/** Private-use characters that mark a secret while a text is being put together. */
const open = '\uE000';
const close = '\uE001';

export function markSecret(secret: string): string {
  return open + secret + close;
}

/** Encodes each character but the marks, so that the secret's range stays known. */
export function encodeCharacters(encoding: 'percent' | 'percentall' | 'unicode' | 'json' | 'html' | 'htmlall', marked: string): string {
  const encode = characterEncoders[encoding];
  if (encode === undefined) throw new Error(`No encoding ${encoding}`);
  return [...marked].map((char) => (char === open || char === close ? char : encode(char))).join('');
}

/** Encodes the text as a whole; the mark then is around all of it. */
export function encodeWhole(encoding: 'base64' | 'base64url' | 'hex', marked: string): string {
  const encode = wholeEncoders[encoding];
  if (encode === undefined) throw new Error(`No encoding ${encoding}`);
  return markSecret(encode(withoutMarks(marked)));
}

export function withoutMarks(marked: string): string {
  return marked.replaceAll(open, '').replaceAll(close, '');
}

/** The text without its marks, and where they stood. */
export function readMarks(marked: string): { readonly text: string; readonly ranges: readonly ByteRange[] } {
  const encoder = new TextEncoder();
  const ranges: ByteRange[] = [];
  let bytes = 0;
  for (const [i, piece] of marked.split(/[\uE000\uE001]/).entries()) {
    const size = encoder.encode(piece).length;
    if (i % 2 === 1) ranges.push({ start: bytes, end: bytes + size });
    bytes += size;
  }
  return { text: withoutMarks(marked), ranges };
}
