import { copyEnvelopes, readVarint32, varintSize, writeVarint, type BatchView } from '@arqonbus/envelope';

/** The parts of a run that the Spine writes beside the numbers, as views into the body. */
export interface RunBody {
  /** Batch fields 1 to 4, from encodeRouting. */
  readonly routing: Uint8Array;
  /** Stamp fields 3 and 4, from encodeSender. */
  readonly sender: Uint8Array;
  /** Stamp field 7 entries, may be empty. */
  readonly after: Uint8Array;
  /** Envelope entries with their tags, contiguous. */
  readonly envelopes: Uint8Array;
}

/** Body of a run whose envelopes stand in `source` as `view` says: three lengths and parts, then the envelopes. Copies. */
export function encodeRunBody(routing: Uint8Array, sender: Uint8Array, after: Uint8Array, source: Uint8Array, view: BatchView): Uint8Array {
  const heads = [routing, sender, after];
  const size = heads.reduce((sum, part) => sum + varintSize(part.length) + part.length, view.envelopesBytes);
  const body = new Uint8Array(size);
  let at = 0;
  for (const part of heads) {
    at = writeVarint(body, at, part.length);
    body.set(part, at);
    at += part.length;
  }
  copyEnvelopes(body, at, source, view);
  return body;
}

/** Reads back what encodeRunBody wrote. Raises RangeError on bytes of any other shape, which the store has damaged. */
export function decodeRunBody(body: Uint8Array): RunBody {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (let index = 0; index < 3; index += 1) {
    const length = readVarint32(body, at, body.length);
    if (length < 0) throw new RangeError('a stored run is damaged');
    const start = at + varintSize(length);
    at = start + length;
    if (at > body.length) throw new RangeError('a stored run is damaged');
    parts.push(body.subarray(start, at));
  }
  return { routing: parts[0], sender: parts[1], after: parts[2], envelopes: body.subarray(at) };
}
