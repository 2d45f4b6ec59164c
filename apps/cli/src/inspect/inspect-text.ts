import { inspectMessage, type Inspection } from '@arqonbus/casil';
import { CliError } from '../cli-error.js';
import type { Output } from '../output/output.js';
import { FoundRanges, type FoundRange } from './found-ranges.js';
import { isClean, type InputVerdict, type LineOptions } from './inspect-lines.js';
import { RedactedText } from './redacted-text.js';
import { TextPosition } from './text-position.js';
import { defaultType } from './text-record.js';
import { textWindows, type TextWindow } from './text-windows.js';

export interface TextOptions extends LineOptions {
  /** The file as given, or `-`. */
  readonly name: string;
}

/** Most bytes of a text whose redacted form is part of an object. */
export const maxRedactedJsonBytes = 8_388_608;

/** Inspects one text of any length in bounded memory, and tells where in it things were found. */
export async function inspectText(input: AsyncIterable<Uint8Array>, output: Output, options: TextOptions): Promise<InputVerdict> {
  const report = new TextReport(output, options);
  for await (const window of textWindows(input, options.ruleset.config.limits.maxInspectBytes)) await report.take(window);
  return report.finish();
}

interface TextFinding extends FoundRange {
  readonly decision: Inspection['decision'];
}

const strictness: Readonly<Record<Inspection['decision'], number>> = { allow: 0, allow_with_redaction: 1, block: 2 };

class TextReport {
  private readonly found = new FoundRanges<TextFinding>();
  private readonly position = new TextPosition();
  private readonly redacted: RedactedText | undefined;
  private readonly flags = new Set<string>();
  /** For one object; people are told at once. */
  private readonly findings: object[] = [];
  private readonly redactedPieces: Uint8Array[] = [];
  private before: TextWindow | undefined;
  private worst: Pick<Inspection, 'decision' | 'reasonCode'> = { decision: 'allow', reasonCode: '' };
  private findingCount = 0;
  private hasFindings = false;
  private elapsedMs = 0;

  constructor(private readonly output: Output, private readonly options: TextOptions) {
    this.redacted = options.showsRedacted ? new RedactedText(options.ruleset) : undefined;
  }

  async take(window: TextWindow): Promise<void> {
    const startMs = performance.now();
    const inspection = inspectMessage({ type: defaultType, payload: window.bytes, room: '', channel: '' }, this.options.ruleset);
    this.elapsedMs += performance.now() - startMs;
    this.note(inspection);
    const { offset, ownFrom, ownTo } = window;
    const ranges = inspection.findings.map(({ detector, start, end }) => ({ label: detector, start: start + offset, end: end + offset, decision: inspection.decision }));
    await this.tell(this.found.push({ ownFrom, ownTo, ranges }));
    await this.write(this.redacted?.push(window, inspection));
    this.before = window;
  }

  async finish(): Promise<InputVerdict> {
    await this.tell(this.found.end());
    await this.write(this.redacted?.end());
    const { output, options: { name, showsRedacted, showsTiming } } = this;
    const { decision, reasonCode } = this.worst;
    const flags = [...this.flags].sort();
    if (output.isJson) {
      const redacted = showsRedacted ? { redacted: Buffer.concat(this.redactedPieces).toString() } : {};
      const timing = showsTiming ? { elapsed_us: Math.round(this.elapsedMs * 1_000) } : {};
      await output.write(JSON.stringify({ id: name, decision, reason_code: reasonCode, flags, findings: this.findings, ...redacted, ...timing }));
    } else {
      const count = `${String(this.findingCount)} finding${this.findingCount === 1 ? '' : 's'}`;
      output.relay(`arqon: ${name}: ${count}, ${decision}${reasonCode === '' ? '' : ` (${reasonCode})`}${flags.length === 0 ? '' : `, ${flags.join(', ')}`}`);
    }
    return { hasFindings: this.hasFindings, hasBadInput: false };
  }

  private note(inspection: Inspection): void {
    const { decision, reasonCode, flags } = inspection;
    for (const flag of flags) this.flags.add(flag);
    if (strictness[decision] > strictness[this.worst.decision] || (this.worst.reasonCode === '' && decision === this.worst.decision)) this.worst = { decision, reasonCode };
    this.hasFindings ||= !isClean(inspection);
  }

  /** Findings of the window before; they begin in it. */
  private async tell(findings: readonly TextFinding[]): Promise<void> {
    const { before, output, options: { name, showsRedacted } } = this;
    if (before === undefined) return;
    this.findingCount += findings.length;
    if (output.isJson) {
      for (const { label, start, end } of findings) this.findings.push({ detector: label, start, end });
      return;
    }
    const lines = findings.map(({ label, start, decision }) => {
      const { line, column } = this.position.moveTo(start, before.bytes, before.offset);
      return `${name}:${String(line)}:${String(column)} ${label} ${decision}`;
    });
    this.position.moveTo(before.ownTo, before.bytes, before.offset);
    if (lines.length === 0) return;
    // Standard output is the redacted text's.
    if (showsRedacted) output.relay(lines.join('\n'));
    else await output.write(lines.join('\n'));
  }

  private async write(piece: Uint8Array | undefined): Promise<void> {
    if (piece === undefined || piece.length === 0) return;
    if (!this.output.isJson) {
      await this.output.writeBytes(piece);
      return;
    }
    this.redactedPieces.push(piece);
    const size = this.redactedPieces.reduce((sum, { length }) => sum + length, 0);
    if (size > maxRedactedJsonBytes) {
      throw new CliError('usage', 'INPUT_TOO_LARGE', `--redact with --json takes texts up to ${String(maxRedactedJsonBytes)} bytes`, { next: 'Without --json the redacted text is written as it comes.' });
    }
  }
}
