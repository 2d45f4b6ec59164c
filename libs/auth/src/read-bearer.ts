const bearerPrefix = 'bearer.';

/**
 * The credential of an `Authorization: Bearer <credential>` header (RFC 6750, 2.1; the scheme is case-insensitive
 * by RFC 9110, 11.1), or undefined for any other scheme or shape.
 */
export function readBearerHeader(value: string): string | undefined {
  const match = /^bearer +([\x21-\x7e]+)$/i.exec(value);
  return match?.[1];
}

/**
 * Splits a `Sec-WebSocket-Protocol` offer into plain protocols and the token that a browser carries as `bearer.<jwt>`.
 * Two tokens in one offer give none: nobody can tell which one was meant. The answer must never name the token.
 */
export function readBearerSubprotocol(header: string): { protocols: string[]; token: string | undefined } {
  const offered = header.split(',').map((part) => part.trim()).filter((part) => part !== '');
  const tokens = offered.filter((part) => part.startsWith(bearerPrefix)).map((part) => part.slice(bearerPrefix.length));
  const protocols = offered.filter((part) => !part.startsWith(bearerPrefix));
  return { protocols, token: tokens.length === 1 && tokens[0] !== '' ? tokens[0] : undefined };
}
