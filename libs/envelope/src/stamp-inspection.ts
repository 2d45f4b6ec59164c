import { create, toBinary } from '@bufbuild/protobuf';
import { InspectionSchema } from '@arqonbus/proto';
import { findField } from './wire-field.js';
import { varintSize, writeVarint } from './varint.js';

/** What a stamp tells of content inspection; never content (E24). */
export interface StampInspection {
  readonly kind: string;
  readonly riskLevel: string;
  readonly flags: readonly string[];
  readonly reasonCode: string;
  readonly decision: string;
}

const tagInspection = 0x42;

/** `Stamp.inspection` as a field with its tag: goes behind the entries of `Stamp.after`. For the cold path. */
export function encodeStampInspection(inspection: StampInspection): Uint8Array {
  const content = toBinary(InspectionSchema, create(InspectionSchema, { ...inspection, flags: [...inspection.flags] }));
  const field = new Uint8Array(1 + varintSize(content.length) + content.length);
  field[0] = tagInspection;
  field.set(content, writeVarint(field, 1, content.length));
  return field;
}

/** The entries of `Stamp.after` without the inspection that may stand behind them. */
export function withoutStampInspection(after: Uint8Array): Uint8Array {
  if (after.length === 0) return after;
  const at = findField(after, 0, after.length, tagInspection);
  return at < 0 ? after : after.subarray(0, at);
}
