import type { Command, Frame, Reply } from '@arqonbus/proto';
import type { EnvelopeSchema, Error as WireError } from '@arqonbus/proto';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { RawWireClient } from '@arqonbus/testkit';
import { bodiesOf, newId } from './spine-process.js';

type CommandInit = { [Case in NonNullable<Command['body']['case']>]: { case: Case; value: object } }[NonNullable<Command['body']['case']>];

/** Sends a command and gives the frame that answers it. */
export async function commandFrame(client: RawWireClient, body: CommandInit, id = newId()): Promise<Frame> {
  const envelope = { id, body: { case: 'command', value: { body } } } as MessageInitShape<typeof EnvelopeSchema>;
  await client.sendFrame({ batches: [{ envelopes: [envelope] }] });
  return client.next((candidate) => answerTo(candidate, id) !== undefined);
}

/** Sends a command and gives its reply's body; a refusal is thrown with its code as message. */
export async function command(client: RawWireClient, body: CommandInit): Promise<Reply['body']> {
  const id = newId();
  const frame = await commandFrame(client, body, id);
  const answer = answerTo(frame, id);
  if (answer?.case === 'error') throw new Error(answer.value.code, { cause: answer.value });
  return answer?.case === 'reply' ? answer.value.body : { case: undefined };
}

function answerTo(frame: Frame, id: Uint8Array): { case: 'reply'; value: Reply } | { case: 'error'; value: WireError } | undefined {
  for (const body of bodiesOf(frame)) {
    if ((body.case === 'reply' || body.case === 'error') && Buffer.compare(body.value.requestId, id) === 0) return body;
  }
  return undefined;
}

export interface RunOptions {
  readonly room?: string;
  readonly channel?: string;
  readonly recipient?: string;
  readonly recipientSession?: bigint;
  readonly ack?: { readonly producer: bigint; readonly run: bigint };
  readonly payloads: readonly string[];
}

/** Publishes one run of text events. */
export function publish(client: RawWireClient, options: RunOptions): Promise<void> {
  const { room = '', channel = '', recipient = '', recipientSession = 0n, ack, payloads } = options;
  return client.sendFrame({
    batches: [{
      room, channel, recipient, recipientSession, ...(ack === undefined ? {} : { ack: true, ...ack }),
      envelopes: payloads.map((text) => ({ id: newId(), body: { case: 'event' as const, value: { type: 'text/plain', payload: new TextEncoder().encode(text) } } })),
    }],
  });
}

/** One event as a subscriber sees it. */
export interface SeenEvent {
  readonly text: string;
  readonly room: string;
  readonly channel: string;
  readonly sequence: bigint;
  readonly epoch: bigint;
  readonly sender: string;
  readonly replayed: boolean;
}

/** The events of a frame, each with its own sequence. */
export function eventsOf(frame: Frame): SeenEvent[] {
  return frame.batches.flatMap((batch) => batch.envelopes.flatMap((envelope, index) => {
    if (envelope.body.case !== 'event' || batch.stamp === undefined) return [];
    const { sequence, epoch, sender, replayed } = batch.stamp;
    const text = new TextDecoder().decode(envelope.body.value.payload);
    return [{ text, room: batch.room, channel: batch.channel, sequence: sequence + BigInt(index), epoch, sender, replayed }];
  }));
}

/** Reads frames until `count` events came. */
export async function readEvents(client: RawWireClient, count: number, timeoutMs = 20_000): Promise<SeenEvent[]> {
  const events: SeenEvent[] = [];
  while (events.length < count) events.push(...eventsOf(await client.next((frame) => eventsOf(frame).length > 0, timeoutMs)));
  return events;
}

/** The first error that arrives. */
export async function readError(client: RawWireClient): Promise<WireError> {
  const frame = await client.next((candidate) => bodiesOf(candidate).some((body) => body.case === 'error'));
  const body = bodiesOf(frame).find((candidate) => candidate.case === 'error');
  if (body?.case !== 'error') throw new Error('no error in the frame');
  return body.value;
}

/** Sends a command that must be refused and gives the refusal. */
export async function refusedCommand(client: RawWireClient, body: CommandInit): Promise<WireError> {
  try {
    await command(client, body);
  } catch (error) {
    if (error instanceof Error && error.cause !== undefined) return error.cause as WireError;
    throw error;
  }
  throw new Error(`${body.case} was not refused`);
}

/** Joins one channel and waits for the reply. */
export function join(client: RawWireClient, room: string, channel = ''): Promise<Reply['body']> {
  return command(client, { case: 'join', value: { room, channel } });
}

/** Nothing but signals, replies and heads is pending once everything sent before has been answered. */
export async function expectSilence(client: RawWireClient): Promise<SeenEvent[]> {
  await command(client, { case: 'ping', value: {} });
  return client.frames.pending.flatMap(eventsOf);
}

/** Waits for a send that a closing connection may refuse: the test looks at how it closed. */
export async function sendAnyway(sending: Promise<unknown>): Promise<'sent' | 'refused'> {
  return sending.then(() => 'sent' as const, () => 'refused' as const);
}
