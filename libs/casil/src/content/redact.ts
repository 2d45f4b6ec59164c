import type { ContentKind } from './content-kind.js';
import type { DescriptorRegistry } from './descriptor-registry.js';
import { redactJson } from './redact-json.js';
import { redactProtobuf } from './redact-protobuf.js';
import { maskBytes, redactForm, redactText } from './redact-text.js';
import { redactXml } from './redact-xml.js';
import type { RedactionSpan } from './redaction-span.js';

/**
 * A copy of `bytes` with the spans replaced by markers that name their labels, well-formed for its kind: JSON that parsed parses, Protobuf decodes, XML
 * keeps its markup, form data its escapes. Overlapping and touching spans are merged first. Binary content keeps its length.
 */
export function redactPayload(
  kind: ContentKind, bytes: Uint8Array, spans: readonly RedactionSpan[], descriptors?: DescriptorRegistry, typeName?: string,
): Uint8Array {
  switch (kind) {
    case 'json':
      return redactJson(bytes, spans);
    case 'text':
      return redactText(bytes, 0, bytes.length, spans);
    case 'form':
      return redactForm(bytes, spans);
    case 'xml':
      return redactXml(bytes, spans);
    case 'protobuf':
      return redactProtobuf(bytes, spans, descriptors, typeName);
    case 'binary':
      return maskBytes(bytes, spans);
  }
}
