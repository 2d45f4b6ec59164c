import { makeValue } from './secret-values.js';
import { SeededRandom } from './seeded-random.js';
import { characterEncoders, wholeEncoders } from './text-encoders.js';

/** A half-open range of UTF-8 bytes. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface FilledTemplate {
  readonly text: string;
  /** Where the secrets stand, in the order of the text; of a secret inside base64 or hexadecimal text, that whole text. */
  readonly filled: readonly ByteRange[];
}

/**
 * Replaces each `<<…>>` of a template by a value made from the seed, the same for the same seed. Inside stands a pattern, the name of a value
 * (see `makeValue`), or an encoder around either or around a template with places of its own: `<<base64(jwt)>>`, `<<percent(a=<<[a-z]{20}>>)>>`.
 * Encoders: base64, base64url, hex, percent, percentall, unicode, json, html, htmlall. A `<<` without its `>>` stays as it is.
 */
export function fillTemplate(template: string, seed: number): FilledTemplate {
  const pieces = fillPieces(template, new SeededRandom(seed));
  const encoder = new TextEncoder();
  const filled: ByteRange[] = [];
  let text = '';
  let bytes = 0;
  for (const piece of pieces) {
    const size = encoder.encode(piece.text).length;
    if (piece.isSecret) filled.push({ start: bytes, end: bytes + size });
    text += piece.text;
    bytes += size;
  }
  return { text, filled };
}

interface Piece {
  readonly text: string;
  readonly isSecret: boolean;
}

function fillPieces(template: string, random: SeededRandom): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (;;) {
    const open = template.indexOf('<<', from);
    const close = open < 0 ? -1 : matchingClose(template, open);
    if (open < 0) break;
    if (close < 0) {
      pieces.push({ text: template.slice(from, open + 2), isSecret: false });
      from = open + 2;
      continue;
    }
    pieces.push({ text: template.slice(from, open), isSecret: false }, ...fillPlace(template.slice(open + 2, close), random));
    from = close + 2;
  }
  pieces.push({ text: template.slice(from), isSecret: false });
  return pieces.filter((piece) => piece.text !== '');
}

function matchingClose(template: string, open: number): number {
  let depth = 0;
  for (let at = open; at < template.length - 1; at += 1) {
    if (template.startsWith('<<', at)) depth += 1;
    else if (template.startsWith('>>', at)) depth -= 1;
    else continue;
    if (depth === 0) return at;
    at += 1;
  }
  return -1;
}

function fillPlace(inner: string, random: SeededRandom): Piece[] {
  const [, name = '', wrapped = ''] = /^([a-z0-9]+)\(([^]*)\)$/.exec(inner) ?? [];
  const encodeCharacter = characterEncoders[name];
  if (encodeCharacter !== undefined) {
    return wrappedPieces(wrapped, random).map((piece) => ({ ...piece, text: [...piece.text].map(encodeCharacter).join('') }));
  }
  const encodeWhole = wholeEncoders[name];
  if (encodeWhole !== undefined) {
    const text = wrappedPieces(wrapped, random).map((piece) => piece.text).join('');
    return [{ text: encodeWhole(text), isSecret: true }];
  }
  const { text, secret } = makeValue(inner, random);
  if (secret === undefined) return [{ text, isSecret: true }];
  return [
    { text: text.slice(0, secret.start), isSecret: false },
    { text: text.slice(secret.start, secret.end), isSecret: true },
    { text: text.slice(secret.end), isSecret: false },
  ];
}

/** An encoder may hold a template, another encoder, or a bare specification. */
function wrappedPieces(wrapped: string, random: SeededRandom): Piece[] {
  return wrapped.includes('<<') ? fillPieces(wrapped, random) : fillPlace(wrapped, random);
}
