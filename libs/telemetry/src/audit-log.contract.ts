import { isArqonError } from '@arqonbus/errors';
import { describe, expect, it } from 'vitest';

import type { AuditEntry, AuditLog } from './audit-log.js';
import { canonicalJson, checkLine, genesisHash, type AuditRecord, type ChainEnd } from './audit-record.js';

/** What an adapter gives its contract suite: a fresh log, and what is stored in it. */
export interface AuditLogUnderTest {
  readonly log: AuditLog;
  records(): Promise<readonly AuditRecord[]>;
}

function entryOf(index: number): AuditEntry {
  return { action: 'admin.drain', actor: 'operator', outcome: 'done', target: `session-${index}` };
}

/** Checks that records continue one another from the first. */
export function expectChain(records: readonly AuditRecord[]): void {
  let end: ChainEnd = { sequence: 0, hash: genesisHash };
  for (const record of records) {
    const next = checkLine(Buffer.from(canonicalJson(record)), end);
    expect(next, `record ${record.sequence} continues the chain`).toBeDefined();
    end = next ?? end;
  }
}

/** The contract of AuditLog; every adapter runs it. */
export function describeAuditLog(adapter: string, create: () => Promise<AuditLogUnderTest>): void {
  describe(`AuditLog of ${adapter}`, () => {
    it('stores entries with sequence, time in microseconds and a chain of hashes', async () => {
      const { log, records } = await create();
      await log.append({ action: 'rooms.delete', actor: 'ann', tenant: 'acme', target: 'plans', outcome: 'refused', code: 'NOT_PERMITTED', detail: { via: 'link' } });
      await log.append(entryOf(2));
      const stored = await records();
      expect(stored[0]).toMatchObject({
        sequence: 1, action: 'rooms.delete', actor: 'ann', tenant: 'acme', target: 'plans', outcome: 'refused', code: 'NOT_PERMITTED', detail: { via: 'link' },
        previous_hash: genesisHash,
      });
      expect(stored[0]?.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      expect(stored).toHaveLength(2);
      expectChain(stored);
      await log.close();
    });

    it('keeps the order of concurrent appends', async () => {
      const { log, records } = await create();
      await Promise.all(Array.from({ length: 500 }, (_, index) => log.append(entryOf(index))));
      const stored = await records();
      expect(stored.map((record) => record.target)).toEqual(Array.from({ length: 500 }, (_, index) => `session-${index}`));
      expectChain(stored);
      const times = stored.map((record) => record.time);
      expect([...times].sort()).toEqual(times);
      await log.close();
    });

    it('replaces secrets before they are stored (M7)', async () => {
      const { log, records } = await create();
      await log.append({ ...entryOf(1), target: 'eyJhbGciOiJ9.eyJzdWIi.canary', detail: { deep: [{ token: 'canary' }] } });
      expect(JSON.stringify(await records())).not.toContain('canary');
      await log.close();
    });

    it('stores the size in place of a detail over 64 KiB', async () => {
      const { log, records } = await create();
      await log.append({ ...entryOf(1), detail: { list: Array.from({ length: 100 }, () => 'x'.repeat(2_000)) } });
      expect((await records())[0]?.detail).toEqual({ cut: true, detail_bytes: expect.any(Number) as unknown });
      await log.close();
    });

    it('refuses appends with AUDIT_UNAVAILABLE once it is closed, and closes twice', async () => {
      const { log } = await create();
      await log.append(entryOf(1));
      await log.close();
      await log.close();
      const error: unknown = await log.append(entryOf(2)).catch((reason: unknown) => reason);
      expect(isArqonError(error) && error.code).toBe('AUDIT_UNAVAILABLE');
    });
  });
}
