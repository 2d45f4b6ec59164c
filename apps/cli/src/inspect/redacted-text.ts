import { applyRedaction, inspectMessage, type Inspection, type Ruleset } from '@arqonbus/casil';
import { FoundRanges, type FoundRange } from './found-ranges.js';
import { defaultType } from './text-record.js';
import type { TextWindow } from './text-windows.js';

const encoder = new TextEncoder();

/** Writes a text anew, window by window, with everything that redaction replaces replaced. */
export class RedactedText {
  private readonly spans = new FoundRanges<FoundRange>();
  private before: TextWindow | undefined;
  /** Up to where the text is written. */
  private at = 0;

  constructor(private readonly ruleset: Ruleset) {}

  /** The part of the text that is complete now. */
  push(window: TextWindow, inspection: Inspection): Uint8Array {
    const { offset, ownFrom, ownTo } = window;
    // What was not looked at is not passed on: a part of it might be what the rest of it was found to be.
    const hidden = inspection.flags.includes('not_fully_inspected') ? [{ label: 'not_fully_inspected', start: ownFrom, end: ownTo }] : [];
    const found = inspection.spans.map(({ label, start, end }) => ({ label, start: start + offset, end: end + offset }));
    const piece = this.rewrite(this.spans.push({ ownFrom, ownTo, ranges: [...hidden, ...found] }), window);
    this.before = window;
    return piece;
  }

  /** The rest. */
  end(): Uint8Array {
    return this.rewrite(this.spans.end(), undefined);
  }

  private rewrite(spans: readonly FoundRange[], next: TextWindow | undefined): Uint8Array {
    const { before } = this;
    if (before === undefined) return new Uint8Array(0);
    const pieces: Uint8Array[] = [];
    for (const { label, start, end } of spans) {
      if (end <= this.at) continue;
      if (start >= this.at) pieces.push(slice(before, this.at, start), encoder.encode(`[REDACTED:${label}]`));
      this.at = end;
    }
    const until = next === undefined ? before.offset + before.bytes.length : before.ownTo;
    if (this.at < until) {
      pieces.push(slice(before, this.at, until));
      this.at = until;
    }
    return this.cleaned(Buffer.concat(pieces));
  }

  /** Redaction can join what stood apart: the result is looked at again. */
  private cleaned(piece: Uint8Array): Uint8Array {
    const message = { type: defaultType, payload: piece, room: '', channel: '' };
    const inspection = inspectMessage(message, this.ruleset);
    if (inspection.spans.length === 0) return piece;
    const { payload, isClean } = applyRedaction(message, inspection, this.ruleset);
    return isClean ? payload : encoder.encode('[REDACTED:not_fully_inspected]');
  }
}

function slice({ bytes, offset }: TextWindow, start: number, end: number): Uint8Array {
  return bytes.subarray(start - offset, end - offset);
}
