import { writeFile, type FileHandle } from 'node:fs/promises';

import { checkLine, genesisHash, type ChainEnd } from './audit-record.js';

/** How much of the end of a file is verified when it is opened; verifyAuditFile() reads all of it. */
const TAIL_BYTES = 1_048_576;
const LINE_FEED = 0x0a;

/** A torn last line that was moved aside. */
export interface TornLine {
  readonly bytes: number;
  readonly movedTo: string;
}

/** The state from which a file is continued. */
export interface RecoveredFile {
  readonly end: ChainEnd;
  readonly sizeBytes: number;
  readonly torn: TornLine | undefined;
}

async function readFully(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) throw new Error('The audit file became shorter while it was read.');
    filled += bytesRead;
  }
  return bytes;
}

/** Verifies whole lines in order. The first one is unchained unless it opens the file. */
function verifyTail(tail: Buffer, before: ChainEnd | undefined): ChainEnd | undefined {
  let end = before;
  let start = 0;
  for (let stop = tail.indexOf(LINE_FEED); stop >= 0; stop = tail.indexOf(LINE_FEED, start)) {
    const next = checkLine(tail.subarray(start, stop), end);
    if (next === undefined) throw new Error('The last lines of the audit file do not verify; it was changed or damaged.');
    end = next;
    start = stop + 1;
  }
  return end;
}

async function moveTornAside(handle: FileHandle, path: string, torn: Buffer, wholeBytes: number): Promise<TornLine> {
  const movedTo = `${path}.torn-${Date.now()}`;
  await writeFile(movedTo, torn, { mode: 0o600, flag: 'wx' });
  await handle.truncate(wholeBytes);
  return { bytes: torn.length, movedTo };
}

/**
 * Finds the end of the chain in an open file: verifies its last MiB of lines and moves a last line without
 * a line feed to `<path>.torn-<milliseconds>`.
 * @throws Error when a whole line does not verify, or the last line is longer than a MiB.
 */
export async function recoverAuditFile(handle: FileHandle, path: string): Promise<RecoveredFile> {
  const { size } = await handle.stat();
  const from = Math.max(0, size - TAIL_BYTES);
  const bytes = await readFully(handle, from, size - from);
  const lastFeed = bytes.lastIndexOf(LINE_FEED);
  if (lastFeed < 0 && from > 0) throw new Error('The audit file ends in a line longer than any that was written.');
  const whole = bytes.subarray(0, lastFeed + 1);
  const tornBytes = bytes.subarray(lastFeed + 1);
  const genesis = { sequence: 0, hash: genesisHash };
  const tail = from === 0 ? whole : whole.subarray(whole.indexOf(LINE_FEED) + 1);
  const end = verifyTail(tail, from === 0 ? genesis : undefined);
  if (end === undefined) throw new Error('The audit file ends in a line longer than any that was written.');
  const sizeBytes = from + whole.length;
  const torn = tornBytes.length === 0 ? undefined : await moveTornAside(handle, path, tornBytes, sizeBytes);
  return { end, sizeBytes, torn };
}
