import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

import { isArqonError } from '@arqonbus/errors';

import { AdminRefusal, type AdminResponse } from './admin-routes.js';
import type { AuditLog } from './audit-log.js';

const MIN_KEY_CHARS = 16;
/** Refusals recorded singly per window; further ones are counted, so that guessing cannot fill the disk. */
const MAX_REFUSALS_PER_WINDOW = 60;
const WINDOW_MS = 60_000;

/** Guards control routes: key first, audit record second, action last. */
export interface ControlGate {
  /**
   * @throws AdminRefusal 401 when the key is missing or wrong, which is recorded as refused; 429 past 60 of
   *   these in a minute, which the next record counts.
   */
  admit(request: IncomingMessage, action: string): Promise<void>;
  /** Records the action as done, then carries it out; a failure is recorded behind it. @throws what the action throws, or `AUDIT_UNAVAILABLE`. */
  carryOut(request: IncomingMessage, action: string, run: () => Promise<AdminResponse>): Promise<AdminResponse>;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/**
 * Creates the gate. Keys are compared by their digests in constant time, so neither content nor length shows.
 * @throws TypeError when the key has fewer than 16 characters.
 */
export function createControlGate(options: { readonly operatorKey: string; readonly audit: AuditLog }): ControlGate {
  if (options.operatorKey.length < MIN_KEY_CHARS) throw new TypeError(`The operator key must have at least ${MIN_KEY_CHARS} characters.`);
  const { audit } = options;
  const expected = digest(options.operatorKey);
  const remoteOf = (request: IncomingMessage): { remote_address: string } => ({ remote_address: request.socket.remoteAddress ?? 'unknown' });
  let windowEndsMs = 0;
  let refusalCount = 0;
  let unrecordedCount = 0;
  const takeUnrecorded = (): { unrecorded_refusals?: number } => {
    const taken = unrecordedCount;
    unrecordedCount = 0;
    return taken === 0 ? {} : { unrecorded_refusals: taken };
  };
  const countRefusal = (): void => {
    const nowMs = performance.now();
    if (nowMs >= windowEndsMs) {
      windowEndsMs = nowMs + WINDOW_MS;
      refusalCount = 0;
    }
    refusalCount += 1;
    if (refusalCount <= MAX_REFUSALS_PER_WINDOW) return;
    unrecordedCount += 1;
    throw new AdminRefusal(429, 'RATE_LIMITED', 'Too many refused requests.', { 'retry-after': '60' });
  };
  return {
    admit: async (request, action) => {
      const [, given = ''] = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '') ?? [];
      if (timingSafeEqual(digest(given), expected)) return;
      countRefusal();
      const detail = { ...remoteOf(request), ...takeUnrecorded() };
      await audit.append({ action, actor: 'anonymous', outcome: 'refused', code: 'UNAUTHENTICATED', detail });
      throw new AdminRefusal(401, 'UNAUTHENTICATED', 'This route needs the operator key.', { 'www-authenticate': 'Bearer' });
    },
    carryOut: async (request, action, run) => {
      await audit.append({ action, actor: 'operator', outcome: 'done', detail: { ...remoteOf(request), ...takeUnrecorded() } });
      try {
        return await run();
      } catch (error) {
        await audit.append({ action, actor: 'operator', outcome: 'failed', code: isArqonError(error) ? error.code : 'INTERNAL', detail: remoteOf(request) });
        throw error;
      }
    },
  };
}
