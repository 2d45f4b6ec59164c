import { riskOrder, type RiskLevel } from './casil-config.js';
import { contentKindOf, type ContentKind } from './content/content-kind.js';
import { findHeaderFields } from './content/find-header-fields.js';
import { findJsonFields } from './content/find-json-fields.js';
import { findProtobufFields } from './content/find-protobuf-fields.js';
import { readHeaders } from './content/read-headers.js';
import { readProtobufFields } from './content/read-protobuf-fields.js';

import { findEntropyBombs } from './detectors/entropy-bomb.js';
import { findHiddenText } from './detectors/prompt-injection.js';
import { cleanClassification, type Classification, type Kind, type Span } from './inspection.js';
import type { VisitLayer } from './layers/decode-layers.js';
import type { Layer } from './layers/layer.js';
import type { MessageToInspect } from './message.js';
import type { Ruleset } from './ruleset.js';
import { withoutOverlaps, type Finding } from './scan/finding.js';
import type { ScanText } from './scan/scan-text.js';

/**
 * Steps that all detectors may take over one message, decoded copies included: what a hostile message can cost beyond the passes over its
 * bytes. 64 KiB of ordinary text take about ten thousand, of source code dense with names of secrets seventy thousand.
 */
export const maxStepsPerMessage = 140_000;

/**
 * Finds out what a message holds: reads at most `limits.max_inspect_bytes` of headers and payload, as they are and once decoded (E5, E10).
 * Deterministic, no I/O, bounded work. Raises whatever a detector raises; `inspectMessage` turns that into the default decision.
 */
export function classifyMessage(message: MessageToInspect, ruleset: Ruleset): Classification {
  const { payload, headers } = message;
  const { limits } = ruleset.config;
  const headersBytes = headers === undefined ? 0 : headersSize(headers.ranges);
  const isOversize = payload.length + headersBytes > limits.maxInspectBytes;
  if (isOversize && limits.oversize === 'allow') return { ...cleanClassification, kind: 'oversize', riskLevel: 'low', isOversize: true, isComplete: false };
  const { workspace } = ruleset;
  const { text, collector } = workspace;
  collector.reset();
  text.stepsLeft = maxStepsPerMessage;
  let leftBytes = limits.maxInspectBytes;
  if (headers !== undefined && headersBytes > 0) {
    scanHeaders(message, ruleset, leftBytes);
    leftBytes = Math.max(0, leftBytes - headersBytes);
  }
  const inspectedBytes = Math.min(payload.length, leftBytes);
  const kind = contentKindOf(message.type, payload, ruleset.descriptors);
  const layersWereWhole = scanPayload(message, kind, inspectedBytes, ruleset);
  const fieldSpans = ruleset.fieldPaths === undefined ? noSpans : findFieldSpans(message, kind, ruleset);
  workspace.stepsTaken += maxStepsPerMessage - text.stepsLeft;
  const isComplete = !isOversize && layersWereWhole && text.stepsLeft >= 0 && !collector.hasTooMany;
  if (collector.findings.length === 0 && isComplete && fieldSpans.length === 0) return cleanClassification;
  return classificationOf(collector.findings, { ruleset, isOversize, isComplete, fieldSpans });
}

const noSpans: readonly Span[] = Object.freeze([]);

function headersSize(ranges: readonly { readonly nameStart: number; readonly nameEnd: number; readonly valueStart: number; readonly valueEnd: number }[]): number {
  return ranges.reduce((sum, range) => sum + range.nameEnd - range.nameStart + range.valueEnd - range.valueStart, 0);
}

/** Each header as a line of its own, so that its name speaks for its value. */
function scanHeaders({ headers }: MessageToInspect, ruleset: Ruleset, maxBytes: number): void {
  if (headers === undefined) return;
  const { workspace } = ruleset;
  for (const [index, range] of headers.ranges.entries()) {
    readHeaders({ bytes: headers.bytes, ranges: [range] }, workspace.fields, maxBytes);
    scanLayers(workspace.fields.bytes, workspace.fields.length, index, workspace.fields, false, ruleset);
  }
}

/** False when an encoding held more than may be decoded. */
function scanPayload(message: MessageToInspect, kind: ContentKind, inspectedBytes: number, ruleset: Ruleset): boolean {
  const { payload, type } = message;
  const { workspace, descriptors } = ruleset;
  const isWhole = scanLayers(payload, inspectedBytes, 'payload', undefined, kind === 'form', ruleset);
  if (kind !== 'protobuf') return isWhole;
  const fields = workspace.fields;
  const areFieldsWhole = readProtobufFields(payload, 0, inspectedBytes, descriptors, type, fields);
  return scanLayers(fields.bytes, fields.length, 'payload', fields, false, ruleset) && isWhole && areFieldsWhole;
}

/** Scans a text as it stands and what is encoded in it; `made` maps a text that was made from the part back to it. */
function scanLayers(bytes: Uint8Array, length: number, part: Finding['part'], made: Layer | undefined, isForm: boolean, ruleset: Ruleset): boolean {
  const { workspace } = ruleset;
  const { text, collector, decoder } = workspace;
  collector.at(part, made);
  scanText(text, bytes, length, made === undefined ? 'raw' : made.name, ruleset);
  if (ruleset.looksForEntropyBombs) findEntropyBombs(text, collector);
  if (ruleset.looksForHiddenText) findHiddenText(text, collector);
  workspace.part = part;
  workspace.layerMap.outer = made;
  decoder.forEachLayer(bytes, 0, length, isForm ? formOptions : plainOptions, workspace.visitLayer);
  return !decoder.isIncomplete;
}

/** What stands twice encoded is decoded twice, each time no more than is inspected. */
const maxDecodedBytes = 131_072;
const formOptions = { form: true, maxDecodedBytes };
const plainOptions = { form: false, maxDecodedBytes };

/** Scans each decoded text of the part that is scanned. One per ruleset. */
export function createLayerVisitor(ruleset: Ruleset): VisitLayer {
  const { workspace } = ruleset;
  return (layer) => {
    workspace.layerMap.layer = layer;
    workspace.stepsTaken += layer.length;
    workspace.collector.at(workspace.part, workspace.layerMap);
    scanText(workspace.text, layer.bytes, layer.length, layer.name, ruleset);
  };
}

/** Runs every detector and pattern over `bytes[0, length)`. */
function scanText(text: ScanText, bytes: Uint8Array, length: number, layer: ScanText['layer'], ruleset: Ruleset): void {
  const { collector } = ruleset.workspace;
  text.bytes = bytes;
  text.start = 0;
  text.end = length;
  text.layer = layer;
  ruleset.scanner.scan(text, collector);
  for (const { name, category, finder } of ruleset.finders) {
    finder.find(text, (start, end) => { collector.add(name, category, start, end, 'specific'); });
  }
}

function findFieldSpans(message: MessageToInspect, kind: ContentKind, ruleset: Ruleset): readonly Span[] {
  const { fieldPaths, descriptors } = ruleset;
  if (fieldPaths === undefined) return noSpans;
  const spans: Span[] = [];
  const add = (start: number, end: number): void => { spans.push({ part: 'payload', start, end, label: 'field' }); };
  if (kind === 'json') findJsonFields(message.payload, 0, message.payload.length, fieldPaths, add);
  else if (kind === 'protobuf') findProtobufFields(message.payload, 0, message.payload.length, descriptors, message.type, fieldPaths, add);
  const { headers } = message;
  if (headers !== undefined) {
    findHeaderFields(headers, fieldPaths, (index) => {
      const { valueStart, valueEnd } = headers.ranges[index];
      if (valueEnd > valueStart) spans.push({ part: index, start: valueStart, end: valueEnd, label: 'field' });
    });
  }
  return spans;
}

interface Circumstances {
  readonly ruleset: Ruleset;
  readonly isOversize: boolean;
  readonly isComplete: boolean;
  readonly fieldSpans: readonly Span[];
}

function classificationOf(allFindings: readonly Finding[], { ruleset, isOversize, isComplete, fieldSpans }: Circumstances): Classification {
  let kind: Kind = isOversize ? 'oversize' : 'plain';
  let riskLevel: RiskLevel = isComplete ? 'none' : 'low';
  const findings = withoutOverlaps(allFindings);
  for (const { detector, category, confidence } of findings) {
    const risk = ruleset.riskOf(detector, category, confidence);
    if (riskOrder[risk] <= riskOrder[riskLevel] && kind !== 'plain' && kind !== 'oversize') continue;
    kind = category;
    if (riskOrder[risk] > riskOrder[riskLevel]) riskLevel = risk;
  }
  return { kind, riskLevel, findings, allFindings, fieldSpans, isOversize, isComplete };
}

