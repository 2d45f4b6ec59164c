import { describe, expect, it } from 'vitest';

import { MemoryAuditLog } from './audit-log-memory.js';
import { describeAuditLog } from './audit-log.contract.js';

describeAuditLog('MemoryAuditLog', () => {
  const log = new MemoryAuditLog();
  return Promise.resolve({ log, records: () => Promise.resolve(log.records) });
});

describe('MemoryAuditLog', () => {
  it('keeps the last 10,000 records (G7)', async () => {
    const log = new MemoryAuditLog();
    for (let index = 0; index < 10_005; index += 1) await log.append({ action: 'a', actor: 'b', outcome: 'done' });
    expect(log.records).toHaveLength(10_000);
    expect(log.records[0]?.sequence).toBe(6);
  });
});
