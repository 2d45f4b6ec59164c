import { newEnvelopeId } from '@arqonbus/envelope';
import type { Batch, BatchSchema, CommandSchema, Envelope, Error as WireError, Frame, Reply, Signal, Welcome } from '@arqonbus/proto';
import type { RawWireClient } from '@arqonbus/testkit';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { randomBytes } from 'node:crypto';

export type BatchInit = MessageInitShape<typeof BatchSchema>;
type CommandInit = Exclude<NonNullable<MessageInitShape<typeof CommandSchema>['body']>, { case: undefined }>;

/** One event as received, with its place. */
export interface ReceivedEvent {
  readonly text: string;
  readonly sequence: bigint;
  readonly batch: Batch;
}

export function newId(): Uint8Array {
  return newEnvelopeId(Date.now(), randomBytes(10));
}

/** An envelope that holds a text. */
export function textEvent(text: string): NonNullable<BatchInit['envelopes']>[number] {
  return { id: newId(), body: { case: 'event', value: { type: 'text/plain', payload: Buffer.from(text) } } };
}

/** A session without the SDK: every answer is looked at by the test itself. */
export class WireSession {
  private constructor(readonly client: RawWireClient, readonly welcome: Welcome) {}

  /** Reads the welcome of a connection just made. */
  static async open(client: RawWireClient): Promise<WireSession> {
    const frame = await client.next((candidate) => signalOf(candidate, 'welcome') !== undefined, 10_000);
    const signal = signalOf(frame, 'welcome');
    if (signal?.body.case !== 'welcome') throw new Error('no welcome');
    return new WireSession(client, signal.body.value);
  }

  /** Sends a command and resolves with its answer. */
  async command(body: CommandInit): Promise<Reply['body'] | WireError> {
    const id = newId();
    await this.client.sendFrame({ batches: [{ envelopes: [{ id, body: { case: 'command', value: { body } } }] }] });
    const frame = await this.client.next((candidate) => answerTo(candidate, id) !== undefined, 10_000);
    const answer = answerTo(frame, id);
    if (answer?.case === 'reply') return answer.value.body;
    if (answer?.case === 'error') return answer.value;
    throw new Error('no answer');
  }

  /** Joins and raises what the server refused it with. */
  async join(room: string, channel = ''): Promise<void> {
    const answer = await this.command({ case: 'join', value: { room, channel } });
    if ('code' in answer) throw new Error(`the join was refused with ${answer.code}`);
  }

  /** Resolves once the server has handled all that was sent before. */
  async ping(): Promise<void> {
    await this.command({ case: 'ping', value: {} });
  }

  /** Sends an unacknowledged run of texts. */
  publish(room: string, texts: readonly string[], more: BatchInit = {}): Promise<void> {
    return this.client.sendFrame({ batches: [{ room, ...more, envelopes: texts.map(textEvent) }] });
  }

  /** The next refusal. */
  async nextError(timeoutMs = 5_000): Promise<WireError> {
    const [error] = errorsOf(await this.client.next((frame) => errorsOf(frame).length > 0, timeoutMs));
    return error;
  }

  /** The next signal of a kind. */
  async nextSignal<Kind extends NonNullable<Signal['body']['case']>>(kind: Kind, timeoutMs = 5_000): Promise<Extract<Signal['body'], { case: Kind }>['value']> {
    const signal = signalOf(await this.client.next((frame) => signalOf(frame, kind) !== undefined, timeoutMs), kind);
    return signal?.body.value as Extract<Signal['body'], { case: Kind }>['value'];
  }

  /** Takes events in order until there are that many. */
  async events(count: number, timeoutMs = 10_000): Promise<ReceivedEvent[]> {
    const events: ReceivedEvent[] = [];
    while (events.length < count) events.push(...eventsOf(await this.client.next((frame) => eventsOf(frame).length > 0, timeoutMs)));
    return events;
  }

  /** Events that arrived and were not taken. */
  get pendingEvents(): ReceivedEvent[] {
    return this.client.frames.pending.flatMap(eventsOf);
  }
}

/** Errors of a frame, in order. */
export function errorsOf(frame: Frame): WireError[] {
  return bodiesOf(frame).flatMap((body) => (body.case === 'error' ? [body.value] : []));
}

export function eventsOf(frame: Frame): ReceivedEvent[] {
  return frame.batches.flatMap((batch) => batch.envelopes.flatMap(({ body }, index) => {
    if (body.case !== 'event') return [];
    return [{ text: Buffer.from(body.value.payload).toString(), sequence: (batch.stamp?.sequence ?? 0n) + BigInt(index), batch }];
  }));
}

function bodiesOf(frame: Frame): Envelope['body'][] {
  return frame.batches.flatMap((batch) => batch.envelopes.map(({ body }) => body));
}

function signalOf(frame: Frame, kind: Signal['body']['case']): Signal | undefined {
  for (const body of bodiesOf(frame)) if (body.case === 'signal' && body.value.body.case === kind) return body.value;
  return undefined;
}

function answerTo(frame: Frame, id: Uint8Array): Extract<Envelope['body'], { case: 'reply' | 'error' }> | undefined {
  for (const body of bodiesOf(frame)) {
    if ((body.case === 'reply' || body.case === 'error') && Buffer.compare(body.value.requestId, id) === 0) return body;
  }
  return undefined;
}
