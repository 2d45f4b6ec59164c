import type { ScanText } from '../scan/scan-text.js';
import { alphanumericBit, characterBits, digitBit } from './character-classes.js';
import type { AnchorHit, Detector, FindingSink } from './detector.js';

const id = 'email-address';

/** RFC 5321, section 4.5.3.1. */
const maxLocalBytes = 64;
const maxDomainBytes = 253;
const maxLabelBytes = 63;
const maxTopLevelBytes = 24;

const dot = 0x2e;
const dash = 0x2d;

const localMarks = createMarks("!#$%&'*+/=?^_`{|}~-.");
/** Marks of the local part that are more often what stands around an address: `?mail=`, `'…'`, `{…}`, paths. */
const edgeMarks = createMarks("!#$%&'*/=?^`{|}~-.");

/** Endings of names of files that are written with `@` before a scale or a version. */
const fileEndings = ['png', 'jpg', 'jpeg', 'gif', 'svg', 'webp', 'avif', 'ico', 'bmp', 'css', 'js', 'mjs', 'cjs', 'ts', 'tsx', 'jsx', 'json', 'html', 'htm', 'map', 'woff', 'ttf', 'mp4'];

function createMarks(marks: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const mark of marks) table[mark.charCodeAt(0)] = 1;
  return table;
}

/**
 * E-mail addresses with a domain of at least two labels that ends in letters, those of example domains too. No address: the user part of a URL, a
 * git remote (`git@host:path`), versions of packages (`name@1.2.3`), pictures by scale (`icon@2x.png`).
 */
export const emailAddressDetector: Detector = {
  id,
  category: 'personal_data',
  anchors: ['@'],
  detect(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
    const start = localStart(text, hit.start);
    if (start < 0) return;
    const end = domainEnd(text, hit.end);
    if (end < 0 || isUrlUser(text, start) || isGitRemote(text, start, hit.start, end)) return;
    findings.add(id, 'personal_data', start, end, 'specific');
  },
};

function isLocal(byte: number): boolean {
  return (characterBits[byte] & alphanumericBit) !== 0 || localMarks[byte] === 1;
}

/** Begin of the local part that ends before `at`, or -1. */
function localStart(text: ScanText, at: number): number {
  const { bytes } = text;
  const limit = Math.max(text.start, at - maxLocalBytes);
  let start = at;
  let lastPlain = at;
  while (start > limit && isLocal(bytes[start - 1])) {
    start -= 1;
    // `=`, `/`, `?`, `&` and quotes end an address in the texts of a bus far more often than they are part of it.
    if (edgeMarks[bytes[start]] === 1 && bytes[start] !== dot && bytes[start] !== dash) break;
    if (edgeMarks[bytes[start]] === 0) lastPlain = start;
  }
  if (!text.spend(at - start + 1)) return -1;
  const before = at > text.start ? bytes[at - 1] : 0;
  const isDottedEnd = before === dot || before === dash;
  return lastPlain === at || isDottedEnd ? -1 : lastPlain;
}

/** End of the domain that begins at `at`, or -1. */
function domainEnd(text: ScanText, at: number): number {
  const { bytes } = text;
  const limit = Math.min(text.end, at + maxDomainBytes);
  let labelStart = at;
  let labelCount = 0;
  let end = -1;
  let topLevel = -1;
  let position = at;
  while (position <= limit) {
    const byte = position < limit ? bytes[position] : 0;
    if ((characterBits[byte] & alphanumericBit) !== 0 || (byte === dash && position > labelStart)) {
      position += 1;
      continue;
    }
    const length = position - labelStart;
    if (length === 0 || length > maxLabelBytes || bytes[position - 1] === dash) break;
    labelCount += 1;
    topLevel = labelStart;
    end = position;
    if (byte !== dot) break;
    position += 1;
    labelStart = position;
  }
  if (!text.spend(position - at + 1) || labelCount < 2) return -1;
  return isTopLevel(bytes, topLevel, end) ? end : -1;
}

/** Letters alone, or the form that names beyond ASCII take. */
function isTopLevel(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length < 2 || length > maxTopLevelBytes) return false;
  if (length > 4 && bytes[start + 2] === dash && bytes[start + 3] === dash) return true;
  for (let at = start; at < end; at += 1) if ((characterBits[bytes[at]] & digitBit) !== 0 || bytes[at] === dash) return false;
  return !fileEndings.some((ending) => ending.length === length && endsWith(bytes, start, ending));
}

function endsWith(bytes: Uint8Array, start: number, ending: string): boolean {
  for (let offset = 0; offset < ending.length; offset += 1) if ((bytes[start + offset] | 0x20) !== ending.charCodeAt(offset)) return false;
  return true;
}

/** `scheme://user@host` and `scheme://user:password@host`: what stands before `@` is no mailbox. */
function isUrlUser(text: ScanText, start: number): boolean {
  const { bytes } = text;
  const limit = Math.max(text.start, start - maxLocalBytes);
  for (let at = start - 1; at >= limit; at -= 1) {
    const byte = bytes[at];
    if (byte <= 0x20 || byte === 0x22 || byte === 0x27 || byte === 0x2c || byte === 0x40 || byte === 0x3f || byte === 0x26 || byte === 0x3d) break;
    if (byte === 0x2f) return at - 2 >= text.start && bytes[at - 1] === 0x2f && bytes[at - 2] === 0x3a;
  }
  return false;
}

function isGitRemote(text: ScanText, start: number, at: number, end: number): boolean {
  return at - start === 3 && endsWith(text.bytes, start, 'git') && end < text.end && (text.bytes[end] === 0x3a || text.bytes[end] === 0x2f);
}
