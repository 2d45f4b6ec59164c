/** What a client does after a close: come back at once, mend something first, or come back within the named window. */
export type CloseAction = 'resume' | 'mend' | 'wait';

export interface CloseRow {
  readonly code: number;
  readonly action: CloseAction;
  readonly reason: string;
}

/** WebSocket close codes by meaning; the range tells the action (docs/protocol.md). Reasons stay under 123 bytes (RFC 6455, 5.5.1). */
export const closeCodes = {
  goingAway: { code: 4000, action: 'resume', reason: 'reconnect and resume' },
  slowConsumer: { code: 4008, action: 'resume', reason: 'reads too slowly' },
  heartbeatLost: { code: 4009, action: 'resume', reason: 'heartbeat lost' },
  malformed: { code: 4400, action: 'mend', reason: 'malformed' },
  unauthenticated: { code: 4401, action: 'mend', reason: 'fetch a new token' },
  forbidden: { code: 4403, action: 'mend', reason: 'forbidden' },
  tooLarge: { code: 4413, action: 'mend', reason: 'frame too large' },
  unavailable: { code: 4503, action: 'wait', reason: 'come back later' },
  tooFast: { code: 4529, action: 'wait', reason: 'too fast' },
} as const satisfies Record<string, CloseRow>;

export type CloseName = keyof typeof closeCodes;

/**
 * What a client does after a close with this code, by range: 4000–4399 resume, 4400–4499 mend,
 * 4500–4599 wait. Any other code (1006, 1001 …) is a lost connection: resume.
 */
export function closeActionOf(code: number): CloseAction {
  if (code >= 4400 && code <= 4499) return 'mend';
  if (code >= 4500 && code <= 4599) return 'wait';
  return 'resume';
}
