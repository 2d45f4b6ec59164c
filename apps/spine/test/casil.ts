import type { MessageInitShape } from '@bufbuild/protobuf';
import { fromBinary } from '@bufbuild/protobuf';
import { InspectionEventSchema, type Error as WireError, type EventSchema, type Frame, type InspectionEvent } from '@arqonbus/proto';
import type { RawWireClient } from '@arqonbus/testkit';
import { randomInt } from 'node:crypto';
import { newId, startSpineProcess, type RunningSpine } from './spine-process.js';
import { readError } from './wire.js';

/** Settings of `casil.*` as the environment names them. */
export function casilEnvironment(settings: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries({ enabled: true, ...settings }).map(([key, value]) => [
    `ARQON_SPINE_CASIL_${key.replaceAll('.', '_').toUpperCase()}`, typeof value === 'object' ? JSON.stringify(value) : String(value),
  ]));
}

export function startCasilSpine(settings: Readonly<Record<string, unknown>> = {}, environment: Readonly<Record<string, string>> = {}): Promise<RunningSpine> {
  return startSpineProcess({ ...casilEnvironment(settings), ARQON_SPINE_ADMIN_OPERATOR_KEY: operatorKey, ...environment });
}

export const operatorKey = 'operator-key-of-the-test-'.repeat(2);

/** A token as GitHub makes them, made anew each time. */
export function newToken(): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return `ghp_${Array.from({ length: 36 }, () => alphabet[randomInt(alphabet.length)]).join('')}`;
}

export interface TypedEvent {
  readonly type?: string;
  readonly payload: string | Uint8Array;
  readonly headers?: Record<string, string>;
}

/** Publishes one run of typed events. */
export function publishEvents(client: RawWireClient, room: string, events: readonly TypedEvent[], place: { channel?: string; recipient?: string; ack?: { producer: bigint; run: bigint } } = {}): Promise<void> {
  const { ack, ...routing } = place;
  return client.sendFrame({
    batches: [{
      room, ...routing, ...(ack === undefined ? {} : { ack: true, ...ack }),
      envelopes: events.map(({ type = 'application/json', payload, headers = {} }) => {
        const value: MessageInitShape<typeof EventSchema> = { type, payload: typeof payload === 'string' ? new TextEncoder().encode(payload) : payload };
        return { id: newId(), headers, body: { case: 'event' as const, value } };
      }),
    }],
  });
}

/** Publishes what must be refused; gives the refusal. */
export async function refusedRun(client: RawWireClient, room: string, events: readonly TypedEvent[]): Promise<WireError> {
  const refusal = readError(client);
  await publishEvents(client, room, events);
  return refusal;
}

/** Events of inspection in a frame. */
export function inspectionsOf(frame: Frame): InspectionEvent[] {
  return frame.batches.flatMap(({ envelopes }) => envelopes.flatMap(({ body }) => (
    body.case === 'event' && body.value.type === 'arqon.v1.InspectionEvent' ? [fromBinary(InspectionEventSchema, body.value.payload)] : [])));
}
