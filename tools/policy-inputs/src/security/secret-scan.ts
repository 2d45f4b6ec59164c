import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { compileRuleset, defaultCasilConfig, inspectMessage, type Ruleset } from '@arqonbus/casil';

import type { Row, WorkspaceSource } from '../fact-source.js';
import { readKept, writeKept } from '../kept-file.js';
import type { Workspace, WorkspaceFile } from '../workspace.js';

/** What was found in one file; never what it is. */
interface Found {
  readonly detector: string;
  readonly confidence: string;
  readonly line: number;
  /** First digits of a digest of detector and content: tells findings apart, and gives none away. */
  readonly fingerprint: string;
}

type Kept = Record<string, readonly Found[]>;

const KEPT_PATH = '.cache/policy/secrets.json';
const WINDOW_BYTES = 65_536;
/** Seen by two windows, so that nothing is missed at a seam. */
const OVERLAP_BYTES = 8_192;
const NEWLINE = 0x0a;
const SNIFFED_BYTES = 8_000;
const FINGERPRINT_DIGITS = 12;
/** Of one detector in one file; more say nothing new. */
const MOST_PER_DETECTOR = 3;

/** Files over this size that are no text are listed. */
const LARGE_BYTES = 1_048_576;
const KEY_FILE = /(^|\/)(\.env(\.[\w-]+)?|\.npmrc|\.pypirc|\.netrc|\.htpasswd|\.pgpass|id_(rsa|dsa|ecdsa|ed25519)|credentials(\.\w+)?|service-?account[\w-]*\.json|kubeconfig)$|\.(pem|key|p12|pfx|jks|keystore|ppk|asc|gpg|kdbx|nk|creds|jwk|jwks|p8|der|crt)$/i;
const EXAMPLE_FILE = /\.(example|sample|template)$/i;

function isBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, SNIFFED_BYTES).includes(0);
}

/** Byte order that a text of two bytes per character tells by its mark, or by where its zeros are; undefined for others. */
function utf16Order(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  const head = bytes.subarray(0, SNIFFED_BYTES);
  const zeros = [0, 0];
  head.forEach((byte, index) => { if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1; });
  const [even = 0, odd = 0] = zeros;
  const most = head.length * 0.4;
  if (odd > most && even === 0) return 'utf-16le';
  return even > most && odd === 0 ? 'utf-16be' : undefined;
}

/** What of a file is a text, in the one encoding that is inspected; undefined when nothing is. */
export function textBytes(bytes: Uint8Array): Uint8Array | undefined {
  if (!isBinary(bytes)) return bytes;
  const order = utf16Order(bytes);
  return order === undefined ? undefined : new TextEncoder().encode(new TextDecoder(order).decode(bytes));
}

/** Every detector that knows a secret; nothing is switched off. */
function scanRuleset(): Ruleset {
  return compileRuleset({ ...defaultCasilConfig, enabled: true, limits: { ...defaultCasilConfig.limits, maxInspectBytes: WINDOW_BYTES } });
}

/** Ends of windows lie behind a line where there is one. */
function* windowsOf(bytes: Uint8Array): Generator<{ readonly start: number; readonly part: Uint8Array }> {
  let start = 0;
  while (start < bytes.length) {
    let end = Math.min(bytes.length, start + WINDOW_BYTES);
    const lineEnd = end < bytes.length ? bytes.lastIndexOf(NEWLINE, end - 1) : end;
    if (lineEnd > start + OVERLAP_BYTES) end = Math.min(bytes.length, lineEnd + 1);
    yield { start, part: bytes.subarray(start, end) };
    if (end === bytes.length) return;
    const back = bytes.lastIndexOf(NEWLINE, end - OVERLAP_BYTES);
    start = back > start ? back + 1 : end - OVERLAP_BYTES;
  }
}

function lineAt(bytes: Uint8Array, position: number): number {
  let line = 1;
  for (let at = bytes.indexOf(NEWLINE); at >= 0 && at < position; at = bytes.indexOf(NEWLINE, at + 1)) line += 1;
  return line;
}

/** Secrets in a text. @throws Error when a window could not be inspected whole */
export function findSecrets(bytes: Uint8Array, ruleset: Ruleset): readonly Found[] {
  const found = new Map<string, Found>();
  const counts = new Map<string, number>();
  for (const { start, part } of windowsOf(bytes)) {
    const { findings, hasFailed } = inspectMessage({ type: 'text/plain', payload: part, room: '', channel: '' }, ruleset);
    if (hasFailed) throw new Error('the inspection failed');
    for (const finding of findings) {
      if (finding.category !== 'secret' && finding.category !== 'key_material') continue;
      const value = part.subarray(finding.start, finding.end);
      const fingerprint = createHash('sha256').update(`${finding.detector}\0`).update(value).digest('hex').slice(0, FINGERPRINT_DIGITS);
      const key = `${finding.detector} ${fingerprint}`;
      const count = counts.get(finding.detector) ?? 0;
      if (found.has(key) || count >= MOST_PER_DETECTOR) continue;
      counts.set(finding.detector, count + 1);
      found.set(key, { detector: finding.detector, confidence: finding.confidence, line: lineAt(bytes, start + finding.start), fingerprint });
    }
  }
  return [...found.values()];
}

/** Digest of what decides the findings: the inspection's own sources and this file. */
function scannerDigest(workspace: Workspace): string {
  const hash = createHash('sha256').update(readFileSync(import.meta.filename));
  for (const { path } of workspace.files) {
    if (path.startsWith('libs/casil/src/') && !path.endsWith('.test.ts')) hash.update(workspace.readBytes(path));
  }
  return hash.digest('hex').slice(0, 32);
}

interface ScannedText {
  readonly file: WorkspaceFile;
  readonly bytes: Uint8Array;
  /** Line of the file that the text begins on. */
  readonly firstLine: number;
}

/** Findings by file, read anew only where the content changed. */
function scanAll(workspace: Workspace, texts: readonly ScannedText[]): Row[] {
  const keptPath = join(workspace.root, KEPT_PATH);
  const before = readKept<Kept>(keptPath) ?? {};
  const scanner = scannerDigest(workspace);
  const after: Record<string, readonly Found[]> = {};
  let ruleset: Ruleset | undefined;
  const rows = texts.flatMap(({ file, bytes, firstLine }) => {
    const key = createHash('sha256').update(scanner).update(bytes).digest('base64');
    const found = after[key] ?? before[key] ?? findSecrets(bytes, (ruleset ??= scanRuleset()));
    after[key] = found;
    return found.map(({ detector, confidence, line, fingerprint }) => ({ file: file.path, line: firstLine + line - 1, project: file.project, detector, confidence, fingerprint, test: file.isTest }));
  });
  if (ruleset !== undefined || Object.keys(before).length !== Object.keys(after).length) {
    writeKept(keptPath, after);
  }
  return rows;
}

function suspectOf({ path, project }: WorkspaceFile, bytes: Uint8Array): Row | undefined {
  const isNamedLikeKey = KEY_FILE.test(path) && !EXAMPLE_FILE.test(path);
  const isLarge = bytes.length > LARGE_BYTES;
  if (!isNamedLikeKey && !isLarge) return undefined;
  return { file: path, line: 1, project, reason: isNamedLikeKey ? 'name' : 'size', bytes: bytes.length, binary: isBinary(bytes) };
}

function joinedTexts(workspace: Workspace, rows: readonly Row[]): ScannedText[] {
  const files = new Map(workspace.files.map((file) => [file.path, file]));
  return rows.flatMap(({ file: path, line, text }): ScannedText[] => {
    const file = files.get(path);
    return file === undefined ? [] : [{ file, bytes: new TextEncoder().encode(String(text)), firstLine: line }];
  });
}

/** Secrets in every text of the repository, new files included, as the repository's own content inspection sees them. */
export const secretSource: WorkspaceSource = {
  name: 'secrets',
  tables: {
    /** detector: id of the detector; confidence: probable, specific or certain; fingerprint: tells findings apart without giving them away; test: in test code. */
    secret_findings: ['detector', 'confidence', 'fingerprint', 'test'],
    /** reason: `name` of files that hold keys by convention, or `size` of over 1 MiB; bytes: its size; binary: no text. */
    suspect_files: ['reason', 'bytes', 'binary'],
  },
  read: (workspace, rows) => {
    const files = workspace.files.map((file) => ({ file, bytes: workspace.readBytes(file.path) }));
    const texts = files.flatMap(({ file, bytes }): ScannedText[] => {
      const text = textBytes(bytes);
      return text === undefined ? [] : [{ file, bytes: text, firstLine: 1 }];
    });
    return {
      secret_findings: scanAll(workspace, [...texts, ...joinedTexts(workspace, rows.joined_texts ?? [])]),
      suspect_files: files.flatMap(({ file, bytes }) => suspectOf(file, bytes) ?? []),
    };
  },
};
