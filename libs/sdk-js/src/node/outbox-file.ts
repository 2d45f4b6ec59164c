import { constants } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ArqonError } from '@arqonbus/errors';
import type { OutboxContents } from '../continuum/outbox-contents.js';
import { applyLine, bytesOfContents, headerLine, linesOfContents } from './outbox-records.js';

const lineFeed = 0x0a;
const readBytes = 1_048_576;
/** What is longer than this without an end of line was not written by this. */
const maxLineBytes = 1_048_576;
/** What is no longer needed is kept up to this, and up to as much as is needed. */
const slackBytes = 1_048_576;
const writeBytes = 1_048_576;

/** The file of an outbox: lines are appended, and from time to time what is still needed is written anew. One caller at a time. */
export class OutboxFile {
  /** Set once what was written in part could not be taken back. */
  private broken: ArqonError | undefined;
  /** Not compacted below this size: a compaction failed. */
  private compactAboveBytes = 0;

  private constructor(private readonly path: string, private handle: FileHandle, private sizeBytes: number, private readonly isSynced: boolean) {}

  /**
   * Opens a file, or makes one with mode 0600, and reads it into `contents`. A torn last line is cut off: its writer was never told that it is
   * kept. Rejects with ArqonError STORE_UNAVAILABLE for a file that is no outbox or is damaged before its end.
   */
  static async open(path: string, contents: OutboxContents, isSynced: boolean): Promise<OutboxFile> {
    // What an interrupted compaction left.
    await rm(draftOf(path), { force: true });
    const handle = await open(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
    try {
      const wholeBytes = await readLines(handle, path, contents);
      await handle.truncate(wholeBytes);
      const file = new OutboxFile(path, handle, wholeBytes, isSynced);
      if (wholeBytes === 0) {
        await file.append(headerLine);
        if (isSynced) await syncFolder(path);
      }
      return file;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Appends whole lines. Where that fails nothing is kept of them. */
  async append(lines: string): Promise<void> {
    if (this.broken !== undefined) throw this.broken;
    const bytes = Buffer.from(lines);
    try {
      await this.handle.appendFile(bytes);
      if (this.isSynced) await this.handle.datasync();
      this.sizeBytes += bytes.length;
    } catch (error) {
      await this.takeBack();
      throw error;
    }
  }

  /** Writes what is still needed into a new file in the place of this one, when more than that is in it. Where that fails, this one stays. */
  async compact(contents: OutboxContents): Promise<void> {
    const worthBytes = Math.max(2 * bytesOfContents(contents) + slackBytes, this.compactAboveBytes);
    if (this.broken !== undefined || this.sizeBytes <= worthBytes) return;
    try {
      await this.replace(contents);
      this.compactAboveBytes = 0;
    } catch {
      // Tried again much later: what is kept is in the old file or in the new one, and a full disk is told by `append`.
      this.compactAboveBytes = this.sizeBytes * 2;
    }
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  private async replace(contents: OutboxContents): Promise<void> {
    const draft = await open(draftOf(this.path), 'ax', 0o600);
    let sizeBytes: number;
    try {
      sizeBytes = await writeContents(draft, contents);
      // Before the name moves, so that a power cut leaves one of both files whole.
      await draft.datasync();
      await rename(draftOf(this.path), this.path);
    } catch (error) {
      await draft.close();
      await rm(draftOf(this.path), { force: true });
      throw error;
    }
    const before = this.handle;
    this.handle = draft;
    this.sizeBytes = sizeBytes;
    await before.close();
    await syncFolder(this.path);
  }

  private async takeBack(): Promise<void> {
    try {
      await this.handle.truncate(this.sizeBytes);
    } catch (error) {
      this.broken = new ArqonError('STORE_UNAVAILABLE', { message: `${this.path} could not be taken back to its last whole line; open it anew.`, cause: error });
    }
  }
}

function draftOf(path: string): string {
  return `${path}.next`;
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Writes all that is needed; returns how much that is. */
async function writeContents(handle: FileHandle, contents: OutboxContents): Promise<number> {
  let sizeBytes = 0;
  let text = '';
  const write = async (): Promise<void> => {
    const bytes = Buffer.from(text);
    text = '';
    await handle.appendFile(bytes);
    sizeBytes += bytes.length;
  };
  for (const line of linesOfContents(contents)) {
    text += line;
    if (text.length >= writeBytes) await write();
  }
  await write();
  return sizeBytes;
}

/** Applies all whole lines; returns where the last one ends. */
async function readLines(handle: FileHandle, path: string, contents: OutboxContents): Promise<number> {
  const chunk = Buffer.alloc(readBytes);
  let rest = Buffer.alloc(0);
  let wholeBytes = 0;
  for (let position = 0; ;) {
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) {
      // A first line that its writer could not finish, or a file of something else.
      if (wholeBytes === 0 && !headerLine.startsWith(rest.toString('latin1'))) throw damaged(path, 0);
      return wholeBytes;
    }
    position += bytesRead;
    const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    let start = 0;
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
      readLine(bytes.toString('latin1', start, end), { path, contents, at: wholeBytes });
      wholeBytes += end + 1 - start;
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > maxLineBytes) throw damaged(path, wholeBytes);
  }
}

function readLine(text: string, { path, contents, at }: { path: string; contents: OutboxContents; at: number }): void {
  const isRead = at === 0 ? `${text}\n` === headerLine : applyLine(text, contents);
  if (!isRead) throw damaged(path, at);
}

function damaged(path: string, at: number): ArqonError {
  return new ArqonError('STORE_UNAVAILABLE', { message: `${path} is no outbox, or is damaged at byte ${String(at)}; nothing of it was changed.` });
}
