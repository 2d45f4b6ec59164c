import { describe, expect, it } from 'vitest';

import { crc16, crc32, hasValidChecksum, luhn, mod97 } from './checksums.js';
import type { ChecksumName } from './token-rule.js';

const utf8 = new TextEncoder();

function valid(name: ChecksumName, token: string): boolean {
  const before = '{"a":"';
  const bytes = utf8.encode(`${before}${token}"}`);
  return hasValidChecksum(name, bytes, before.length, before.length + token.length);
}

function over(check: (bytes: Uint8Array, start: number, end: number) => boolean, text: string): boolean {
  const bytes = utf8.encode(`9${text}9`);
  return check(bytes, 1, bytes.length - 1);
}

/** Deterministic characters of an alphabet. */
function body(alphabet: string, length: number): string {
  let state = length * 7919 + alphabet.length;
  let text = '';
  for (let index = 0; index < length; index += 1) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    text += alphabet[(state >>> 16) % alphabet.length];
  }
  return text;
}

const digits = '0123456789';
const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const alphanumeric = digits + upper + upper.toLowerCase();

function crcOf(text: string): number {
  const bytes = utf8.encode(text);
  return crc32(bytes, 0, bytes.length);
}

function toBase62(value: number): string {
  let text = '';
  for (let left = value; left > 0; left = Math.floor(left / 62)) text = alphanumeric[left % 62] + text;
  return text.padStart(6, '0');
}

function toBase32(bytes: Uint8Array): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  bits = bits.padEnd(Math.ceil(bits.length / 5) * 5, '0');
  let text = '';
  for (let at = 0; at < bits.length; at += 5) text += `${upper}234567`[Number.parseInt(bits.slice(at, at + 5), 2)];
  return text;
}

function nkey(prefix: readonly number[]): string {
  const bytes = new Uint8Array(prefix.length + 34);
  bytes.set(prefix);
  for (let index = prefix.length; index < bytes.length - 2; index += 1) bytes[index] = (index * 37 + 11) & 0xff;
  const crc = crc16(bytes, 0, bytes.length - 2);
  bytes[bytes.length - 2] = crc & 0xff;
  bytes[bytes.length - 1] = crc >>> 8;
  return toBase32(bytes);
}

/** One character changed for another of the same alphabet. */
function changed(token: string, at: number): string {
  const other = token[at] === 'A' ? 'B' : 'A';
  return token.slice(0, at) + other + token.slice(at + 1);
}

describe('crc32()', () => {
  it('gives the check value of the standard', () => {
    expect(crcOf('123456789')).toBe(0xcbf43926);
  });
});

describe('crc16()', () => {
  it('gives the check value of XMODEM', () => {
    expect(crc16(utf8.encode('123456789'), 0, 9)).toBe(0x31c3);
  });
});

describe('hasValidChecksum()', () => {
  const hex = (value: number): string => value.toString(16).padStart(8, '0');
  const littleEndian = (text: string): string => [6, 4, 2, 0].map((at) => text.slice(at, at + 2)).join('');
  const random = body(alphanumeric, 30);
  const cloudflareBody = body(alphanumeric, 40);
  const atlassianBody = `ATATT3${body(alphanumeric, 180)}=`;
  const grafanaBody = `glsa_${body(alphanumeric, 32)}`;
  const tokens: [ChecksumName, string, number][] = [
    ['github', `ghp_${random}${toBase62(crcOf(random))}`, 10],
    ['npm', `npm_${random}${toBase62(crcOf(random))}`, 10],
    ['cloudflare', `cfut_${cloudflareBody}${hex(crcOf(cloudflareBody))}`, 20],
    ['atlassian', `${atlassianBody}${hex(crcOf(atlassianBody)).toUpperCase()}`, 30],
    ['grafana', `${grafanaBody}_${littleEndian(hex(crcOf(grafanaBody)))}`, 12],
    ['nkey', nkey([0x90 | (0xa0 >> 5), (0xa0 & 31) << 3]), 20],
    ['nkey', nkey([0xa0]), 20],
  ];

  it.each(tokens)('accepts a right %s token', (name, token) => {
    expect(valid(name, token)).toBe(true);
  });

  it.each(tokens)('refuses a %s token with one character changed', (name, token, at) => {
    expect(valid(name, changed(token, at))).toBe(false);
  });

  it.each(tokens)('refuses a %s token that is cut', (name, token) => {
    expect(valid(name, token.slice(0, -1))).toBe(false);
    expect(valid(name, token.slice(-5))).toBe(false);
    expect(valid(name, '')).toBe(false);
  });

  it('makes the nkey prefixes the characters people know', () => {
    expect(tokens[5][1].slice(0, 2)).toBe('SU');
    expect(tokens[5][1]).toHaveLength(58);
    expect(tokens[6][1]).toHaveLength(56);
  });

  it('accepts a GitHub token whose sum begins with a zero digit', () => {
    let text = 'x'.repeat(30);
    for (let attempt = 0; attempt < 5000 && !toBase62(crcOf(text)).startsWith('0'); attempt += 1) text = String(attempt).padStart(30, 'x');
    expect(valid('github', `gho_${text}${toBase62(crcOf(text))}`)).toBe(true);
  });
});

describe('luhn()', () => {
  it('accepts numbers whose sum is a multiple of ten, with separators', () => {
    expect(over(luhn, '79927398713')).toBe(true);
    expect(over(luhn, '7992 7398-713')).toBe(true);
  });

  it('refuses a wrong check digit and a single digit', () => {
    expect(over(luhn, '79927398710')).toBe(false);
    expect(over(luhn, '0')).toBe(false);
  });
});

describe('mod97()', () => {
  it('accepts the example IBANs of the registry, with spaces and in lower case', () => {
    expect(over(mod97, 'GB29NWBK60161331926819')).toBe(true);
    expect(over(mod97, 'DE89 3704 0044 0532 0130 00')).toBe(true);
    expect(over(mod97, 'de89370400440532013000')).toBe(true);
  });

  it('refuses swapped digits, other characters and what is too short', () => {
    expect(over(mod97, 'GB29NWBK60161331926891')).toBe(false);
    expect(over(mod97, 'DE89_370400440532013000')).toBe(false);
    expect(over(mod97, 'DE8')).toBe(false);
  });
});
