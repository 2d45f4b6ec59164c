import { WireReader } from './wire-reader.js';

/** Field numbers of Envelope's bodies. */
export const envelopeBody = { event: 2, command: 3, reply: 4, error: 5, signal: 6 } as const;

/** Where the parts of one envelope stand; offsets within the frame. `body` is a field number, 0 when none is known. */
export interface EnvelopeParts {
  idAt: number;
  body: number;
  bodyAt: number;
  bodyEnd: number;
}

/** Finds id and body of the envelope in `[start, end)`. */
export function findParts(bytes: Uint8Array, start: number, end: number): EnvelopeParts {
  const parts: EnvelopeParts = { idAt: -1, body: 0, bodyAt: 0, bodyEnd: 0 };
  const reader = new WireReader(bytes, start, end);
  while (reader.at < end) {
    const tag = reader.number();
    const field = tag >>> 3;
    if ((tag & 7) !== 2 || field > 6) {
      reader.skip(tag);
      continue;
    }
    const valueEnd = reader.span();
    if (field === 1) {
      if (valueEnd - reader.at === 16) parts.idAt = reader.at;
    } else {
      parts.body = field;
      parts.bodyAt = reader.at;
      parts.bodyEnd = valueEnd;
    }
    reader.at = valueEnd;
  }
  return parts;
}

/** Content of an arqon.v1.Event. */
export interface EventContent {
  readonly type: string;
  readonly payload: Uint8Array;
}

/** Reads the Event in `[start, end)`; the payload is a view of the frame. */
export function readEvent(bytes: Uint8Array, start: number, end: number): EventContent {
  const reader = new WireReader(bytes, start, end);
  let type = '';
  let payload: Uint8Array | undefined;
  while (reader.at < end) {
    const tag = reader.number();
    if (tag === 0x0a) type = reader.text();
    else if (tag === 0x12) payload = reader.view();
    else reader.skip(tag);
  }
  return { type, payload: payload ?? bytes.subarray(start, start) };
}

/** Metadata of an envelope that most readers never ask for. */
export interface EnvelopeMetadata {
  traceparent: string;
  tracestate: string;
  headers: Record<string, string>;
  capabilities: string[];
  intent: string;
  parentId: Uint8Array | undefined;
}

/** Reads the metadata fields of the envelope in `[start, end)`. */
export function readMetadata(bytes: Uint8Array, start: number, end: number): EnvelopeMetadata {
  const reader = new WireReader(bytes, start, end);
  const metadata: EnvelopeMetadata = { traceparent: '', tracestate: '', headers: {}, capabilities: [], intent: '', parentId: undefined };
  reader.fields(end, (field) => {
    if (field === 7) metadata.traceparent = reader.text();
    else if (field === 8) metadata.tracestate = reader.text();
    else if (field === 9) readHeader(reader, metadata.headers);
    else if (field === 10) metadata.capabilities.push(reader.text());
    else if (field === 11) metadata.intent = reader.text();
    else if (field === 13) metadata.parentId = reader.view();
  });
  return metadata;
}

function readHeader(reader: WireReader, headers: Record<string, string>): void {
  let key = '';
  let value = '';
  reader.fields(reader.span(), (field) => {
    if (field === 1) key = reader.text();
    else if (field === 2) value = reader.text();
  });
  Object.defineProperty(headers, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Sixteen bytes as a compact map key; '' when there is no id. */
export function idKey(bytes: Uint8Array, at: number): string {
  let key = '';
  if (at < 0 || at + 16 > bytes.length) return key;
  for (let index = at; index < at + 16; index++) key += String.fromCharCode(bytes[index]);
  return key;
}

/** Canonical text of the UUID at `at`. */
export function idText(bytes: Uint8Array, at: number): string {
  if (at < 0) return '';
  let text = '';
  for (let index = 0; index < 16; index++) {
    if (index === 4 || index === 6 || index === 8 || index === 10) text += '-';
    text += bytes[at + index].toString(16).padStart(2, '0');
  }
  return text;
}

