import type { TokenVerifier } from '@arqonbus/auth';
import { closeCodes } from '@arqonbus/errors';
import type { UpgradeDecision, UpgradeRequest } from '@arqonbus/transport';
import { createSession, createSessionId, type ClientRecord } from '../session.js';
import type { ShieldCounters } from '../shield-counters.js';
import type { AuthFailureLog } from './auth-failure-log.js';
import type { ConnectionLimits } from './connection-limits.js';
import type { FloodPenalties } from './flood-penalties.js';
import { CLIENT_SUBPROTOCOL, hasTokenInUrl, offersProtocol, readCredentials } from './read-credentials.js';

type Decision = UpgradeDecision<ClientRecord>;
type Channel = 'header' | 'browser';

const RETRY_AFTER_SECONDS = '5';
const PATHS = new Set(['/', '/v1']);

export interface UpgradeGateParts {
  readonly verifier: Pick<TokenVerifier, 'verify'>;
  readonly limits: ConnectionLimits;
  readonly penalties: FloodPenalties;
  readonly origins: ReadonlySet<string>;
  readonly counters: ShieldCounters;
  readonly failures: AuthFailureLog;
  readonly nowMs: () => number;
  isLinkUp(): boolean;
  isTaken(session: number): boolean;
}

/**
 * Decides who becomes a session (F1, F13, F14): path, limits, URL, subprotocol, origin, token, link,
 * penalty, in this order, and never anonymously. A browser sees no HTTP status, so on its path a refused token
 * completes the upgrade and closes with a code. An attempt holds a slot of the limits while it is
 * decided; its socket takes one anew, because an accepted peer may be gone before its socket opens.
 */
export class UpgradeGate {
  readonly #parts: UpgradeGateParts;

  constructor(parts: UpgradeGateParts) {
    this.#parts = parts;
  }

  decide(request: UpgradeRequest): Decision | Promise<Decision> {
    if (!PATHS.has(request.path)) return { accept: false, status: 404 };
    const refusal = this.#parts.limits.admit(request.remoteAddress);
    if (refusal !== undefined) {
      this.#parts.counters.rejected[refusal.reason] += 1;
      const retryAfter = String(Math.max(1, Math.ceil(refusal.retryAfterMs / 1_000)));
      return { accept: false, status: refusal.isGlobal ? 503 : 429, headers: { 'retry-after': retryAfter } };
    }
    return this.#decideAdmitted(request);
  }

  async #decideAdmitted(request: UpgradeRequest): Promise<Decision> {
    try {
      return this.#refuseByShape(request) ?? (await this.#decideByToken(request));
    } finally {
      this.#parts.limits.release(request.remoteAddress);
    }
  }

  #refuseByShape(request: UpgradeRequest): Decision | undefined {
    if (hasTokenInUrl(request.query)) {
      this.#fail(request, 'token_in_url', 'a token in the URL');
      return { accept: false, status: 400, body: 'A token does not belong in the URL.' };
    }
    if (!offersProtocol(request)) return { accept: false, status: 400, body: `Offer the subprotocol ${CLIENT_SUBPROTOCOL}.` };
    const origin = request.header('origin');
    if (origin !== '' && !this.#parts.origins.has(origin)) {
      this.#fail(request, 'origin', 'the origin is not allowed');
      return { accept: false, status: 403 };
    }
    return undefined;
  }

  async #decideByToken(request: UpgradeRequest): Promise<Decision> {
    const { verifier, isTaken, nowMs } = this.#parts;
    const { remoteAddress } = request;
    const startedMs = nowMs();
    const credentials = readCredentials(request);
    if (credentials.kind === 'refused') return this.#refuseToken(request, credentials.channel, credentials.detail);
    const { channel, token } = credentials;
    const verdict = await verifier.verify(token);
    if (!verdict.ok) {
      if (verdict.reason === 'invalid') return this.#refuseToken(request, channel, verdict.detail);
      // Nobody can tell whether the bearer is at fault, so it is not counted against the address.
      this.#parts.counters.countAuthFailure(verdict.reason);
      this.#parts.failures.report({ reason: verdict.reason, detail: verdict.detail, remoteAddress });
      return unavailable(channel);
    }
    if (!this.#parts.isLinkUp()) return unavailable(channel);
    const { tenantId: tenant, subject, roles } = verdict.claims;
    const client = `${tenant}\n${subject}`;
    const penaltyMs = this.#parts.penalties.remainingMs(client);
    if (penaltyMs > 0) return this.#refuseFlooder(channel, penaltyMs);
    const data = createSession({ id: createSessionId(isTaken), tenant, client, token, remoteAddress, isService: roles.has('service'), startedMs });
    return { accept: true, data, subprotocol: CLIENT_SUBPROTOCOL };
  }

  #refuseToken(request: UpgradeRequest, channel: Channel, detail: string): Decision {
    this.#fail(request, 'invalid', detail);
    if (channel === 'header') return { accept: false, status: 401, headers: { 'www-authenticate': 'Bearer' } };
    const { code, reason } = closeCodes.unauthenticated;
    return { accept: true, data: { kind: 'refused', code, reason }, subprotocol: CLIENT_SUBPROTOCOL };
  }

  #refuseFlooder(channel: Channel, penaltyMs: number): Decision {
    this.#parts.counters.rejected.rate_limited += 1;
    if (channel === 'header') return { accept: false, status: 429, headers: { 'retry-after': String(Math.ceil(penaltyMs / 1_000)) } };
    const { code, reason } = closeCodes.tooFast;
    return { accept: true, data: { kind: 'refused', code, reason }, subprotocol: CLIENT_SUBPROTOCOL };
  }

  #fail(request: UpgradeRequest, reason: string, detail: string): void {
    const { counters, failures, limits } = this.#parts;
    counters.countAuthFailure(reason);
    failures.report({ reason, detail, remoteAddress: request.remoteAddress });
    if (limits.failAuthentication(request.remoteAddress)) {
      failures.report({ reason: 'banned', detail: 'too many failed authentications', remoteAddress: request.remoteAddress });
    }
  }
}

function unavailable(channel: Channel): Decision {
  if (channel === 'header') return { accept: false, status: 503, headers: { 'retry-after': RETRY_AFTER_SECONDS } };
  const { code, reason } = closeCodes.unavailable;
  return { accept: true, data: { kind: 'refused', code, reason }, subprotocol: CLIENT_SUBPROTOCOL };
}
