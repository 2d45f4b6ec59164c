import { shannonBitsPerByte } from '../context/entropy.js';
import { isPlaceholder } from '../context/placeholder.js';
import { AssignedValue, readAssignedValue } from '../context/assigned-value.js';
import { compilePattern } from '../pattern/compile-pattern.js';
import type { CompiledPattern } from '../pattern/pattern.js';
import { hasValidChecksum } from '../rules/checksums.js';
import type { TokenRule } from '../rules/token-rule.js';
import type { ScanText } from '../scan/scan-text.js';
import { endsColourSequence, isRightEdge } from './character-classes.js';
import type { AnchorHit, Confidence, Detector, FindingSink } from './detector.js';

interface CompiledRule {
  readonly rule: TokenRule;
  readonly pattern: CompiledPattern;
  readonly minEntropyBits: number | undefined;
}

/** Rules that one anchor may begin. */
interface AnchorRules {
  readonly literal: string;
  readonly prefix: readonly CompiledRule[];
  readonly context: readonly CompiledRule[];
  readonly infix: readonly CompiledRule[];
}

/**
 * Tokens of providers, by rules that are data: the anchor is found, the format is matched, then the match is judged by its neighbours, its
 * checksum, its entropy and what placeholders look like (E13).
 */
export function createTokenDetector(rules: readonly TokenRule[]): Detector {
  const byAnchor = groupByAnchor(rules);
  const value = new AssignedValue();
  return {
    id: 'tokens',
    category: 'secret',
    anchors: byAnchor.map(({ literal }) => literal),
    detect(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
      const { prefix, context, infix } = byAnchor[hit.anchor];
      if (prefix.length > 0 && (isLeftBoundary(text, hit.start) || opensEmphasis(text, hit.start))) {
        for (const compiled of prefix) detectPrefixed(compiled, text, hit.start, findings);
      }
      for (const compiled of infix) detectAround(compiled, text, hit, findings);
      if (context.length === 0 || !startsWord(text, hit)) return;
      if (!text.spend(contextSteps) || !readAssignedValue(text, hit.end, value)) return;
      for (const compiled of context) detectAssigned(compiled, text, hit, value, findings);
    },
  };
}

const contextSteps = 64;

function groupByAnchor(rules: readonly TokenRule[]): AnchorRules[] {
  const groups = new Map<string, { prefix: CompiledRule[]; context: CompiledRule[]; infix: CompiledRule[] }>();
  for (const rule of rules) {
    const compiled = { rule, pattern: compilePattern(rule.pattern, { ignoreCase: rule.ignoreCase === true }), minEntropyBits: rule.minEntropyBits };
    const literals = rule.kind === 'prefix' ? rule.prefixes : rule.kind === 'context' ? rule.keywords : rule.infixes;
    for (const literal of new Set(literals.map((one) => one.toLowerCase()))) {
      const group = groups.get(literal) ?? { prefix: [], context: [], infix: [] };
      group[rule.kind].push(compiled);
      groups.set(literal, group);
    }
  }
  return [...groups].map(([literal, group]) => ({ literal, ...group }));
}

function detectPrefixed(compiled: CompiledRule, text: ScanText, start: number, findings: FindingSink): void {
  const { rule } = compiled;
  if (rule.kind === 'prefix' && rule.notAfter !== undefined && start > text.start && rule.notAfter.includes(String.fromCharCode(text.bytes[start - 1]))) return;
  const end = compiled.pattern.matchAt(text.bytes, start, text.end);
  if (!text.spend(compiled.pattern.lookedAtBytes) || end < 0) return;
  if (!isRightEdge(text.bytes, end, text.end)) return;
  if (opensEmphasis(text, start) && text.bytes[end - 1] !== underscore && (end === text.end || text.bytes[end] !== underscore)) return;
  if (rule.kind === 'prefix' && rule.notBefore !== undefined && end < text.end && rule.notBefore.includes(String.fromCharCode(text.bytes[end]))) return;
  report(compiled, text, start, end, findings);
}

function detectAssigned(compiled: CompiledRule, text: ScanText, hit: AnchorHit, value: AssignedValue, findings: FindingSink): void {
  const { pattern } = compiled;
  const { bytes } = text;
  // The format says how far the value goes: it may be longer than what is looked at, or hold what else ends a value.
  const end = pattern.matchAt(bytes, value.start, text.end);
  if (!text.spend(pattern.lookedAtBytes) || end < value.end || !isRightEdge(text.bytes, end, text.end)) return;
  // A keyword that is the end of the name itself, `secret_id`, knows what it means.
  if (hit.end < value.nameEnd && endsLikeNoSecret(bytes, hit.end, value.nameEnd)) return;
  report(compiled, text, value.start, end, findings);
}

/** Last words of names whose values look like secrets and are none. */
const harmlessEndings: ReadonlySet<string> = new Set([
  'id', 'ids', 'uuid', 'guid', 'url', 'uri', 'host', 'hostname', 'region', 'zone', 'endpoint', 'version', 'hash', 'digest', 'checksum', 'etag', 'commit', 'revision',
  'count', 'type', 'date', 'time', 'timestamp', 'path', 'file', 'name', 'username', 'email', 'bucket', 'queue', 'topic', 'message', 'trace', 'request',
]);

/** Whether the last word of `spotify_client_id`, `messageId` or `TRACE` tells that no secret is meant. */
function endsLikeNoSecret(bytes: Uint8Array, start: number, end: number): boolean {
  let last = end;
  while (last > start && !isLetter(bytes[last - 1])) last -= 1;
  let first = last;
  const endsInCapital = last > start && isCapital(bytes[last - 1]);
  while (first > start && isLetter(bytes[first - 1]) && isCapital(bytes[first - 1]) === endsInCapital) first -= 1;
  if (!endsInCapital && first > start && isCapital(bytes[first - 1])) first -= 1;
  return harmlessEndings.has(String.fromCharCode(...bytes.subarray(first, last)).toLowerCase());
}

/**
 * Whether the keyword begins a word of a name: `etsy` in `SetSysctl` and `okta` in `rookTable` do not, nor does `sumo` in `sumOfAll`, where the next word
 * begins within it.
 */
function startsWord({ bytes, start }: ScanText, hit: AnchorHit): boolean {
  const first = bytes[hit.start];
  const before = hit.start === start ? 0 : bytes[hit.start - 1];
  if (isLetter(first) && isLetter(before) && !(isCapital(first) && !isCapital(before))) return false;
  if (hit.end - hit.start > shortKeywordBytes) return true;
  const isUpper = isCapital(bytes[hit.start + 1]);
  for (let at = hit.start + 2; at < hit.end; at += 1) if (isLetter(bytes[at]) && isCapital(bytes[at]) !== isUpper) return false;
  return true;
}

/** A longer keyword is seldom there by chance. */
const shortKeywordBytes = 4;

/** Looks for a token that holds the hit, from each place before it where a token may begin. */
function detectAround(compiled: CompiledRule, text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { rule, pattern } = compiled;
  if (rule.kind !== 'infix') return;
  const first = Math.max(text.start, hit.start - rule.maxBeforeBytes);
  if (!text.spend((hit.start - first) >> 2)) return;
  for (let start = first; start <= hit.start; start += 1) {
    if (!isLeftBoundary(text, start)) continue;
    const end = pattern.matchAt(text.bytes, start, text.end);
    if (!text.spend(pattern.lookedAtBytes)) return;
    if (end < hit.end || !isRightEdge(text.bytes, end, text.end)) continue;
    report(compiled, text, start, end, findings);
    return;
  }
}

function report({ rule, minEntropyBits }: CompiledRule, text: ScanText, start: number, end: number, findings: FindingSink): void {
  const { bytes } = text;
  const confidence: Confidence = rule.checksum !== undefined && hasValidChecksum(rule.checksum, bytes, start, end) ? 'certain' : 'specific';
  if (confidence !== 'certain') {
    text.spend((end - start) * stepsOfJudgement);
    const body = start + (rule.kind === 'prefix' ? literalLength(rule.prefixes, bytes, start) : 0);
    const least = minEntropyBits ?? (end - body >= longTokenBytes ? 3 : 2.5);
    if (shannonBitsPerByte(bytes, body, end) < least || isPlaceholder(bytes, start, end)) return;
  }
  findings.add(rule.id, 'secret', start, end, confidence);
}

/** Entropy and the forms of placeholders take some looks at each byte of a match. */
const stepsOfJudgement = 6;

const longTokenBytes = 16;

function literalLength(prefixes: readonly string[], bytes: Uint8Array, start: number): number {
  for (const prefix of prefixes) {
    let length = 0;
    while (length < prefix.length && bytes[start + length] === prefix.charCodeAt(length)) length += 1;
    if (length === prefix.length) return length;
  }
  return 0;
}

function isLeftBoundary({ bytes, start }: ScanText, at: number): boolean {
  return at === start || !isWord(bytes[at - 1]) || endsColourSequence(bytes, start, at);
}

const underscore = 0x5f;

/** `_token_` of Markdown and chats: an underscore that no word stands before. */
function opensEmphasis({ bytes, start }: ScanText, at: number): boolean {
  return at > start && bytes[at - 1] === underscore && (at - 1 === start || !isWord(bytes[at - 2]));
}

function isCapital(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}

function isLetter(byte: number): boolean {
  return isCapital(byte) || (byte >= 0x61 && byte <= 0x7a);
}

function isWord(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x30 && byte <= 0x39) || byte === underscore;
}
