/** A byte range to replace. */
export interface RedactionSpan {
  readonly start: number;
  readonly end: number;
  /** What the marker names: a detector's id or `field`. */
  readonly label: string;
}

const encoder = new TextEncoder();
const maxLabelCharacters = 64;
const labelCharacters: ReadonlySet<string> = new Set('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-');

/** The marker that stands for a redacted value, `[REDACTED:label]`: the same in JSON strings, XML, CSV and plain text. */
export function markerFor(label: string): Uint8Array {
  return encoder.encode(`[REDACTED:${safeLabel(label)}]`);
}

/** The marker as a JSON string of its own. */
export function jsonMarkerFor(label: string): Uint8Array {
  return encoder.encode(`"[REDACTED:${safeLabel(label)}]"`);
}

/** The marker percent-encoded. */
export function formMarkerFor(label: string): Uint8Array {
  return encoder.encode(`%5BREDACTED%3A${safeLabel(label)}%5D`);
}

/** Names of patterns come from the configuration: nothing in them may break the text around the marker. */
function safeLabel(label: string): string {
  return Array.from(label.slice(0, maxLabelCharacters), (character) => (labelCharacters.has(character) ? character : '_')).join('');
}

/** The spans in order, clipped to `[0, length)`, empty ones left out, overlapping and touching ones joined under the label of the first. */
export function mergeSpans(spans: readonly RedactionSpan[], length: number): RedactionSpan[] {
  const inside = spans.map(({ start, end, label }) => ({ start: Math.max(0, start), end: Math.min(length, end), label })).filter(({ start, end }) => start < end);
  inside.sort((left, right) => left.start - right.start || right.end - left.end);
  const merged: RedactionSpan[] = [];
  for (const span of inside) {
    const last = merged.at(-1);
    if (last === undefined || span.start > last.end) merged.push(span);
    else if (span.end > last.end) merged[merged.length - 1] = { ...last, end: span.end };
  }
  return merged;
}

/** Those of the merged spans that have bytes in `[start, end)`. */
export function spansTouching(spans: readonly RedactionSpan[], start: number, end: number): readonly RedactionSpan[] {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (spans[middle].end > start) high = middle;
    else low = middle + 1;
  }
  let last = low;
  while (last < spans.length && spans[last].start < end) last++;
  return last === low ? none : spans.slice(low, last);
}

const none: readonly RedactionSpan[] = Object.freeze([]);

/** Offset of the first byte of the UTF-8 sequence around `at`, not before `floor`. */
export function characterStart(bytes: Uint8Array, at: number, floor: number): number {
  let start = at;
  while (start > floor && at - start < 3 && start < bytes.length && (bytes[start] & 0xc0) === 0x80) start--;
  return start;
}

/** Offset after the UTF-8 sequence that goes on at `at`, not after `ceiling`. */
export function characterEnd(bytes: Uint8Array, at: number, ceiling: number): number {
  let end = at;
  while (end < ceiling && end - at < 3 && (bytes[end] & 0xc0) === 0x80) end++;
  return end;
}

/** Bytes put together from parts, some of them ranges of others. */
export class ByteParts {
  private readonly parts: Uint8Array[] = [];
  length = 0;

  add(part: Uint8Array): void {
    if (part.length === 0) return;
    this.parts.push(part);
    this.length += part.length;
  }

  join(): Uint8Array {
    const joined = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.parts) {
      joined.set(part, at);
      at += part.length;
    }
    return joined;
  }
}
