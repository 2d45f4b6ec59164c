import { spansTouching, characterEnd, characterStart, type RedactionSpan } from './redaction-span.js';
import { guessedContent, WireReader, wireBytes, wireVarint } from './wire-reader.js';

const maxDepth = 32;
const asterisk = 0x2a;

/**
 * Masks what merged spans cover of the values of a Protobuf message of which no descriptor tells the fields, in place: texts and bytes by `*`, whole
 * characters, numbers that are touched by zero. No tag and no length changes. False, and what follows as it was, where the message is malformed.
 */
export function maskFields(bytes: Uint8Array, start: number, end: number, spans: readonly RedactionSpan[], depth: number): boolean {
  const reader = new WireReader();
  for (let at = start; at < end; at = reader.next) {
    if (!reader.read(bytes, at, end)) return false;
    const { valueStart, valueEnd } = reader;
    const touching = spansTouching(spans, valueStart, valueEnd);
    if (touching.length === 0) continue;
    if (reader.wireType === wireBytes) maskContent(bytes, valueStart, valueEnd, touching, depth);
    else if (reader.wireType === wireVarint) bytes.fill(0x80, valueStart, valueEnd - 1).fill(0, valueEnd - 1, valueEnd);
    else bytes.fill(0, valueStart, valueEnd);
  }
  return true;
}

/** Masks what spans cover of the contents of one field, which may be a message itself. */
export function maskContent(bytes: Uint8Array, start: number, end: number, spans: readonly RedactionSpan[], depth: number): void {
  if (depth < maxDepth && guessedContent(bytes, start, end) === 'message' && maskFields(bytes, start, end, spans, depth + 1)) return;
  for (const span of spans) {
    const from = characterStart(bytes, Math.max(start, span.start), start);
    bytes.fill(asterisk, from, characterEnd(bytes, Math.min(end, span.end), end));
  }
}
