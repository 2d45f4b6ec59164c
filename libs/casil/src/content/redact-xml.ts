import { redactXmlContent } from './redact-text.js';
import { ByteParts, mergeSpans, spansTouching, type RedactionSpan } from './redaction-span.js';

const lessThan = 0x3c;
const greaterThan = 0x3e;
const equalsSign = 0x3d;

/**
 * Replaces what spans cover of texts, attribute values, comments, CDATA sections and processing instructions; tags and names of attributes stay, so a
 * well-formed document stays well-formed. From where markup is not closed on, everything counts as text.
 */
export function redactXml(bytes: Uint8Array, spans: readonly RedactionSpan[]): Uint8Array {
  return new XmlRedaction(bytes, mergeSpans(spans, bytes.length)).run();
}

class XmlRedaction {
  private readonly parts = new ByteParts();
  private copied = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly spans: readonly RedactionSpan[],
  ) {}

  run(): Uint8Array {
    const { bytes, parts } = this;
    let at = 0;
    while (at < bytes.length) {
      const open = indexOf(bytes, lessThan, at);
      this.content(at, open);
      if (open === bytes.length) break;
      at = this.markup(open);
    }
    parts.add(bytes.subarray(this.copied));
    return parts.join();
  }

  /** Returns the offset after the markup at `open`. */
  private markup(open: number): number {
    return (
      this.section(open, '<!--', '-->') ?? this.section(open, '<![CDATA[', ']]>') ?? this.section(open, '<?', '?>') ?? this.section(open, '<!', '>') ?? this.tag(open)
    );
  }

  private section(open: number, opening: string, closing: string): number | undefined {
    const { bytes } = this;
    if (!standsAt(bytes, open, opening)) return undefined;
    const start = open + opening.length;
    let end = start;
    while (end < bytes.length && !standsAt(bytes, end, closing)) end++;
    if (end === bytes.length) return this.rest(open);
    this.content(start, end);
    return end + closing.length;
  }

  private tag(open: number): number {
    const { bytes } = this;
    let at = open + 1;
    while (at < bytes.length && bytes[at] !== greaterThan) {
      const byte = bytes[at];
      if (byte !== 0x22 && byte !== 0x27) {
        at = byte === equalsSign ? this.unquotedValue(at + 1) : at + 1;
        continue;
      }
      const close = indexOf(bytes, byte, at + 1);
      if (close === bytes.length) return this.rest(at);
      this.content(at + 1, close);
      at = close + 1;
    }
    return at < bytes.length ? at + 1 : this.rest(open);
  }

  /** A value of HTML without quotes; returns its end, or `at` when quotes or spaces follow. */
  private unquotedValue(at: number): number {
    const { bytes } = this;
    let end = at;
    while (end < bytes.length && bytes[end] > 0x20 && bytes[end] !== greaterThan && bytes[end] !== 0x22 && bytes[end] !== 0x27) end++;
    this.content(at, end);
    return end;
  }

  private rest(from: number): number {
    this.content(Math.max(from, this.copied), this.bytes.length);
    return this.bytes.length;
  }

  /** Copies what came before and writes `[start, end)` with its spans replaced. */
  private content(start: number, end: number): void {
    const { bytes, spans, parts } = this;
    const covering = spansTouching(spans, start, end);
    if (start >= end || covering.length === 0) return;
    parts.add(bytes.subarray(this.copied, start));
    parts.add(redactXmlContent(bytes, start, end, covering));
    this.copied = end;
  }
}

function indexOf(bytes: Uint8Array, byte: number, from: number): number {
  const at = bytes.indexOf(byte, from);
  return at < 0 ? bytes.length : at;
}

function standsAt(bytes: Uint8Array, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) if (bytes[at + index] !== text.charCodeAt(index)) return false;
  return true;
}
