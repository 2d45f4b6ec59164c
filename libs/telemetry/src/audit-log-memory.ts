import { ArqonError } from '@arqonbus/errors';

import type { AuditEntry, AuditLog } from './audit-log.js';
import { createRecord, genesisHash, type AuditRecord } from './audit-record.js';
import { createMicrosecondClock } from './microsecond-clock.js';

/** Records that are kept; the oldest go first. */
const MAX_RECORDS = 10_000;

/**
 * The audit log in memory, for tests and for processes that leave nothing behind (amnesia, G12): the same
 * records and the same chain, at most the last 10,000 of them, gone with the process.
 */
export class MemoryAuditLog implements AuditLog {
  readonly #records: AuditRecord[] = [];
  readonly #nowUs = createMicrosecondClock();
  #closed = false;

  /** The kept records, oldest first. */
  get records(): readonly AuditRecord[] {
    return this.#records;
  }

  append(entry: AuditEntry): Promise<void> {
    if (this.#closed) return Promise.reject(new ArqonError('AUDIT_UNAVAILABLE', { message: 'The audit log is closed.' }));
    const last = this.#records.at(-1);
    this.#records.push(
      createRecord(entry, { sequence: (last?.sequence ?? 0) + 1, timeUs: this.#nowUs(), previousHash: last?.hash ?? genesisHash }),
    );
    if (this.#records.length > MAX_RECORDS) this.#records.shift();
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }
}
