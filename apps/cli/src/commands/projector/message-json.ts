import { toJson, type DescMessage, type MessageShape } from '@bufbuild/protobuf';
import { timestampDate, type Timestamp } from '@bufbuild/protobuf/wkt';

/** The object that `--json` prints for a message: every field, 64-bit numbers and times as text. */
export function messageObject<Schema extends DescMessage>(schema: Schema, message: MessageShape<Schema>): Record<string, unknown> {
  return toJson(schema, message, { alwaysEmitImplicit: true }) as Record<string, unknown>;
}

/** A time for people, in UTC; - where there is none. */
export function timeText(time: Timestamp | undefined): string {
  return time === undefined ? '-' : timestampDate(time).toISOString();
}
