import { performance } from 'node:perf_hooks';
import { applyRedaction, compileRuleset, defaultCasilConfig, inspectMessage, type CasilConfig, type MessageToInspect, type Ruleset } from '@arqonbus/casil';
import type { Case } from './corpus/case.js';
import type { Verdict } from './judgement.js';

/** All default detectors, enforced: what `arqon inspect` does too. */
export const judgedConfig: CasilConfig = { ...defaultCasilConfig, enabled: true, mode: 'enforce' };

/** Piece of a secret that must not stand in the text after redaction, in characters. */
const leakPieceChars = 12;

const slowMs = 5;
const otherChances = 5;

/** Inspects every case, and redacts those in which something was found. */
export function inspectCases(cases: readonly Case[], ruleset: Ruleset = compileRuleset(judgedConfig)): readonly Verdict[] {
  return cases.map((item) => inspectCase(item, ruleset));
}

function inspectCase(item: Case, ruleset: Ruleset): Verdict {
  const payload = new TextEncoder().encode(item.text);
  const message: MessageToInspect = { type: '', payload, room: 'judge', channel: 'main' };
  let startedAt = performance.now();
  const inspection = inspectMessage(message, ruleset);
  let elapsedMs = performance.now() - startedAt;
  // What else runs on the machine only ever adds: a slow text gets other chances.
  for (let again = 0; again < otherChances && elapsedMs > slowMs; again += 1) {
    startedAt = performance.now();
    inspectMessage(message, ruleset);
    elapsedMs = Math.min(elapsedMs, performance.now() - startedAt);
  }
  const findings = inspection.findings.map(({ detector, start, end }) => ({ detector, start, end }));
  // What is blocked without a finding, say because it was not fully inspected, is an alarm all the same.
  if (findings.length === 0 && inspection.decision !== 'allow') return { item, findings: [{ detector: inspection.reasonCode, start: 0, end: 0 }], elapsedMs };
  if (findings.length === 0) return { item, findings, elapsedMs };
  return { item, findings, elapsedMs, hasLeaked: redactedTypes.some((type) => leaksAs(type, item, payload, ruleset)) };
}

/** Redaction keeps a text well-formed for its type: as a message without a type, whose form is looked up in it, and as plain text. */
const redactedTypes = ['', 'text/plain'];

function leaksAs(type: string, item: Case, payload: Uint8Array, ruleset: Ruleset): boolean {
  const message: MessageToInspect = { type, payload, room: 'judge', channel: 'main' };
  const redacted = applyRedaction(message, inspectMessage(message, ruleset), ruleset);
  // What cannot be redacted in its form is not passed on at all.
  return redacted.isClean && leaks(item, payload, new TextDecoder().decode(redacted.payload));
}

/** Whether a piece of a secret still stands in the text. A piece that is no part of the secret alone (a PEM header line) does not count. */
function leaks(item: Case, payload: Uint8Array, redacted: string): boolean {
  const decoder = new TextDecoder();
  const outside = item.secretRanges.reduceRight((text, { start, end }) => `${text}\n${decoder.decode(payload.subarray(0, start))}\n${decoder.decode(payload.subarray(end))}`, '');
  return item.secretRanges.some(({ start, end }) => {
    const secret = decoder.decode(payload.subarray(start, end));
    const size = Math.min(leakPieceChars, secret.length);
    for (let at = 0; at + size <= secret.length; at += 1) {
      const piece = secret.slice(at, at + size);
      if (redacted.includes(piece) && !outside.includes(piece)) return true;
    }
    return false;
  });
}
