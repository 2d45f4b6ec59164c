import { MemoryAuditLog } from './audit-log-memory.js';
import { describeAuditLog } from './audit-log.contract.js';

describeAuditLog('MemoryAuditLog', () => {
  const log = new MemoryAuditLog();
  return Promise.resolve({ log, records: () => Promise.resolve(log.records) });
});
