import type { ScanText } from '../scan/scan-text.js';
import { AssignedValue, readAssignedValue } from '../context/assigned-value.js';
import { asciiBytes, byteClass, findByte, nameBit, skipBlanks, skipSpaces, standsAt } from '../context/bytes.js';
import { isPasswordOfUser } from '../context/credential-pair.js';
import { isPlaceholder } from '../context/placeholder.js';
import { findQuotedEnd, quoteLengthAt } from '../context/quotes.js';
import { isPlausibleToken } from '../context/secret-value.js';
import type { AnchorHit, Detector, FindingSink } from './detector.js';

type Store = 'bundle' | 'command' | 'hosts';

/** What packages' managers keep credentials under: Bundler by the host in the name, Composer and Poetry by a record of hosts or a word of a command. */
const stores: readonly (readonly [anchor: string, store: Store])[] = [
  ['bundle_', 'bundle'], ['bundle config ', 'command'], ['github-oauth', 'hosts'], ['gitlab-oauth', 'hosts'], ['gitlab-token', 'hosts'], ['"bearer"', 'hosts'], ['\\"bearer\\', 'hosts'],
  ['http-basic.', 'command'], ['config bearer.', 'command'], ['pypi-token.', 'command'],
];

/** Settings of Bundler that name no host. */
const otherSettings = ['bundle_build__', 'bundle_local__', 'bundle_mirror__', 'bundle_disable', 'bundle_without', 'bundle_path'].map(asciiBytes);
const maxHosts = 8;
const maxHostBytes = 96;
const maxValueBytes = 320;
const maxWords = 6;
const value = new AssignedValue();

/** Credentials of package registries in the forms of Bundler, Composer and Poetry. */
export const registryCredentialsDetector: Detector = {
  id: 'registry-credentials',
  category: 'secret',
  anchors: stores.map(([anchor]) => anchor),
  detect(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
    if (!text.spend(8)) return;
    const store = stores[hit.anchor][1];
    if (store === 'bundle') detectBundle(text, hit, findings);
    else if (store === 'command' || text.bytes[hit.end] === 0x2e) detectCommand(text, hit.end, findings);
    else detectHosts(text, hit.end, findings);
  },
};

/** `BUNDLE_GEMS__EXAMPLE__NET: "user:token"`: dots of the host are written as `__`. */
function detectBundle(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  if (!readAssignedValue(text, hit.end, value) || !text.spend(value.end - value.start)) return;
  let joints = 0;
  for (let at = hit.end; at + 1 < value.nameEnd; at += 1) if (bytes[at] === 0x5f && bytes[at + 1] === 0x5f) joints += 1;
  if (joints > 0 && !otherSettings.some((setting) => standsAt(bytes, hit.start, value.nameEnd, setting))) reportCredentials(text, value.start, value.end, findings);
}

/** `bundle config set gems.example.net user:token`, `composer config http-basic.example.net user password`: the words behind the host's. */
function detectCommand(text: ScanText, from: number, findings: FindingSink): void {
  const { bytes } = text;
  const limit = Math.min(text.end, from + maxValueBytes);
  let at = from;
  let hasHost = bytes[from - 1] === 0x2e || bytes[from] === 0x2e;
  for (let count = 0; count < maxWords && at < limit && bytes[at] !== 0x0a; count += 1) {
    const quote = quoteLengthAt(bytes, at, limit);
    const end = quote > 0 ? findQuotedEnd(bytes, at, quote, limit) : wordEnd(bytes, at, limit);
    if (!text.spend(end - at + 1)) return;
    if (hasHost && count > 0 && reportCredentials(text, at + quote, end, findings)) return;
    if (holdsDot(bytes, at, end)) hasHost = true;
    at = skipBlanks(bytes, end + quote, limit);
  }
}

/** `{"example.net": "token", …}` behind the name. */
function detectHosts(text: ScanText, from: number, findings: FindingSink): void {
  const { bytes } = text;
  const limit = Math.min(text.end, from + maxValueBytes * 2);
  let at = from + quoteLengthAt(bytes, from, limit);
  if (bytes[from - 1] === 0x5c) at = from + 1;
  at = skipSpaces(bytes, at, limit);
  if (bytes[at] !== 0x3a) return;
  at = skipSpaces(bytes, at + 1, limit);
  if (bytes[at] !== 0x7b) return;
  for (let count = 0; count < maxHosts; count += 1) {
    const host = skipSpaces(bytes, at + 1, limit);
    const quote = quoteLengthAt(bytes, host, limit);
    const hostEnd = quote > 0 ? findQuotedEnd(bytes, host, quote, Math.min(limit, host + maxHostBytes)) : host;
    const colon = skipSpaces(bytes, hostEnd + quote, limit);
    if (hostEnd === host || bytes[colon] !== 0x3a) return;
    const start = skipSpaces(bytes, colon + 1, limit);
    const mark = quoteLengthAt(bytes, start, limit);
    const end = mark > 0 ? findQuotedEnd(bytes, start, mark, limit) : start;
    if (!text.spend(end - at) || end === start) return;
    if (holdsDot(bytes, host, hostEnd)) reportCredentials(text, start + mark, end, findings);
    at = skipSpaces(bytes, end + mark, limit);
    if (bytes[at] !== 0x2c) return;
  }
}

/** `user:token`, or a token that looks generated. */
function reportCredentials(text: ScanText, start: number, end: number, findings: FindingSink): boolean {
  const { bytes } = text;
  let colon = start;
  while (colon < end && (byteClass[bytes[colon]] & nameBit) !== 0) colon += 1;
  const isPair = colon > start && colon < end && bytes[colon] === 0x3a && bytes[colon + 1] !== 0x2f;
  if (isPair ? !isPasswordOfUser(bytes, start, colon, colon + 1, end) : isPlaceholder(bytes, start, end) || !isPlausibleToken(bytes, start, end, 'text')) return false;
  findings.add(registryCredentialsDetector.id, registryCredentialsDetector.category, isPair ? colon + 1 : start, end, 'probable');
  return true;
}

/** A dot behind the first character, as in names of hosts. */
function holdsDot(bytes: Uint8Array, start: number, end: number): boolean {
  return findByte(bytes, 0x2e, start + 1, end) >= 0;
}

function wordEnd(bytes: Uint8Array, at: number, limit: number): number {
  let end = at;
  while (end < limit && bytes[end] > 0x20 && bytes[end] !== 0x22 && bytes[end] !== 0x27 && bytes[end] !== 0x60 && bytes[end] !== 0x5c) end += 1;
  return end;
}
