import { applyRedaction, inspectMessage, type Inspection, type MessageToInspect, type Ruleset } from '@arqonbus/casil';
import type { Output } from '../output/output.js';
import { readLines, type InputLine } from './read-lines.js';
import { readTextRecord } from './text-record.js';

export interface LineOptions {
  readonly ruleset: Ruleset;
  readonly showsRedacted: boolean;
  readonly showsTiming: boolean;
}

/** What an input turned out to be. */
export interface InputVerdict {
  /** Something was found, or does not pass. */
  readonly hasFindings: boolean;
  /** Something was not readable. */
  readonly hasBadInput: boolean;
}

/** Longest line. */
export const maxLineBytes = 8_388_608;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Inspects lines of `{"id", "text"}` and writes one line for each, in order; a line that is none gets an error and the rest go on. */
export async function inspectLines(input: AsyncIterable<Uint8Array>, output: Output, options: LineOptions): Promise<InputVerdict> {
  let hasFindings = false;
  let hasBadInput = false;
  for await (const lines of readLines(input, maxLineBytes)) {
    const answers: string[] = [];
    for (const line of lines) {
      const answer = answerTo(line, options);
      hasFindings ||= answer.isFinding;
      hasBadInput ||= answer.isBad;
      answers.push(JSON.stringify(answer.json));
    }
    await output.write(answers.join('\n'));
  }
  return { hasFindings, hasBadInput };
}

interface Answer {
  readonly json: object;
  readonly isFinding: boolean;
  readonly isBad: boolean;
}

function answerTo({ number, bytes }: InputLine, { ruleset, showsRedacted, showsTiming }: LineOptions): Answer {
  const record = bytes === undefined ? { error: `is longer than ${String(maxLineBytes)} bytes` } : readTextRecord(bytes);
  if ('error' in record) return { json: { line: number, error: record.error }, isFinding: false, isBad: true };
  const message: MessageToInspect = { type: record.type, payload: encoder.encode(record.text), room: '', channel: '' };
  const startMs = performance.now();
  const inspection = inspectMessage(message, ruleset);
  const elapsedMs = performance.now() - startMs;
  const json = {
    id: record.id ?? number,
    ...inspectionJson(inspection),
    ...(showsRedacted ? { redacted: redactedText(message, inspection, ruleset) } : {}),
    ...(showsTiming ? { elapsed_us: Math.round(elapsedMs * 1_000) } : {}),
  };
  return { json, isFinding: !isClean(inspection), isBad: false };
}

export function isClean({ decision, findings }: Inspection): boolean {
  return decision === 'allow' && findings.length === 0;
}

function inspectionJson({ decision, reasonCode, flags, findings }: Inspection): object {
  return { decision, reason_code: reasonCode, flags, findings: findings.map(({ detector, start, end }) => ({ detector, start, end })) };
}

/** Null when redaction cannot promise that nothing is left: what was not looked at might hold something. */
function redactedText(message: MessageToInspect, inspection: Inspection, ruleset: Ruleset): string | null {
  if (inspection.flags.includes('not_fully_inspected')) return null;
  const { payload, isClean: isRedactedClean } = applyRedaction(message, inspection, ruleset);
  return isRedactedClean ? decoder.decode(payload) : null;
}
