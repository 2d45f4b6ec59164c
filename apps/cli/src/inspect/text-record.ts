/** One text to inspect, as a line of JSON gives it. */
export interface TextRecord {
  readonly id: string | number | undefined;
  readonly text: string;
  /** Event.type that the text is taken for. */
  readonly type: string;
}

/** A line that is no record, with the reason for people. */
export interface BadRecord {
  readonly error: string;
}

export const defaultType = 'text/plain';

/** Reads `{"id", "text"}`; other keys but `type` mean nothing. */
export function readTextRecord(line: Uint8Array): TextRecord | BadRecord {
  const value = parse(line);
  if (value === undefined) return { error: line.length === 0 ? 'is empty' : 'is not JSON in UTF-8' };
  if (typeof value.json !== 'object' || value.json === null || Array.isArray(value.json)) return { error: 'is no JSON object' };
  const { id, text, type } = value.json as { readonly id?: unknown; readonly text?: unknown; readonly type?: unknown };
  if (typeof text !== 'string') return { error: text === undefined ? 'text is missing' : 'text is no string' };
  if (type !== undefined && typeof type !== 'string') return { error: 'type is no string' };
  if (id !== undefined && typeof id !== 'string' && typeof id !== 'number') return { error: 'id is neither a string nor a number' };
  // It would come back as another one.
  if (typeof id === 'number' && (!Number.isFinite(id) || (Number.isInteger(id) && !Number.isSafeInteger(id)))) return { error: 'id is a number too large; write it as a string' };
  return { id, text, type: type ?? defaultType };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parse(line: Uint8Array): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(utf8.decode(line)) };
  } catch {
    // Which of both it is helps nobody; the reader's own words would show content.
    return undefined;
  }
}
