import { ByteParts, characterEnd, characterStart, formMarkerFor, markerFor, mergeSpans, type RedactionSpan } from './redaction-span.js';

/** Widens a span so that it splits nothing that stands for one character. */
type Widen = (bytes: Uint8Array, span: RedactionSpan, start: number, end: number) => RedactionSpan;

/** Replaces spans in `bytes[start, end)` by the marker; UTF-8 sequences are never split. */
export function redactText(bytes: Uint8Array, start: number, end: number, spans: readonly RedactionSpan[]): Uint8Array {
  return redactRange(bytes, start, end, spans, wholeCharacters, markerFor);
}

/** Replaces spans by the percent-encoded marker; escapes are never split. */
export function redactForm(bytes: Uint8Array, spans: readonly RedactionSpan[]): Uint8Array {
  return redactRange(bytes, 0, bytes.length, spans, wholePercentEscapes, formMarkerFor);
}

/** Replaces what spans cover of an XML text or attribute value; entities are never split. */
export function redactXmlContent(bytes: Uint8Array, start: number, end: number, spans: readonly RedactionSpan[]): Uint8Array {
  return redactRange(bytes, start, end, spans, wholeEntities, markerFor);
}

/** Masks every byte of the spans by `*`, so that the length and all length prefixes stay right. */
export function maskBytes(bytes: Uint8Array, spans: readonly RedactionSpan[]): Uint8Array {
  const masked = bytes.slice();
  for (const { start, end } of mergeSpans(spans, bytes.length)) masked.fill(0x2a, start, end);
  return masked;
}

function redactRange(
  bytes: Uint8Array, start: number, end: number, spans: readonly RedactionSpan[], widen: Widen, marker: (label: string) => Uint8Array,
): Uint8Array {
  const inside = mergeSpans(spans, end).map((span) => ({ ...span, start: Math.max(start, span.start) })).filter((span) => span.start < span.end);
  const widened = mergeSpans(inside.map((span) => widen(bytes, span, start, end)), end);
  const parts = new ByteParts();
  let at = start;
  for (const span of widened) {
    parts.add(bytes.subarray(at, span.start));
    parts.add(marker(span.label));
    at = span.end;
  }
  parts.add(bytes.subarray(at, end));
  return parts.join();
}

function wholeCharacters(bytes: Uint8Array, { start, end, label }: RedactionSpan, floor: number, ceiling: number): RedactionSpan {
  return { start: characterStart(bytes, start, floor), end: characterEnd(bytes, end, ceiling), label };
}

/** An edge may stand after the percent sign or after its first digit. */
function wholePercentEscapes(bytes: Uint8Array, span: RedactionSpan, floor: number, ceiling: number): RedactionSpan {
  const { start, end, label } = wholeCharacters(bytes, span, floor, ceiling);
  const before = [1, 2].find((distance) => start - distance >= floor && bytes[start - distance] === 0x25) ?? 0;
  const after = [1, 2].find((distance) => end - distance >= start && bytes[end - distance] === 0x25);
  return { start: start - before, end: after === undefined ? end : Math.min(ceiling, end - after + 3), label };
}

const maxEntityBytes = 12;

function wholeEntities(bytes: Uint8Array, span: RedactionSpan, floor: number, ceiling: number): RedactionSpan {
  const { start, end, label } = wholeCharacters(bytes, span, floor, ceiling);
  const opened = entityAround(bytes, start, floor, ceiling);
  const closed = entityAround(bytes, end, floor, ceiling);
  return { start: opened?.start ?? start, end: closed?.end ?? end, label };
}

/** The entity that the edge at `at` would split. */
function entityAround(bytes: Uint8Array, at: number, floor: number, ceiling: number): { start: number; end: number } | undefined {
  let start = at - 1;
  const first = Math.max(floor, at - maxEntityBytes);
  while (start >= first && isEntityByte(bytes[start])) start--;
  if (start < first || bytes[start] !== 0x26) return undefined;
  let end = at;
  const last = Math.min(ceiling, start + maxEntityBytes);
  while (end < last && isEntityByte(bytes[end])) end++;
  return end < last && bytes[end] === 0x3b ? { start, end: end + 1 } : undefined;
}

function isEntityByte(byte: number): boolean {
  return byte === 0x23 || (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a);
}
