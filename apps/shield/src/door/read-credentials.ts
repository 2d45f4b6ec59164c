import { readBearerHeader, readBearerSubprotocol } from '@arqonbus/auth';
import type { UpgradeRequest } from '@arqonbus/transport';

/** Parameters of the URL in which people put tokens; URLs end up in logs, so such a token is refused. */
const TOKEN_PARAMETERS = new Set(['token', 'access_token', 'id_token', 'jwt', 'bearer', 'authorization', 'auth']);

/** Protocol that every client offers. */
export const CLIENT_SUBPROTOCOL = 'arqon.v1';

/** What an upgrade request says about its bearer. `channel` decides how a refusal is told: by HTTP status or by close code. */
export type Credentials =
  | { readonly kind: 'token'; readonly channel: 'header' | 'browser'; readonly token: string }
  | { readonly kind: 'refused'; readonly channel: 'header' | 'browser'; readonly detail: string };

/** True when the query holds a token under one of the usual names. */
export function hasTokenInUrl(query: string): boolean {
  if (query === '') return false;
  for (const name of new URLSearchParams(query).keys()) if (TOKEN_PARAMETERS.has(name.toLowerCase())) return true;
  return false;
}

/** True when the client offers the protocol of this server. */
export function offersProtocol(request: UpgradeRequest): boolean {
  return readBearerSubprotocol(request.header('sec-websocket-protocol')).protocols.includes(CLIENT_SUBPROTOCOL);
}

/** Finds the token in the Authorization header or, for browsers, in the subprotocol `bearer.<jwt>`. */
export function readCredentials(request: UpgradeRequest): Credentials {
  const authorization = request.header('authorization');
  const offer = request.header('sec-websocket-protocol');
  const { token: fromBrowser } = readBearerSubprotocol(offer);
  const isBrowserPath = offer.split(',').some((part) => part.trim().startsWith('bearer.'));
  if (authorization === '') {
    if (!isBrowserPath) return { kind: 'refused', channel: 'header', detail: 'no token' };
    if (fromBrowser === undefined) return { kind: 'refused', channel: 'browser', detail: 'no single token in the subprotocols' };
    return { kind: 'token', channel: 'browser', token: fromBrowser };
  }
  const fromHeader = readBearerHeader(authorization);
  if (fromHeader === undefined) return { kind: 'refused', channel: 'header', detail: 'Authorization is no bearer token' };
  if (isBrowserPath && fromBrowser !== fromHeader) return { kind: 'refused', channel: 'header', detail: 'two different tokens' };
  return { kind: 'token', channel: 'header', token: fromHeader };
}
