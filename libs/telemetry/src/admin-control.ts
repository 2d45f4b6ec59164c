import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

import { isArqonError } from '@arqonbus/errors';

import { AdminRefusal, type AdminResponse } from './admin-routes.js';
import type { AuditLog } from './audit-log.js';

const MIN_KEY_CHARS = 16;

/** Guards control routes: key first, audit record second, action last. */
export interface ControlGate {
  /** @throws AdminRefusal 401 when the key is missing or wrong; that is recorded as refused. */
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
  return {
    admit: async (request, action) => {
      const [, given = ''] = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '') ?? [];
      if (timingSafeEqual(digest(given), expected)) return;
      await audit.append({ action, actor: 'anonymous', outcome: 'refused', code: 'UNAUTHENTICATED', detail: remoteOf(request) });
      throw new AdminRefusal(401, 'UNAUTHENTICATED', 'This route needs the operator key.', { 'www-authenticate': 'Bearer' });
    },
    carryOut: async (request, action, run) => {
      await audit.append({ action, actor: 'operator', outcome: 'done', detail: remoteOf(request) });
      try {
        return await run();
      } catch (error) {
        await audit.append({ action, actor: 'operator', outcome: 'failed', code: isArqonError(error) ? error.code : 'INTERNAL', detail: remoteOf(request) });
        throw error;
      }
    },
  };
}
