import { appendDecodedRun } from './decode-run.js';
import {
  decodeHtmlEntities, decodeJsonEscapes, decodePercent, decodeQuotedPrintable, escapeMarksIn, hasAmpersand, hasBackslash, hasEqualsSign, hasPercentSign,
  type EscapeOptions,
} from './decode-escapes.js';
import { findEncodedRuns, isBase64Character, type EncodedRunSink } from './find-encoded-runs.js';
import { Layer } from './layer.js';

/** How far a message is decoded. */
export interface DecodeOptions {
  /** The text is form data: `+` stands for a space. */
  readonly form: boolean;
  /** Most bytes that all decoded texts together may have. */
  readonly maxDecodedBytes: number;
}

/** Takes a decoded text; `depth` is 1 for what was decoded from the message, 2 for what was decoded from that. */
export type VisitLayer = (layer: Layer, depth: 1 | 2) => void;

/** The decoded texts of one source. */
interface LayerSet {
  readonly json: Layer;
  readonly percent: Layer;
  readonly html: Layer;
  readonly quotedPrintable: Layer;
  readonly base64: Layer;
  readonly hex: Layer;
}

const separator = new Uint8Array(256);
for (const character of '/-_+') separator[character.charCodeAt(0)] = 1;
/** Parts of a path or a name from which base64 is tried to begin, however short; later ones have at least `minPartCharacters`. */
const firstPartCount = 8;
const minPartCharacters = 16;
const maxSeenCount = 64;

/**
 * Shows the texts that a message holds in encoded form: JSON escapes, percent, HTML entities, quoted-printable, base64 and hexadecimal, and each of
 * them decoded once more, JSON escapes then to the end. Its buffers are reused, so one decoder serves one message at a time.
 */
export class LayerDecoder {
  /** True after a message of which something was not decoded because `maxDecodedBytes` was used up. */
  isIncomplete = false;

  private readonly first = createLayerSet();
  private readonly second = createLayerSet();
  private readonly seen = new Int32Array(maxSeenCount);
  private seenCount = 0;
  private leftBytes = 0;
  private readonly runs = new RunDecoder();

  /**
   * Calls `visit` for each decoded text of `bytes[start, end)`, which itself is not shown: first those of depth 1, then those of depth 2. A layer
   * is valid during the call. `Layer.toSource` gives offsets into `bytes`. Texts that read the same are shown once.
   */
  forEachLayer(bytes: Uint8Array, start: number, end: number, options: DecodeOptions, visit: VisitLayer): void {
    this.isIncomplete = false;
    this.seenCount = 0;
    this.leftBytes = options.maxDecodedBytes;
    const first = this.first;
    this.runs.raw = bytes;
    this.runs.rawStart = start;
    this.runs.rawEnd = end;
    this.decode(bytes, start, end, first, undefined, options.form);
    visitAll(first, visit, 1);
    this.decodeAgain(first.json, visit);
    this.decodeAgain(first.percent, visit);
    this.decodeAgain(first.html, visit);
    this.decodeAgain(first.quotedPrintable, visit);
    this.decodeAgain(first.base64, visit);
    this.decodeAgain(first.hex, visit);
  }

  private decodeAgain(layer: Layer, visit: VisitLayer): void {
    if (layer.length === 0) return;
    this.decode(layer.bytes, 0, layer.length, this.second, layer, false);
    visitAll(this.second, visit, 2);
  }

  private decode(bytes: Uint8Array, start: number, end: number, into: LayerSet, parent: Layer | undefined, plusIsSpace: boolean): void {
    this.decodeRuns(bytes, start, end, into, parent);
    into.json.length = 0;
    into.percent.length = 0;
    into.html.length = 0;
    into.quotedPrintable.length = 0;
    const marks = escapeMarksIn(bytes, start, end);
    if ((marks & hasBackslash) !== 0 && decodeJsonEscapes(bytes, start, end, into.json, this.options(parent, false, parent !== undefined))) this.take(into.json);
    if ((marks & hasPercentSign) !== 0 && decodePercent(bytes, start, end, into.percent, this.options(parent, plusIsSpace))) this.take(into.percent);
    if ((marks & hasAmpersand) !== 0 && decodeHtmlEntities(bytes, start, end, into.html, this.options(parent))) this.take(into.html);
    if ((marks & hasEqualsSign) !== 0 && decodeQuotedPrintable(bytes, start, end, into.quotedPrintable, this.options(parent))) this.take(into.quotedPrintable);
  }

  private options(parent: Layer | undefined, plusIsSpace = false, isNested = false): EscapeOptions {
    return { budgetBytes: this.leftBytes, parent, plusIsSpace, isNested };
  }

  private decodeRuns(bytes: Uint8Array, start: number, end: number, into: LayerSet, parent: Layer | undefined): void {
    into.base64.begin('base64', start, parent);
    into.hex.begin('hex', start, parent);
    this.runs.begin(bytes, start, end, into.base64, into.hex, this.leftBytes, parent);
    findEncodedRuns(bytes, start, end, this.runs);
    this.take(into.base64);
    this.take(into.hex);
  }

  /** Counts a decoded text against the bound, and empties it when the same text was shown before. */
  private take(layer: Layer): void {
    if (layer.isCut) this.isIncomplete = true;
    if (layer.length === 0) return;
    const mark = fingerprint(layer);
    for (let index = 0; index < this.seenCount; index++) {
      if (this.seen[index] !== mark) continue;
      layer.length = 0;
      return;
    }
    if (this.seenCount < maxSeenCount) this.seen[this.seenCount++] = mark;
    this.leftBytes -= layer.length;
  }
}

/** Decodes the runs of one text into two layers. */
class RunDecoder implements EncodedRunSink {
  raw: Uint8Array = new Uint8Array(0);
  rawStart = 0;
  rawEnd = 0;

  private bytes: Uint8Array = this.raw;
  private start = 0;
  private end = 0;
  private base64 = new Layer();
  private hex = this.base64;
  private budgetBytes = 0;
  private parent: Layer | undefined = undefined;

  begin(bytes: Uint8Array, start: number, end: number, base64: Layer, hex: Layer, budgetBytes: number, parent: Layer | undefined): void {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.base64 = base64;
    this.hex = hex;
    this.budgetBytes = budgetBytes;
    this.parent = parent;
  }

  run(start: number, end: number, isHex: boolean): void {
    if (this.parent !== undefined && this.standsInRaw(this.parent, start, end)) return;
    if (isHex) {
      this.append(start, end, true);
      return;
    }
    if (this.isUuid(start, end) || this.isTokenPart(start, end) || this.append(start, end, false) || this.tryParts(start, end)) return;
    // One or two characters before it may belong to something else: the `n` of an escape, a tag or a length of a binary format.
    if (!this.append(start + 1, end, false)) this.append(start + 2, end, false);
  }

  /** The commonest run of all: four dashes at their places, in so short a run, encode nothing. */
  private isUuid(start: number, end: number): boolean {
    const { bytes } = this;
    return end - start === 36 && bytes[start + 8] === 0x2d && bytes[start + 13] === 0x2d && bytes[start + 18] === 0x2d && bytes[start + 23] === 0x2d;
  }

  private append(start: number, end: number, isHex: boolean): boolean {
    const out = isHex ? this.hex : this.base64;
    const other = isHex ? this.base64 : this.hex;
    return appendDecodedRun(this.bytes, start, end, out, Math.max(0, this.budgetBytes - other.length));
  }

  /** A run may begin with a path or a name: what follows each separator is tried too. */
  private tryParts(start: number, end: number): boolean {
    let partStart = start;
    let partCount = 0;
    for (let at = start; at <= end; at++) {
      if (at < end && separator[this.bytes[at]] === 0) continue;
      const isTried = partCount <= firstPartCount ? end - partStart >= minPartCharacters : at - partStart >= minPartCharacters;
      if (partCount++ > 0 && isTried && this.append(partStart, end, false)) return true;
      partStart = at + 1;
    }
    return false;
  }

  /** A part of a JWT between dots: found as a whole, without looking inside. JSON that only a signature follows is a session of a framework. */
  private isTokenPart(start: number, end: number): boolean {
    const { bytes } = this;
    if (bytes[start] !== 0x65 || bytes[start + 1] !== 0x79 || bytes[start + 2] !== 0x4a) return false;
    if (end + 3 < this.end && bytes[end] === 0x2e && bytes[end + 1] === 0x65 && bytes[end + 2] === 0x79 && bytes[end + 3] === 0x4a) return true;
    if (start - 1 <= this.start || bytes[start - 1] !== 0x2e || !isBase64Character(bytes[start - 2])) return false;
    let header = start - 2;
    while (header > this.start && isBase64Character(bytes[header - 1])) header -= 1;
    return bytes[header] === 0x65 && bytes[header + 1] === 0x79 && bytes[header + 2] === 0x4a;
  }

  /** Whether the message itself has this run, with the same ends: it was decoded from there. */
  private standsInRaw(parent: Layer, start: number, end: number): boolean {
    const source = parent.toSource(start, end);
    if (source.end - source.start !== end - start) return false;
    if (source.start > this.rawStart && isBase64Character(this.raw[source.start - 1])) return false;
    return source.end >= this.rawEnd || !isBase64Character(this.raw[source.end]);
  }
}

function createLayerSet(): LayerSet {
  return { json: new Layer(), percent: new Layer(), html: new Layer(), quotedPrintable: new Layer(), base64: new Layer(), hex: new Layer() };
}

function visitAll(layers: LayerSet, visit: VisitLayer, depth: 1 | 2): void {
  if (layers.json.length > 0) visit(layers.json, depth);
  if (layers.percent.length > 0) visit(layers.percent, depth);
  if (layers.html.length > 0) visit(layers.html, depth);
  if (layers.quotedPrintable.length > 0) visit(layers.quotedPrintable, depth);
  if (layers.base64.length > 0) visit(layers.base64, depth);
  if (layers.hex.length > 0) visit(layers.hex, depth);
}

/** FNV-1a over the text, mixed with its length. */
function fingerprint(layer: Layer): number {
  const { bytes, length } = layer;
  let hash = 0x811c9dc5 ^ length;
  for (let at = 0; at < length; at++) hash = Math.imul(hash ^ bytes[at], 0x01000193);
  return hash | 0;
}
