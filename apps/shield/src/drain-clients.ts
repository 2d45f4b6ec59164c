import { randomFillSync } from 'node:crypto';
import { buildFrame, idRandomBytes, newEnvelopeId } from '@arqonbus/envelope';
import { closeCodes } from '@arqonbus/errors';
import type { FanOut } from './fan-out/fan-out.js';
import type { SessionTable } from './session-table.js';

const POLL_MS = 25;

export interface DrainOptions {
  readonly reconnectMinMs: number;
  readonly reconnectMaxMs: number;
  readonly timeoutMs: number;
}

/** Tells every client the window in which to come back, waits for them to leave, and closes the rest with 4503. */
export async function drainClients(sessions: SessionTable, fanOut: FanOut, options: DrainOptions): Promise<void> {
  const frame = drainingFrame(options);
  for (const session of [...sessions.all()]) if (session.phase === 'live') fanOut.deliverSession(session, frame, { page: false });
  const deadlineMs = performance.now() + options.timeoutMs;
  while (sessions.size > 0 && performance.now() < deadlineMs) await pause(POLL_MS);
  for (const session of [...sessions.all()]) session.socket?.close(closeCodes.unavailable.code, closeCodes.unavailable.reason);
  // The close frames leave with the turn.
  await pause(POLL_MS);
}

function drainingFrame({ reconnectMinMs, reconnectMaxMs }: DrainOptions): Uint8Array {
  const id = newEnvelopeId(Date.now(), randomFillSync(new Uint8Array(idRandomBytes)));
  const value = { reconnectAfterMsMin: reconnectMinMs, reconnectAfterMsMax: reconnectMaxMs };
  return buildFrame([{ envelopes: [{ id, body: { case: 'signal', value: { body: { case: 'draining', value } } } }] }]);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
