import { varintSize, writeVarint } from '@arqonbus/envelope';
import type { DescriptorRegistry, FieldEntry, MessageTable } from './descriptor-registry.js';
import { maskContent, maskFields } from './mask-fields.js';
import { maskBytes, redactText } from './redact-text.js';
import { ByteParts, mergeSpans, spansTouching, type RedactionSpan } from './redaction-span.js';
import { guessedContent, readsAsProtobuf, WireReader, wireBytes, wireGroupEnd, wireGroupStart } from './wire-reader.js';

const maxDepth = 32;
/** Its `value` is a message of another type: masked in place, because a length in it cannot be mended. */
const anyTypeName = 'google.protobuf.Any';

/**
 * Replaces spans in a Protobuf message: in strings and bytes by the marker, all lengths around them mended, UTF-8 sequences never split. A number, bool
 * or enum of which a span touches the value is removed, which sets its default, a packed list as a whole. What is not in the table, everything when
 * the type is not registered, and messages in bytes fields keep their length: contents are masked by `*`. Tags and lengths are no content: a span over
 * them changes nothing. A payload that is no Protobuf, is deeper than 32 or has fields written
 * in another way than their type says is masked in place.
 */
export function redactProtobuf(
  bytes: Uint8Array, spans: readonly RedactionSpan[], descriptors: DescriptorRegistry | undefined, typeName: string | undefined,
): Uint8Array {
  const merged = mergeSpans(spans, bytes.length);
  const table = typeName === undefined ? undefined : descriptors?.messageOf(typeName);
  if (!readsAsProtobuf(bytes, 0, bytes.length)) return maskBytes(bytes, merged);
  if (table === undefined) return maskedMessage(bytes, merged);
  return new MessageRewrite(bytes, merged).message(0, bytes.length, table, 0) ?? maskBytes(bytes, merged);
}

function maskedMessage(bytes: Uint8Array, spans: readonly RedactionSpan[]): Uint8Array {
  const masked = bytes.slice();
  maskFields(masked, 0, masked.length, spans, 0);
  return masked;
}

class MessageRewrite {
  constructor(
    private readonly bytes: Uint8Array,
    private readonly spans: readonly RedactionSpan[],
  ) {}

  /** The message in `[start, end)` rewritten, or undefined when it is malformed or too deep. */
  message(start: number, end: number, table: MessageTable, depth: number): Uint8Array | undefined {
    if (depth > maxDepth) return undefined;
    const { bytes } = this;
    const reader = new WireReader();
    const parts = new ByteParts();
    let openGroups = 0;
    for (let at = start; at < end; at = reader.next) {
      if (!reader.read(bytes, at, end)) return undefined;
      if (reader.wireType === wireGroupStart) openGroups++;
      if (reader.wireType === wireGroupEnd) openGroups--;
      const field = openGroups === 0 && reader.wireType !== wireGroupEnd ? table.fields.get(reader.number) : undefined;
      if (field !== undefined && !isWrittenAs(field, reader.wireType)) return undefined;
      const { valueStart, valueEnd } = reader;
      if (valueStart === valueEnd || !this.isTouched(valueStart, valueEnd)) {
        parts.add(bytes.subarray(at, reader.next));
        continue;
      }
      if (reader.wireType !== wireBytes) continue;
      if (field?.kind === 'number') continue;
      const value = this.value(valueStart, valueEnd, field, table, depth);
      parts.add(tagOf(reader.number));
      parts.add(varintOf(value.length));
      parts.add(value);
    }
    return parts.join();
  }

  private value(start: number, end: number, field: FieldEntry | undefined, table: MessageTable, depth: number): Uint8Array {
    const isPlain = field?.kind === 'string' || (field?.kind === 'bytes' && table.typeName !== anyTypeName && guessedContent(this.bytes, start, end) !== 'message');
    if (isPlain) return redactText(this.bytes, start, end, spansTouching(this.spans, start, end));
    if (field?.kind !== 'message') return this.masked(start, end);
    const rewritten = field.message === undefined ? undefined : this.message(start, end, field.message, depth + 1);
    return rewritten ?? this.masked(start, end);
  }

  private isTouched(start: number, end: number): boolean {
    return spansTouching(this.spans, start, end).length > 0;
  }

  /** Same length, tags and lengths inside as they were. */
  private masked(start: number, end: number): Uint8Array {
    const inside = spansTouching(this.spans, start, end).map(({ label, ...span }) => ({ start: span.start - start, end: span.end - start, label }));
    const masked = this.bytes.slice(start, end);
    maskContent(masked, 0, masked.length, inside, 0);
    return masked;
  }
}

/** Decoders disagree on fields that are written in another way than their type says: such a message is not rewritten. */
function isWrittenAs({ wireType, kind, isRepeated }: FieldEntry, actual: number): boolean {
  return actual === wireType || (actual === wireBytes && kind === 'number' && isRepeated);
}

function tagOf(number: number): Uint8Array {
  return varintOf(number * 8 + wireBytes);
}

function varintOf(value: number): Uint8Array {
  const bytes = new Uint8Array(varintSize(value));
  writeVarint(bytes, 0, value);
  return bytes;
}
