import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ArqonError, isArqonError, type ErrorCode } from '@arqonbus/errors';
import { ClosedError } from '../closed-error.js';
import type { Outbox, OutboxBounds, OutboxEvent, RefusedEvent } from '../continuum/outbox.js';
import { OutboxContents } from '../continuum/outbox-contents.js';
import { OutboxFile } from './outbox-file.js';
import { lockOutbox, type OutboxLock } from './outbox-lock.js';
import { putLine, readmitLines, refuseLine, removeLines } from './outbox-records.js';

/** Options of `fileOutbox`. */
export interface FileOutboxOptions extends OutboxBounds {
  /** True: an event is kept once the disk has it, so that it survives a power cut. Default false: it survives kill -9. */
  readonly fsync?: boolean | undefined;
}

interface Change {
  readonly lines: string;
  /** Done to the contents once the lines are written. */
  readonly apply: () => void;
  readonly written: () => void;
  readonly failed: (error: unknown) => void;
}

/** An outbox in a file. Its events are in memory too. Changes that come while one is being written share the next write. */
class FileOutbox implements Outbox {
  private changes: Change[] = [];
  private writing: Promise<void> | undefined;
  private closing: Promise<void> | undefined;
  /** Events that are not written yet. */
  private readonly appends = new Map<string, Promise<void>>();

  constructor(private readonly file: OutboxFile, private readonly contents: OutboxContents, private readonly lock: OutboxLock) {}

  async append(event: OutboxEvent): Promise<void> {
    this.requireOpen();
    if (this.contents.isPending(event.id)) return;
    if (this.contents.isRefused(event.id)) {
      await this.readmit([event.id]);
      return;
    }
    await (this.appends.get(event.id) ?? this.put(event));
  }

  async pending(maxCount: number): Promise<readonly OutboxEvent[]> {
    this.requireOpen();
    return this.contents.oldest(maxCount);
  }

  async remove(ids: readonly string[]): Promise<void> {
    this.requireOpen();
    if (ids.length === 0) return;
    await this.change(removeLines(ids), () => {
      for (const id of ids) this.contents.remove(id);
    });
  }

  async refuse(id: string, code: ErrorCode): Promise<readonly RefusedEvent[]> {
    this.requireOpen();
    await this.change(refuseLine(id, code), () => this.contents.refuse(id, code));
    const fallen = this.contents.excessRefused();
    await this.remove(fallen.map((event) => event.id));
    return fallen;
  }

  async refused(): Promise<readonly RefusedEvent[]> {
    this.requireOpen();
    return this.contents.allRefused();
  }

  async readmit(ids: readonly string[]): Promise<void> {
    this.requireOpen();
    if (ids.length === 0) return;
    await this.change(readmitLines(ids), () => {
      for (const id of ids) this.contents.readmit(id);
    });
  }

  close(): Promise<void> {
    this.closing ??= this.release();
    return this.closing;
  }

  private async put(event: OutboxEvent): Promise<void> {
    const line = putLine(event);
    this.contents.reserve(event);
    const written = this.change(line, () => this.contents.put(event));
    this.appends.set(event.id, written);
    try {
      await written;
    } catch (error) {
      this.contents.release(event.id);
      throw error;
    } finally {
      this.appends.delete(event.id);
    }
  }

  private change(lines: string, apply: () => void): Promise<void> {
    return new Promise((written, failed) => {
      this.changes.push({ lines, apply, written, failed });
      this.writing ??= this.write();
    });
  }

  private async write(): Promise<void> {
    // The end of the turn, so that what comes in one go shares the first write.
    await Promise.resolve();
    while (this.changes.length > 0) {
      const group = this.changes;
      this.changes = [];
      const error = await this.writeGroup(group);
      for (const { written, failed } of group) {
        if (error === undefined) written();
        else failed(error);
      }
    }
    this.writing = undefined;
  }

  private async writeGroup(group: readonly Change[]): Promise<ArqonError | undefined> {
    try {
      await this.file.append(group.map(({ lines }) => lines).join(''));
    } catch (error) {
      return unavailable('The outbox could not be written', error);
    }
    for (const { apply } of group) apply();
    await this.file.compact(this.contents);
    return undefined;
  }

  private async release(): Promise<void> {
    await this.writing;
    await this.file.close();
    await this.lock.release();
  }

  private requireOpen(): void {
    if (this.closing !== undefined) throw new ClosedError('The outbox is closed.');
  }
}

function unavailable(what: string, error: unknown): ArqonError {
  if (isArqonError(error)) return error;
  return new ArqonError('STORE_UNAVAILABLE', { message: `${what}: ${error instanceof Error ? error.message : String(error)}`, cause: error });
}

/**
 * Opens an outbox in a file, which one process has at a time; `<path>.lock` stands beside it meanwhile. What an earlier process kept there is sent
 * first. Rejects with ArqonError STORE_UNAVAILABLE where another process has it, or where it is damaged, and INVALID_ARGUMENT for a wrong bound.
 */
export async function fileOutbox(path: string, options: FileOutboxOptions = {}): Promise<Outbox> {
  const file = resolve(path);
  const contents = new OutboxContents(options);
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const lock = await lockOutbox(`${file}.lock`);
    try {
      return new FileOutbox(await OutboxFile.open(file, contents, options.fsync ?? false), contents, lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  } catch (error) {
    throw unavailable(`The outbox ${file} cannot be opened`, error);
  }
}
