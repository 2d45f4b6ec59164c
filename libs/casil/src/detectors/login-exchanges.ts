import type { ScanText } from '../scan/scan-text.js';
import { base64End, isBase64Password, isPlainCredentials } from '../context/base64-credentials.js';
import { byteClass, digitBit, findByte, lowerBit, nameBit, skipBlanks, upperBit } from '../context/bytes.js';
import { isPasswordOfUser } from '../context/credential-pair.js';
import { findQuotedEnd, quoteLengthAt } from '../context/quotes.js';
import { countClasses } from '../context/secret-value.js';
import { base64Bit, runStart } from './character-classes.js';
import type { AnchorHit, Detector, FindingSink } from './detector.js';

type Exchange = 'challenge' | 'plain' | 'login' | 'file' | 'relay' | 'store';

/** What exchanges begin with. The challenge is `Password:` in base64 without its first letter, whose case servers choose; ports are those of mail relays. */
const exchanges: readonly (readonly [anchor: string, exchange: Exchange])[] = [
  ['gfzc3dvcmq', 'challenge'], ['auth plain', 'plain'], ['authenticate plain', 'plain'], [' login ', 'login'], ['<auth-user-pass>', 'file'], ['auth ', 'store'],
  [':587 ', 'relay'], [':587\t', 'relay'], [':465 ', 'relay'], [':465\t', 'relay'], [':2525 ', 'relay'], [':2525\t', 'relay'],
];

const maxLineBytes = 256;
const maxTagBytes = 12;
const maxHostBytes = 96;
const minEncodedBytes = 8;
const minWordBytes = 8;
const minMixedClasses = 2;
const minPlainClasses = 3;
const capitalL = 0x4c;

/** Passwords in what clients send to log in: SMTP's and IMAP's exchanges, OpenVPN's `auth-user-pass`, Postfix' `sasl_passwd`. */
export const loginExchangesDetector: Detector = {
  id: 'login-exchanges',
  category: 'secret',
  anchors: exchanges.map(([anchor]) => anchor),
  detect(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
    if (!text.spend(8)) return;
    switch (exchanges[hit.anchor][1]) {
      case 'challenge':
        return detectAnswer(text, nextLine(text, hit.end), findings);
      case 'plain':
        return detectPlain(text, hit.end, findings);
      case 'login':
        return detectLogin(text, hit, findings);
      case 'file':
        return detectFile(text, nextLine(text, hit.end), findings);
      case 'relay':
        return detectRelay(text, hit, findings);
      case 'store':
        return detectStore(text, hit, findings);
    }
  },
};

/** `334 UGFzc3dvcmQ6`, and in the next line the password in base64, behind what a log writes before it. */
function detectAnswer(text: ScanText, line: number, findings: FindingSink): void {
  if (line < 0) return;
  const end = lineEnd(text, line);
  const start = lastWord(text.bytes, line, end);
  if (text.spend(end - line) && end - start >= minEncodedBytes && isBase64Password(text.bytes, start, end)) add(findings, start, end);
}

/** `AUTH PLAIN …`, in one line, or in the next one but for the server's `334` or `+`. */
function detectPlain(text: ScanText, from: number, findings: FindingSink): void {
  const start = skipBlanks(text.bytes, from, text.end);
  const end = base64End(text.bytes, start, text.end);
  if (start > from && end - start >= minEncodedBytes) {
    if (text.spend(end - start) && isPlainCredentials(text.bytes, start, end)) add(findings, start, end);
    return;
  }
  let line = nextLine(text, from);
  for (let count = 0; count < 2 && line >= 0; count += 1) {
    const stop = lineEnd(text, line);
    const word = lastWord(text.bytes, line, stop);
    if (!text.spend(stop - line)) return;
    if (stop - word >= minEncodedBytes && isPlainCredentials(text.bytes, word, stop)) return add(findings, word, stop);
    line = nextLine(text, stop);
  }
}

/** `a001 LOGIN user password` of IMAP: a tag before, nothing behind; a password of few classes counts beside an address, which holds an `@`. */
function detectLogin(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  if (bytes[hit.start + 1] !== capitalL || bytes[hit.start + 2] === 0x6f || !isTag(text, hit.start)) return;
  const limit = Math.min(text.end, hit.end + maxLineBytes);
  const user = wordEnd(bytes, hit.end, limit);
  if (!text.spend(user - hit.end) || bytes[user] !== 0x20) return;
  const end = wordEnd(bytes, user + 1, limit);
  if (!text.spend(end - user) || (end < text.end && bytes[end] !== 0x0a && bytes[end] !== 0x0d && bytes[end] !== 0x22)) return;
  const quote = quoteLengthAt(bytes, user + 1, limit);
  const start = user + 1 + quote;
  const stop = end - quote;
  if (stop > start && countClasses(bytes, start, stop) >= (quote > 0 || findByte(bytes, 0x40, hit.end, user) >= 0 ? minMixedClasses : minPlainClasses) && isPasswordOfUser(bytes, hit.end, user, start, stop)) add(findings, start, stop);
}

/** Letters and a digit before `at`, alone in their line but for what a log writes before. */
function isTag({ bytes, start }: ScanText, at: number): boolean {
  const first = Math.max(start, at - maxTagBytes);
  let tag = at;
  let digits = 0;
  while (tag > first && (byteClass[bytes[tag - 1]] & (lowerBit | upperBit | digitBit)) !== 0) {
    tag -= 1;
    if ((byteClass[bytes[tag]] & digitBit) !== 0) digits += 1;
  }
  return digits > 0 && tag < at && (tag === start || bytes[tag - 1] <= 0x20 || bytes[tag - 1] === 0x22);
}

/** Behind the word at `at`, with its quotation marks. */
function wordEnd(bytes: Uint8Array, at: number, limit: number): number {
  const quote = quoteLengthAt(bytes, at, limit);
  if (quote > 0) return Math.min(limit, findQuotedEnd(bytes, at, quote, limit) + quote);
  let end = at;
  while (end < limit && bytes[end] > 0x20 && bytes[end] !== 0x22 && bytes[end] !== 0x60 && bytes[end] !== 0x5c) end += 1;
  return end;
}

/** `AUTH password` and `AUTH user password` of Redis: a line of its own. */
function detectStore(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  if (bytes[hit.start + 1] !== 0x55 || (hit.start > text.start && bytes[hit.start - 1] !== 0x0a && bytes[hit.start - 1] !== 0x22)) return;
  const limit = Math.min(text.end, hit.end + maxLineBytes);
  const first = wordEnd(bytes, hit.end, limit);
  const start = bytes[first] === 0x20 ? first + 1 : hit.end;
  const end = start === hit.end ? first : wordEnd(bytes, start, limit);
  if (!text.spend(end - hit.start) || (end < text.end && bytes[end] !== 0x0a && bytes[end] !== 0x0d && bytes[end] !== 0x22)) return;
  if (end - start >= minWordBytes && countClasses(bytes, start, end) >= minPlainClasses && isPasswordOfUser(bytes, hit.end, start === hit.end ? hit.end : first, start, end)) add(findings, start, end);
}

/** The user's name in a line, the password in the next. */
function detectFile(text: ScanText, line: number, findings: FindingSink): void {
  if (line < 0) return;
  const user = lineEnd(text, line);
  const start = nextLine(text, user);
  if (!text.spend(user - line) || start < 0) return;
  const end = lineEnd(text, start);
  if (text.spend(end - start) && end > start && text.bytes[start] !== 0x3c && isPasswordOfUser(text.bytes, line, user, start, end)) add(findings, start, end);
}

/** `[relay.example.net]:587 user@example.net:password`, a line of its own. */
function detectRelay(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  const first = Math.max(text.start, hit.start - maxHostBytes);
  let host = hit.start;
  while (host > first && isHostByte(bytes[host - 1])) host -= 1;
  if (!text.spend(hit.start - host) || host === hit.start || (host > text.start && bytes[host - 1] !== 0x0a && bytes[host - 1] !== 0x22)) return;
  const user = skipBlanks(bytes, hit.end, text.end);
  const end = wordEnd(bytes, user, Math.min(text.end, user + maxLineBytes));
  const colon = findByte(bytes, 0x3a, user, end);
  if (!text.spend(end - hit.end) || colon <= user || (end < text.end && bytes[end] === 0x20)) return;
  if (countClasses(bytes, colon + 1, end) >= minMixedClasses && bytes[colon + 1] !== 0x2f && isPasswordOfUser(bytes, user, colon, colon + 1, end)) add(findings, colon + 1, end);
}

function isHostByte(byte: number): boolean {
  return (byteClass[byte] & nameBit) !== 0 || byte === 0x5b || byte === 0x5d;
}

/** The first byte of the line behind the one in which `at` stands, or -1. */
function nextLine({ bytes, end }: ScanText, at: number): number {
  const limit = Math.min(end, at + maxLineBytes);
  const feed = findByte(bytes, 0x0a, at, limit);
  return feed >= 0 && feed + 1 < limit ? feed + 1 : -1;
}

/** Where the text of the line ends, without white space. */
function lineEnd({ bytes, end }: ScanText, line: number): number {
  const limit = Math.min(end, line + maxLineBytes);
  let at = line;
  while (at < limit && bytes[at] !== 0x0a && bytes[at] !== 0x22) at += 1;
  while (at > line && bytes[at - 1] <= 0x20) at -= 1;
  return at;
}

/** Where the run of base64 begins that ends at `end`, padding included. */
function lastWord(bytes: Uint8Array, line: number, end: number): number {
  let at = end;
  while (at > line && at > end - 2 && bytes[at - 1] === 0x3d) at -= 1;
  return runStart(bytes, at, line, base64Bit);
}

function add(findings: FindingSink, start: number, end: number): void {
  findings.add(loginExchangesDetector.id, loginExchangesDetector.category, start, end, 'specific');
}
