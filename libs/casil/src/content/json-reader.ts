import { hexDigitValue } from '../layers/read-escape.js';

/**
 * What `JsonReader.next` read: `end` when the text is over between two documents, `malformed` from where the grammar (RFC 8259) is broken, and
 * then for ever.
 */
export type JsonToken = 'object_start' | 'object_end' | 'array_start' | 'array_end' | 'key' | 'string' | 'number' | 'literal' | 'end' | 'malformed';

/** What may come next: a value, a value or `]`, a key or `}`, a key, a colon, a comma or the end of the container. */
type Expected = 'value' | 'first_element' | 'first_key' | 'key' | 'colon' | 'separator';

const openObject = 1;
const openArray = 2;
const firstDepth = 128;

const quote = 0x22;
const backslash = 0x5c;

/**
 * Reads the tokens of JSON over bytes, strictly, without building anything; several documents may follow one another, as in NDJSON. A byte order mark at
 * the beginning is skipped, and bytes from 0x80 up are taken as they are inside strings.
 */
export class JsonReader {
  /** Range of the token; of strings and keys with their quotes. */
  tokenStart = 0;
  tokenEnd = 0;
  /** Containers that are open. */
  depth = 0;

  private bytes: Uint8Array = new Uint8Array(0);
  private at = 0;
  private end = 0;
  private expected: Expected = 'value';
  private isMalformed = false;
  private open = new Uint8Array(firstDepth);

  begin(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.at = end - start >= 3 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf ? start + 3 : start;
    this.end = end;
    this.expected = 'value';
    this.isMalformed = false;
    this.depth = 0;
  }

  next(): JsonToken {
    if (this.isMalformed) return 'malformed';
    for (;;) {
      this.skipSpace();
      if (this.at >= this.end) return this.depth === 0 && this.expected === 'value' ? this.token('end', this.end) : this.fail();
      const byte = this.bytes[this.at];
      if (this.expected === 'colon') {
        if (byte !== 0x3a) return this.fail();
        this.expected = 'value';
        this.at++;
      } else if (this.expected === 'separator' && byte === 0x2c) {
        this.expected = this.open[this.depth - 1] === openObject ? 'key' : 'value';
        this.at++;
      } else {
        return this.readToken(byte);
      }
    }
  }

  private readToken(byte: number): JsonToken {
    const { expected } = this;
    if (byte === 0x7d || byte === 0x5d) return this.close(byte);
    if (expected === 'separator') return this.fail();
    if (expected === 'key' || expected === 'first_key') {
      const stringEnd = byte === quote ? this.stringEnd() : -1;
      if (stringEnd < 0) return this.fail();
      this.expected = 'colon';
      return this.token('key', stringEnd);
    }
    if (byte === 0x7b) return this.openContainer(openObject, 'first_key', 'object_start');
    if (byte === 0x5b) return this.openContainer(openArray, 'first_element', 'array_start');
    if (byte === quote) return this.scalar('string', this.stringEnd());
    if (byte === 0x2d || isDigit(byte)) return this.scalar('number', this.numberEnd());
    return this.scalar('literal', this.literalEnd(byte));
  }

  private openContainer(kind: number, expected: Expected, token: JsonToken): JsonToken {
    if (this.depth === this.open.length) {
      const grown = new Uint8Array(this.open.length * 2);
      grown.set(this.open);
      this.open = grown;
    }
    this.open[this.depth++] = kind;
    this.expected = expected;
    return this.token(token, this.at + 1);
  }

  private close(byte: number): JsonToken {
    const kind = byte === 0x7d ? openObject : openArray;
    const mayBeEmpty = this.expected === (kind === openObject ? 'first_key' : 'first_element');
    if (this.depth === 0 || this.open[this.depth - 1] !== kind || !(mayBeEmpty || this.expected === 'separator')) return this.fail();
    this.depth--;
    this.afterValue();
    return this.token(kind === openObject ? 'object_end' : 'array_end', this.at + 1);
  }

  private scalar(token: JsonToken, end: number): JsonToken {
    if (end < 0) return this.fail();
    this.afterValue();
    return this.token(token, end);
  }

  private afterValue(): void {
    this.expected = this.depth === 0 ? 'value' : 'separator';
  }

  private token(token: JsonToken, end: number): JsonToken {
    this.tokenStart = this.at;
    this.tokenEnd = end;
    this.at = end;
    return token;
  }

  private fail(): JsonToken {
    this.isMalformed = true;
    return 'malformed';
  }

  private skipSpace(): void {
    const { bytes, end } = this;
    let at = this.at;
    while (at < end && (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09)) at++;
    this.at = at;
  }

  /** Offset after the closing quote, or -1. */
  private stringEnd(): number {
    const { bytes, end } = this;
    let at = this.at + 1;
    while (at < end) {
      const byte = bytes[at];
      if (byte === quote) return at + 1;
      if (byte < 0x20) return -1;
      if (byte !== backslash) at++;
      else {
        const size = jsonEscapeSize(bytes, at, end);
        if (size === 0) return -1;
        at += size;
      }
    }
    return -1;
  }

  private numberEnd(): number {
    const { bytes, end } = this;
    let at = bytes[this.at] === 0x2d ? this.at + 1 : this.at;
    if (at < end && bytes[at] === 0x30) at++;
    else if ((at = this.digitsEnd(at)) < 0) return -1;
    if (at < end && bytes[at] === 0x2e && (at = this.digitsEnd(at + 1)) < 0) return -1;
    if (at < end && (bytes[at] | 0x20) === 0x65) {
      const sign = at + 1 < end && (bytes[at + 1] === 0x2b || bytes[at + 1] === 0x2d) ? 1 : 0;
      at = this.digitsEnd(at + 1 + sign);
    }
    return at;
  }

  /** End of at least one digit, or -1. */
  private digitsEnd(from: number): number {
    let at = from;
    while (at < this.end && isDigit(this.bytes[at])) at++;
    return at === from ? -1 : at;
  }

  private literalEnd(first: number): number {
    const word = first === 0x74 ? 'true' : first === 0x66 ? 'false' : first === 0x6e ? 'null' : '';
    if (word === '' || this.at + word.length > this.end) return -1;
    for (let index = 0; index < word.length; index++) {
      if (this.bytes[this.at + index] !== word.charCodeAt(index)) return -1;
    }
    return this.at + word.length;
  }
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

const escapeLetters = new Uint8Array(256);
for (const letter of '"\\/bfnrt') escapeLetters[letter.charCodeAt(0)] = 1;

/** Bytes of the escape at `at` as JSON allows it, 2 or 6; 0 when it is none. */
export function jsonEscapeSize(bytes: Uint8Array, at: number, end: number): number {
  const letter = at + 1 < end ? bytes[at + 1] : 0;
  if (letter !== 0x75) return escapeLetters[letter] * 2;
  if (at + 6 > end) return 0;
  for (let index = 2; index < 6; index++) if (hexDigitValue(bytes[at + index]) < 0) return 0;
  return 6;
}
