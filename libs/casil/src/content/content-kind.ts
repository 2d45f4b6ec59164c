import type { DescriptorRegistry } from './descriptor-registry.js';
import { readsAsProtobuf } from './wire-reader.js';

/** How a payload is read and redacted. */
export type ContentKind = 'json' | 'text' | 'form' | 'protobuf' | 'xml' | 'binary';

const kindOfMediaType: ReadonlyMap<string, ContentKind> = new Map<string, ContentKind>([
  ['application/json', 'json'], ['text/json', 'json'], ['application/x-ndjson', 'json'], ['application/ndjson', 'json'], ['application/jsonl', 'json'],
  ['application/x-www-form-urlencoded', 'form'],
  ['application/xml', 'xml'], ['text/xml', 'xml'], ['text/html', 'xml'],
  ['application/yaml', 'text'], ['application/x-yaml', 'text'], ['application/toml', 'text'], ['application/javascript', 'text'],
  ['application/graphql', 'text'], ['application/sql', 'text'], ['application/x-sh', 'text'], ['application/x-pem-file', 'text'], ['multipart/form-data', 'text'],
  ['application/octet-stream', 'binary'],
  ['application/protobuf', 'protobuf'], ['application/x-protobuf', 'protobuf'], ['application/vnd.google.protobuf', 'protobuf'],
]);

const binaryTypes: ReadonlySet<string> = new Set(['image', 'audio', 'video', 'font', 'model']);

/** Bytes looked at to tell text from binary content. */
const sampleBytes = 256;

/**
 * How a payload of `type` is read. A media type decides by itself, whatever its parameters; a full message name that is registered means Protobuf.
 * For everything else the payload's first 256 bytes tell: JSON begins with a bracket and XML with `<`, which no Protobuf message does; other text is
 * valid UTF-8 without control characters. What reads as a Protobuf message from its first byte to its last is one, of a type that is not known. The
 * rest is binary.
 */
export function contentKindOf(type: string, payload: Uint8Array, descriptors: DescriptorRegistry): ContentKind {
  const slash = type.indexOf('/');
  if (slash < 0) return descriptors.messageOf(type) === undefined ? sniffedKind(payload) : 'protobuf';
  const semicolon = type.indexOf(';');
  const mediaType = (semicolon < 0 ? type : type.slice(0, semicolon)).trim().toLowerCase();
  const known = kindOfMediaType.get(mediaType);
  if (known === 'binary') return readsAsProtobuf(payload, 0, payload.length) ? 'protobuf' : 'binary';
  if (known !== undefined) return known;
  if (mediaType.endsWith('+json')) return 'json';
  if (mediaType.endsWith('+xml')) return 'xml';
  const family = mediaType.slice(0, slash);
  if (family === 'text') return 'text';
  return binaryTypes.has(family) ? 'binary' : sniffedKind(payload);
}

function sniffedKind(payload: Uint8Array): ContentKind {
  let at = startsWithByteOrderMark(payload) ? 3 : 0;
  while (at < payload.length && at < sampleBytes && isSpace(payload[at])) at++;
  const isText = at < payload.length && isTextSample(payload);
  const first = payload[at];
  if (isText && (first === 0x7b || first === 0x5b)) return 'json';
  if (isText && first === 0x3c) return 'xml';
  if (readsAsProtobuf(payload, 0, payload.length)) return 'protobuf';
  return isText ? 'text' : 'binary';
}

function startsWithByteOrderMark(payload: Uint8Array): boolean {
  return payload[0] === 0xef && payload[1] === 0xbb && payload[2] === 0xbf;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

/** Whether the first bytes are UTF-8 without control characters; a sequence that the sample cuts counts. */
function isTextSample(payload: Uint8Array): boolean {
  const end = Math.min(payload.length, sampleBytes);
  let at = 0;
  while (at < end) {
    const byte = payload[at++];
    if (byte < 0x80) {
      if ((byte < 0x20 && !isSpace(byte)) || byte === 0x7f) return false;
      continue;
    }
    if (byte < 0xc2 || byte > 0xf4) return false;
    const size = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    for (let index = 1; index < size && at < end; index++) {
      if ((payload[at++] & 0xc0) !== 0x80) return false;
    }
  }
  return true;
}
