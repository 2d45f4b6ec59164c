import { loadSettings } from '@arqonbus/config';
import { MemoryLiveHistory } from '@arqonbus/storage';
import { createLogger, MemoryAuditLog, Readiness } from '@arqonbus/telemetry';
import { compileGrants } from '@arqonbus/tenancy';
import { createBus, type Bus, type BusParts } from '../src/bus.js';
import type { Session, SessionPort } from '../src/routing/index.js';
import { spineSettings } from '../src/settings.js';

const nothing = (): void => undefined;

/** A bus of default settings with memory history and no socket. */
export function createUnitBus(parts: Partial<Pick<BusParts, 'nowMs' | 'spans'>> = {}): Bus {
  const environment = { ARQON_SPINE_LINK_KEY: 'x'.repeat(32), ARQON_SPINE_AUTH_ISSUER: 'i', ARQON_SPINE_AUTH_AUDIENCE: 'a' };
  return createBus({
    settings: loadSettings(spineSettings, { environment }), version: '0', nowMs: Date.now, spans: { start: () => undefined },
    store: new MemoryLiveHistory({ maxBytes: 1 << 26, maxUnacknowledgedRuns: 64, producerIdleMs: 60_000, headroomBytes: 64 }),
    audit: new MemoryAuditLog(), readiness: new Readiness(nothing),
    verifier: { verify: () => Promise.reject(new Error('no token is refreshed here')), keysReachable: () => true, lastKeyError: undefined, close: nothing },
    logger: createLogger({ service: 'spine', nodeId: 'test', version: '0', level: 'CRITICAL' }),
    onTopicOpened: nothing, onTopicClosed: nothing, onTopicReset: nothing, ...parts,
  });
}

/** Opens a session of `client-<id>` that may use every topic; its port takes everything, and closes with codes that `closedWith` keeps. */
export function openUnitSession(bus: Bus, id: number, options: { readonly roles?: readonly 'service'[]; readonly nowMs?: number } = {}): { session: Session; closedWith: number[] } {
  const { roles = [], nowMs = Date.now() } = options;
  const closedWith: number[] = [];
  const port: SessionPort = {
    send: () => true, sendPage: () => true, subscribe: nothing, unsubscribe: nothing, subscribeRoom: nothing, unsubscribeRoom: nothing, tokenChanged: nothing,
    together: (work) => { work(); },
    close: ({ code }) => {
      closedWith.push(code);
      bus.sessions.close(session);
    },
  };
  const opened = bus.sessions.open(id, {
    issuer: 'i', subject: `client-${String(id)}`, tenantId: 'acme', roles: new Set(roles), capabilities: [], publish: compileGrants(['*']),
    subscribe: compileGrants(['*']), expiresAtMs: nowMs + 600_000, tokenHash: '',
  }, port);
  if (opened === undefined) throw new Error('the session did not open');
  const session = opened;
  return { session, closedWith };
}
