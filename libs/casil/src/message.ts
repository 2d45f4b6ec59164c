/** One header of a message, as ranges in `HeaderSet.bytes`. */
export interface HeaderRange {
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** Headers and what else of an envelope is text; a name may be empty. */
export interface HeaderSet {
  readonly bytes: Uint8Array;
  readonly ranges: readonly HeaderRange[];
}

/** What is inspected: one event and where it goes. */
export interface MessageToInspect {
  /** Event.type: a full Protobuf message name, or a media type; may be empty. */
  readonly type: string;
  readonly payload: Uint8Array;
  readonly headers?: HeaderSet | undefined;
  /** Empty for an inbox. */
  readonly room: string;
  readonly channel: string;
  /** Client id, when the message goes to an inbox. */
  readonly inbox?: string | undefined;
}

/** Headers of a message that is not an envelope: for tests and tools. */
export function headerSetOf(headers: Readonly<Record<string, string>>): HeaderSet {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  const ranges: HeaderRange[] = [];
  let at = 0;
  for (const [name, value] of Object.entries(headers)) {
    const [nameBytes, valueBytes] = [encoder.encode(name), encoder.encode(value)];
    parts.push(nameBytes, valueBytes);
    const nameEnd = at + nameBytes.length;
    ranges.push({ nameStart: at, nameEnd, valueStart: nameEnd, valueEnd: nameEnd + valueBytes.length });
    at = nameEnd + valueBytes.length;
  }
  const bytes = new Uint8Array(at);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return { bytes, ranges };
}
