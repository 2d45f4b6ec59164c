import { malformedLink, WireCursor } from './wire.js';

/** Wire type 2, length-delimited: what every body of a link message is. */
const LENGTH_DELIMITED = 2;

/**
 * Walks `repeated Message messages = 1` and hands over each element that holds exactly one
 * length-delimited field with a number from 1 to `lastField`: `read(field, cursor)`, where the
 * cursor's window is the field's content, which `read` must consume by moving the position to its end.
 * `element` in the call is the offset at which the element's own bytes start. Raises MALFORMED_FRAME.
 */
export function readLinkMessages(
  bytes: Uint8Array,
  lastField: number,
  read: (field: number, cursor: WireCursor, element: number) => void,
): void {
  const cursor = new WireCursor(bytes, 0, bytes.length);
  while (!cursor.atEnd) {
    if (cursor.tag() !== 0x0a) throw malformedLink('unknown field', 'messages');
    const elementEnd = cursor.lengthEnd();
    const element = cursor.position;
    cursor.end = elementEnd;
    const tag = cursor.tag();
    const field = tag >>> 3;
    if ((tag & 7) !== LENGTH_DELIMITED || field < 1 || field > lastField) throw malformedLink('unknown body', 'body');
    if (cursor.lengthEnd() !== elementEnd) throw malformedLink('a message has exactly one body', 'body');
    read(field, cursor, element);
    cursor.position = elementEnd;
    cursor.end = bytes.length;
  }
}
