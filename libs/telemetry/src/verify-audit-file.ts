import { createReadStream } from 'node:fs';

import { checkLine, genesisHash, type ChainEnd } from './audit-record.js';

const LINE_FEED = 0x0a;
/** Longer than any line that is written: a bound on what a damaged file can make the reader hold. */
const MAX_LINE_BYTES = 4_194_304;

/** Result of verifyAuditFile(). */
export interface AuditVerification {
  readonly ok: boolean;
  /** Lines that verified before the first bad one. */
  readonly entries: number;
  /** Number of the first line that does not verify, counted from 1. */
  readonly firstBadLine?: number;
}

/**
 * Verifies a whole audit file from its first line: each line byte for byte, its hash, its place in the chain,
 * and the closing line feed. A change of any single byte is found.
 * @throws Error of the file system when the file cannot be read.
 */
export async function verifyAuditFile(path: string): Promise<AuditVerification> {
  let end: ChainEnd = { sequence: 0, hash: genesisHash };
  let entries = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path)) {
    const bytes: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    let unread = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    for (let stop = unread.indexOf(LINE_FEED); stop >= 0; stop = unread.indexOf(LINE_FEED)) {
      const next = checkLine(unread.subarray(0, stop), end);
      if (next === undefined) return { ok: false, entries, firstBadLine: entries + 1 };
      end = next;
      entries += 1;
      unread = unread.subarray(stop + 1);
    }
    if (unread.length > MAX_LINE_BYTES) return { ok: false, entries, firstBadLine: entries + 1 };
    rest = unread;
  }
  return rest.length === 0 ? { ok: true, entries } : { ok: false, entries, firstBadLine: entries + 1 };
}
