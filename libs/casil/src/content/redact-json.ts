import { hexDigitValue } from '../layers/read-escape.js';
import { jsonEscapeSize, JsonReader } from './json-reader.js';
import { redactText } from './redact-text.js';
import { ByteParts, characterEnd, jsonMarkerFor, markerFor, mergeSpans, spansTouching, type RedactionSpan } from './redaction-span.js';

/**
 * Replaces spans in JSON. Inside a string the marker takes the place of the span, widened so that no escape sequence and no UTF-8 sequence is split; a
 * scalar that a span touches otherwise becomes the string `"[REDACTED:label]"`. Braces, brackets, commas and colons stay, so the result parses if and
 * only if `bytes` do. Text that is no JSON is redacted as text.
 */
export function redactJson(bytes: Uint8Array, spans: readonly RedactionSpan[]): Uint8Array {
  const merged = mergeSpans(spans, bytes.length);
  return isJson(bytes) ? redactTokens(bytes, merged) : redactMalformed(bytes, merged);
}

function isJson(bytes: Uint8Array): boolean {
  const reader = new JsonReader();
  reader.begin(bytes, 0, bytes.length);
  for (;;) {
    const token = reader.next();
    if (token === 'malformed' || token === 'end') return token === 'end';
  }
}

/** Were the fault itself redacted away, the result would mean something that the text never did: nothing is left of it then. */
function redactMalformed(bytes: Uint8Array, spans: readonly RedactionSpan[]): Uint8Array {
  const redacted = redactText(bytes, 0, bytes.length, spans);
  return isJson(redacted) ? markerFor(spans.at(0)?.label ?? '') : redacted;
}

function redactTokens(bytes: Uint8Array, spans: readonly RedactionSpan[]): Uint8Array {
  const reader = new JsonReader();
  reader.begin(bytes, 0, bytes.length);
  const parts = new ByteParts();
  let copied = 0;
  for (;;) {
    const token = reader.next();
    if (token === 'end' || token === 'malformed') break;
    if (token !== 'key' && token !== 'string' && token !== 'number' && token !== 'literal') continue;
    const { tokenStart, tokenEnd } = reader;
    const touching = spansTouching(spans, tokenStart, tokenEnd);
    if (touching.length === 0) continue;
    parts.add(bytes.subarray(copied, tokenStart));
    const isInside = bytes[tokenStart] === 0x22 && touching.every(({ start, end }) => start > tokenStart && end < tokenEnd);
    if (isInside) redactString(bytes, tokenStart, tokenEnd, touching, parts);
    else parts.add(jsonMarkerFor(touching[0].label));
    copied = tokenEnd;
  }
  parts.add(bytes.subarray(copied));
  return parts.join();
}

/** Walks the string once, because where an escape begins is known only from the left. */
function redactString(bytes: Uint8Array, tokenStart: number, tokenEnd: number, spans: readonly RedactionSpan[], parts: ByteParts): void {
  const contentEnd = tokenEnd - 1;
  let copied = tokenStart;
  let at = tokenStart + 1;
  for (const { start, end, label } of spans) {
    // A span that ended in the middle of an escape has covered the beginning of this one.
    if (end <= copied) continue;
    let unitStart = at;
    while (at <= start && at < contentEnd) {
      unitStart = at;
      at = unitEnd(bytes, at, contentEnd);
    }
    parts.add(bytes.subarray(copied, Math.max(copied, unitStart)));
    while (at < end) at = unitEnd(bytes, at, contentEnd);
    parts.add(markerFor(label));
    copied = at;
  }
  parts.add(bytes.subarray(copied, tokenEnd));
}

/** End of the escape, surrogate pair or UTF-8 sequence at `at`. */
function unitEnd(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] !== 0x5c) return characterEnd(bytes, at + 1, end);
  const next = at + Math.max(1, jsonEscapeSize(bytes, at, end));
  const isPair = surrogateHalf(bytes, at, next) === 'high' && jsonEscapeSize(bytes, next, end) === 6 && surrogateHalf(bytes, next, next + 6) === 'low';
  return isPair ? next + 6 : next;
}

/** Which half of a surrogate pair the escape `[at, next)` is: `\uD8xx` to `\uDBxx`, or `\uDCxx` to `\uDFxx`. */
function surrogateHalf(bytes: Uint8Array, at: number, next: number): 'high' | 'low' | undefined {
  if (next - at !== 6 || hexDigitValue(bytes[at + 2]) !== 0xd) return undefined;
  const second = hexDigitValue(bytes[at + 3]);
  return second < 8 ? undefined : second < 12 ? 'high' : 'low';
}
