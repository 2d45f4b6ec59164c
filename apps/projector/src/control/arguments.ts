import { fromBinary, type DescMessage, type MessageShape } from '@bufbuild/protobuf';
import type { Timestamp } from '@bufbuild/protobuf/wkt';
import { isUuid } from '@arqonbus/continuum';
import { ArqonError } from '@arqonbus/errors';

/** Decodes the arguments of a call. Raises INVALID_ARGUMENT for what does not decode and for fields that this version does not know. */
export function decodeArguments<Schema extends DescMessage>(schema: Schema, args: Uint8Array): MessageShape<Schema> {
  const message = decode(schema, args);
  const unknown = message.$unknown?.[0];
  if (unknown !== undefined) throw new ArqonError('INVALID_ARGUMENT', { field: 'args', message: `${schema.typeName} has no field ${String(unknown.no)} in this version.` });
  return message;
}

function decode<Schema extends DescMessage>(schema: Schema, args: Uint8Array): MessageShape<Schema> {
  try {
    return fromBinary(schema, args);
  } catch (cause) {
    throw new ArqonError('INVALID_ARGUMENT', { field: 'args', message: `The arguments are no ${schema.typeName}.`, cause });
  }
}

/** A UUID in lower case. Raises INVALID_ARGUMENT. */
export function readUuid(text: string, field: string): string {
  if (!isUuid(text)) throw new ArqonError('INVALID_ARGUMENT', { field, message: `${field} is no UUID.` });
  return text.toLowerCase();
}

/** First whole microsecond at or after a time. Raises INVALID_ARGUMENT for none, one that breaks its rules, and one before 1970 or beyond what a number holds exactly. */
export function readTimeUs(time: Timestamp | undefined, field: string): number {
  const us = time === undefined ? Number.NaN : Number(time.seconds) * 1_000_000 + Math.ceil(time.nanos / 1_000);
  const isValid = time !== undefined && time.nanos >= 0 && time.nanos < 1_000_000_000 && us >= 0 && Number.isSafeInteger(us);
  if (!isValid) throw new ArqonError('INVALID_ARGUMENT', { field, message: `${field} is needed, as a time from 1970 on.` });
  return us;
}
