import { sameIdentity } from '@arqonbus/auth';
import { ArqonError, closeCodes } from '@arqonbus/errors';
import type { CommandHandler } from './command.js';

/** ping: the server's time. */
export const ping: CommandHandler<'ping'> = (context, call) => {
  call.reply({ case: 'pong', value: { timeUs: BigInt(context.nowMs()) * 1000n } });
};

/** status: of the server and of the caller's own session; nothing that tells of others. */
export const status: CommandHandler<'status'> = (context, call) => {
  const { session } = call;
  const { server, readiness, reasons, uptimeMs } = context.describe();
  call.reply({
    case: 'status',
    value: {
      server, readiness, reasons: [...reasons], uptimeMs: BigInt(uptimeMs), session: BigInt(session.id), clientId: session.clientId,
      expiresAtUs: BigInt(session.claims.expiresAtMs) * 1000n, topics: context.subscriptions.countOf(session), timeUs: BigInt(context.nowMs()) * 1000n,
    },
  });
};

/** refresh_token: the same identity goes on with new rights; any other ends the session with 4401. */
export const refreshToken: CommandHandler<'refreshToken'> = async (context, call, value) => {
  const { session } = call;
  const verdict = await context.verifier.verify(value.token);
  if (session.isClosed) return;
  if (!verdict.ok && verdict.reason === 'keys_unreachable') throw new ArqonError('KEYS_UNREACHABLE', { field: 'token' });
  if (!verdict.ok || !sameIdentity(session.claims, verdict.claims)) {
    session.refuse({ code: verdict.ok ? 'TOKEN_MISMATCH' : 'UNAUTHENTICATED', field: 'token', requestId: call.requestId });
    session.flush();
    session.port.close(closeCodes.unauthenticated, closeCodes.unauthenticated.reason);
    return;
  }
  context.sessions.refresh(session, verdict.claims);
  session.port.tokenChanged(value.token);
  call.reply({ case: 'tokenRefreshed', value: { expiresAtUs: BigInt(verdict.claims.expiresAtMs) * 1000n } });
};
