import type { Logger } from '@arqonbus/telemetry';
import { describe, expect, it } from 'vitest';
import { AuthFailureLog } from './auth-failure-log.js';

describe('AuthFailureLog', () => {
  it('writes at most ten warnings a second and counts the rest into the next line (F22)', () => {
    const lines: object[] = [];
    const ignore = (): void => undefined;
    const logger: Logger = { debug: ignore, info: ignore, error: ignore, critical: ignore, warn: (fields) => lines.push(fields), child: () => logger, droppedCount: 0 };
    const clock = { nowMs: 5 };
    const log = new AuthFailureLog(logger, () => clock.nowMs);
    for (let count = 0; count < 25; count += 1) log.report({ reason: 'invalid', detail: 'expired', remoteAddress: '1.2.3.4' });
    expect(lines).toHaveLength(10);
    clock.nowMs = 1_006;
    log.report({ reason: 'invalid', detail: 'expired', remoteAddress: '1.2.3.4' });
    expect(lines).toHaveLength(11);
    expect(lines[10]).toEqual({ reason: 'invalid', detail: 'expired', remote_address: '1.2.3.4', suppressed_count: 15 });
  });
});
