import { ArqonError, closeActionOf, closeCodes } from '@arqonbus/errors';
import type { SocketEnd } from './socket.js';

/**
 * What to do after a connection ended:
 * - `resume`: reconnect with backoff and resume;
 * - `renew`: fetch a new token first;
 * - `wait`: come back within the server's window, else with backoff;
 * - `stop`: nothing the SDK can mend, `error` says what.
 */
export type AfterClose = { readonly kind: 'resume' | 'renew' | 'wait' } | { readonly kind: 'stop'; readonly error: ArqonError };

/** Decides by close code range, or by the HTTP status of a refused upgrade (docs/protocol.md, Close codes). */
export function afterClose(end: SocketEnd): AfterClose {
  return end.httpStatus === undefined ? afterCloseCode(end) : afterHttpStatus(end.httpStatus);
}

function afterCloseCode(end: SocketEnd): AfterClose {
  const action = closeActionOf(end.code);
  if (action !== 'mend') return { kind: action };
  if (end.code === closeCodes.unauthenticated.code) return { kind: 'renew' };
  return { kind: 'stop', error: new ArqonError(errorCodeOf(end.code), { message: `The server closed with ${end.code} ${end.reason}`.trimEnd() }) };
}

function errorCodeOf(closeCode: number): 'MALFORMED_FRAME' | 'NOT_PERMITTED' | 'FRAME_TOO_LARGE' {
  if (closeCode === closeCodes.forbidden.code) return 'NOT_PERMITTED';
  return closeCode === closeCodes.tooLarge.code ? 'FRAME_TOO_LARGE' : 'MALFORMED_FRAME';
}

function afterHttpStatus(status: number): AfterClose {
  if (status === 401) return { kind: 'renew' };
  if (status === 403) return { kind: 'stop', error: new ArqonError('NOT_PERMITTED', { message: 'The server does not accept this origin.' }) };
  if (status === 400) return { kind: 'stop', error: new ArqonError('MALFORMED_FRAME', { message: 'The server does not speak arqon.v1 at this URL.' }) };
  return { kind: 'wait' };
}
