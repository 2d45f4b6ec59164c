import { constants } from 'node:fs';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

import { ArqonError } from '@arqonbus/errors';

import { acquireAuditFileLock, type AuditFileLock } from './audit-file-lock.js';
import { recoverAuditFile } from './audit-file-recovery.js';
import type { AuditEntry, AuditLog } from './audit-log.js';
import { canonicalJson, createRecord, type ChainEnd } from './audit-record.js';
import { createMicrosecondClock } from './microsecond-clock.js';

/** Options of openAuditLogFile(). */
export interface AuditLogFileOptions {
  /** File of JSON lines; its folder is made when absent. A lock file `<path>.lock` stands beside it while open. */
  readonly path: string;
  /** True: append() resolves after fdatasync, so the entry survives a power cut. Default false: it survives the process. */
  readonly fsync?: boolean;
}

/** What opening found. */
export interface AuditRecovery {
  /** Last sequence found in the file, 0 when empty. */
  readonly lastSequence: number;
  /** File that a torn last line was moved to. */
  readonly tornLineMovedTo: string | undefined;
}

interface PendingAppend {
  readonly entry: AuditEntry;
  readonly resolve: () => void;
  readonly reject: (error: ArqonError) => void;
}

function unavailable(message: string, cause?: unknown): ArqonError {
  return new ArqonError('AUDIT_UNAVAILABLE', cause === undefined ? { message } : { message, cause });
}

class FileAuditLog implements AuditLog {
  readonly #handle: FileHandle;
  readonly #lock: AuditFileLock;
  readonly #fsync: boolean;
  readonly #nowUs = createMicrosecondClock();
  #end: ChainEnd;
  #sizeBytes: number;
  #pending: PendingAppend[] = [];
  #flushing: Promise<void> | undefined;
  #closed: Promise<void> | undefined;
  #broken: ArqonError | undefined;

  constructor(held: { handle: FileHandle; lock: AuditFileLock; fsync: boolean; end: ChainEnd; sizeBytes: number }) {
    this.#handle = held.handle;
    this.#lock = held.lock;
    this.#fsync = held.fsync;
    this.#end = held.end;
    this.#sizeBytes = held.sizeBytes;
  }

  append(entry: AuditEntry): Promise<void> {
    if (this.#closed !== undefined) return Promise.reject(unavailable('The audit log is closed.'));
    return new Promise((resolve, reject) => {
      this.#pending.push({ entry, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#release();
    return this.#closed;
  }

  /** Writes what one turn brought with one write, then what came meanwhile. */
  async #flush(): Promise<void> {
    // Yields once, so that appends of the same turn share the first write.
    await Promise.resolve();
    while (this.#pending.length > 0) {
      const group = this.#pending;
      this.#pending = [];
      const failure = await this.#writeGroup(group.map(({ entry }) => entry));
      for (const { resolve, reject } of group) {
        if (failure === undefined) resolve();
        else reject(failure);
      }
    }
    this.#flushing = undefined;
  }

  async #writeGroup(entries: readonly AuditEntry[]): Promise<ArqonError | undefined> {
    if (this.#broken !== undefined) return this.#broken;
    try {
      const { text, end } = this.#chain(entries);
      const bytes = Buffer.from(text);
      await this.#handle.appendFile(bytes);
      if (this.#fsync) await this.#handle.datasync();
      this.#end = end;
      this.#sizeBytes += bytes.length;
      return undefined;
    } catch (error) {
      await this.#undoPartialWrite();
      return unavailable('The audit log could not be written.', error);
    }
  }

  #chain(entries: readonly AuditEntry[]): { text: string; end: ChainEnd } {
    let end = this.#end;
    let text = '';
    for (const entry of entries) {
      const record = createRecord(entry, { sequence: end.sequence + 1, timeUs: this.#nowUs(), previousHash: end.hash });
      text += `${canonicalJson(record)}\n`;
      end = record;
    }
    return { text, end: { sequence: end.sequence, hash: end.hash } };
  }

  /** Takes the file back to its last whole line; when even that fails, the log stays refused until it is opened anew. */
  async #undoPartialWrite(): Promise<void> {
    try {
      await this.#handle.truncate(this.#sizeBytes);
    } catch (error) {
      this.#broken = unavailable('The audit log could not be taken back to its last whole line.', error);
    }
  }

  async #release(): Promise<void> {
    await this.#flushing;
    await this.#handle.close();
    await this.#lock.release();
  }
}

async function openOwnFile(path: string): Promise<FileHandle> {
  const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
  const handle = await open(path, flags, 0o600);
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw new Error(`${path} is not a regular file.`);
    if ((stat.mode & 0o177) !== 0) {
      throw new Error(`The mode of ${path} is ${(stat.mode & 0o777).toString(8)}; it must not be wider than 600.`);
    }
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openLocked(options: AuditLogFileOptions, lock: AuditFileLock): Promise<{ log: AuditLog; recovery: AuditRecovery }> {
  const handle = await openOwnFile(options.path);
  try {
    const { end, sizeBytes, torn } = await recoverAuditFile(handle, options.path);
    const log = new FileAuditLog({ handle, lock, fsync: options.fsync ?? false, end, sizeBytes });
    if (torn !== undefined) {
      await log.append({ action: 'audit.repaired', actor: 'system', outcome: 'done', detail: { torn_bytes: torn.bytes, moved_to: torn.movedTo } });
    }
    return { log, recovery: { lastSequence: end.sequence, tornLineMovedTo: torn?.movedTo } };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * Opens the audit log in a file of hash-chained JSON lines, mode 0600, and continues its chain. A torn last line
 * (a write that a crash cut) is moved to a file beside it and that is recorded.
 *
 * The chain shows a changed, inserted or removed line to whoever verifies the file; lines removed from its end
 * show only against a copy of a later `hash` kept elsewhere.
 * @throws ArqonError `AUDIT_UNAVAILABLE` when the file is held by another writer, its mode is wider than 0600, it is
 *   no regular file, or its last lines do not verify.
 */
export async function openAuditLogFile(options: AuditLogFileOptions): Promise<{ log: AuditLog; recovery: AuditRecovery }> {
  try {
    await mkdir(dirname(options.path), { recursive: true, mode: 0o700 });
    const lock = await acquireAuditFileLock(`${options.path}.lock`);
    try {
      return await openLocked(options, lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  } catch (error) {
    throw unavailable(`The audit log cannot be opened: ${error instanceof Error ? error.message : 'unknown failure'}`, error);
  }
}
