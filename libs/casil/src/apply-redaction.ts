import { classifyMessage } from './classify-message.js';
import { contentKindOf, type ContentKind } from './content/content-kind.js';
import { redactPayload } from './content/redact.js';
import { evaluatePolicy } from './evaluate-policy.js';
import type { Inspection, Span } from './inspection.js';
import type { HeaderSet, MessageToInspect } from './message.js';
import type { Ruleset } from './ruleset.js';

/** A message with what redaction replaced. */
export interface RedactedMessage {
  readonly payload: Uint8Array;
  /** New values of headers that changed, by index. */
  readonly headers: ReadonlyMap<number, Uint8Array>;
  /** False when something that asks for redaction or worse is still found: the message must not be passed on (never a leak). */
  readonly isClean: boolean;
}

/** Times that a redacted message is looked at again: redaction can join what stood apart. */
const maxRounds = 4;
/** Rounds in which plain text that is JSON or XML is kept well-formed as such; what then is left stands where no value can, and is replaced as text. */
const markupRounds = 2;

/**
 * The message with every span of its inspection replaced by a marker that names the detector. The result is well-formed for its type: JSON that
 * parsed still parses, Protobuf still decodes. It is inspected again, and redacted again, until nothing is left (E20).
 */
export function applyRedaction(message: MessageToInspect, inspection: Inspection, ruleset: Ruleset): RedactedMessage {
  // Fields that are redacted whatever they hold would be found for ever.
  return redactUntilClean(message, inspection.spans, ruleset, (current) => evaluatePolicy({ ...classifyMessage(current, ruleset), fieldSpans: [] }, current, ruleset).spans);
}

/**
 * The start of the payload as logs and telemetry may show it: everything that any detector finds is replaced, whatever policies allow elsewhere, and
 * nothing is shown that was not looked at; empty when it cannot be made clean (E20).
 */
export function redactForDisplay(message: MessageToInspect, ruleset: Ruleset): Uint8Array {
  const shown = { ...message, payload: message.payload.subarray(0, ruleset.config.limits.maxInspectBytes), headers: undefined };
  const findAll = (current: MessageToInspect): readonly Span[] => classifyMessage(current, ruleset).allFindings.map(({ part, start, end, detector }) => ({ part, start, end, label: detector }));
  const spans = [...findAll(shown), ...classifyMessage(shown, ruleset).fieldSpans];
  const { payload, isClean } = redactUntilClean(shown, spans, ruleset, findAll);
  return isClean ? payload : noBytes;
}

const noBytes = new Uint8Array(0);

function redactUntilClean(
  message: MessageToInspect, first: readonly Span[], ruleset: Ruleset, findAgain: (message: MessageToInspect) => readonly Span[],
): RedactedMessage {
  const headers = new Map<number, Uint8Array>();
  let current = message;
  let spans = first;
  for (let round = 0; round < maxRounds && spans.length > 0; round += 1) {
    current = redactOnce(current, spans, headers, { ruleset, looksLikeMarkup: round < markupRounds });
    spans = findAgain(current);
  }
  return { payload: current.payload, headers, isClean: spans.length === 0 };
}

interface Circumstances {
  readonly ruleset: Ruleset;
  readonly looksLikeMarkup: boolean;
}

function redactOnce(message: MessageToInspect, spans: readonly Span[], changed: Map<number, Uint8Array>, { ruleset, looksLikeMarkup }: Circumstances): MessageToInspect {
  const declared = contentKindOf(message.type, message.payload, ruleset.descriptors);
  const kind = declared === 'text' && looksLikeMarkup ? markupKindOf(message.payload) : declared;
  const ofPayload = spans.filter(({ part }) => part === 'payload');
  const payload = ofPayload.length === 0 ? message.payload : redactPayload(kind, message.payload, ofPayload, ruleset.descriptors, message.type);
  const { headers } = message;
  if (headers === undefined || ofPayload.length === spans.length) return { ...message, payload };
  return { ...message, payload, headers: redactHeaders(headers, spans, changed, ruleset) };
}

/** JSON and XML are often sent as plain text, and are read as what they are by whoever gets them. */
function markupKindOf(payload: Uint8Array): ContentKind {
  let at = 0;
  while (at < payload.length && payload[at] <= 0x20) at += 1;
  if (payload[at] === 0x3c) return 'xml';
  if (payload[at] !== 0x7b && payload[at] !== 0x5b) return 'text';
  try {
    JSON.parse(new TextDecoder().decode(payload));
    return 'json';
  } catch {
    return 'text';
  }
}

function redactHeaders({ bytes, ranges }: HeaderSet, spans: readonly Span[], changed: Map<number, Uint8Array>, ruleset: Ruleset): HeaderSet {
  const values = ranges.map(({ valueStart, valueEnd }, index) => {
    const value = bytes.subarray(valueStart, valueEnd);
    const own = spans.filter(({ part }) => part === index).map(({ start, end, label }) => ({ start: Math.max(0, start - valueStart), end: Math.min(value.length, end - valueStart), label }));
    const inside = own.filter(({ start, end }) => start < end);
    if (inside.length === 0) return value;
    const redacted = redactPayload('text', value, inside, ruleset.descriptors, '');
    changed.set(index, redacted);
    return redacted;
  });
  return joinHeaders(bytes, ranges, values);
}

function joinHeaders(bytes: Uint8Array, ranges: HeaderSet['ranges'], values: readonly Uint8Array[]): HeaderSet {
  const joined = new Uint8Array(ranges.reduce((sum, { nameStart, nameEnd }, index) => sum + nameEnd - nameStart + values[index].length, 0));
  let at = 0;
  const moved = ranges.map(({ nameStart, nameEnd }, index) => {
    joined.set(bytes.subarray(nameStart, nameEnd), at);
    const valueStart = at + nameEnd - nameStart;
    joined.set(values[index], valueStart);
    const range = { nameStart: at, nameEnd: valueStart, valueStart, valueEnd: valueStart + values[index].length };
    at = range.valueEnd;
    return range;
  });
  return { bytes: joined, ranges: moved };
}
