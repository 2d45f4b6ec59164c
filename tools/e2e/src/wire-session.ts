import { newEnvelopeId } from '@arqonbus/envelope';
import type { Batch, BatchSchema, CommandSchema, Envelope, EnvelopeSchema, Error as WireError, Reply, Signal, Welcome } from '@arqonbus/proto';
import { FrameQueue, type RawWireClient } from '@arqonbus/testkit';
import type { DescMessage, MessageInitShape } from '@bufbuild/protobuf';
import { randomBytes } from 'node:crypto';

/** A message as a plain object, to be completed with defaults. */
type Init<Schema extends DescMessage> = Extract<MessageInitShape<Schema>, { readonly $typeName?: never }>;

export type BatchInit = Init<typeof BatchSchema>;
export type EnvelopeInit = Init<typeof EnvelopeSchema>;
/** The body of a command. */
export type CommandInit = Exclude<NonNullable<Init<typeof CommandSchema>['body']>, { case: undefined }>;
type SignalCase = NonNullable<Signal['body']['case']>;
type SignalOf<Kind extends SignalCase> = Extract<Signal['body'], { case: Kind }>['value'];

/** One envelope as received, with the batch that it came in. */
interface Received {
  readonly batch: Batch;
  readonly index: number;
  readonly body: Envelope['body'];
}

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
export function textEvent(text: string): EnvelopeInit {
  return { id: newId(), body: { case: 'event', value: { type: 'text/plain', payload: Buffer.from(text) } } };
}

/** A session without the SDK: every answer is looked at by the test itself. */
export class WireSession {
  private readonly queue = new FrameQueue<Received>();
  private opened: Welcome | undefined;

  private constructor(readonly client: RawWireClient) {
    this.pump().then(() => { this.queue.end(new Error('the connection closed')); }, (error: unknown) => { this.queue.end(new Error('the connection failed', { cause: error })); });
  }

  /** Reads the welcome of a connection just made. */
  static async open(client: RawWireClient): Promise<WireSession> {
    const session = new WireSession(client);
    session.opened = await session.nextSignal('welcome', 10_000);
    return session;
  }

  get welcome(): Welcome {
    if (this.opened === undefined) throw new Error('no welcome yet');
    return this.opened;
  }

  /** Sends a command and resolves with its answer. */
  async command(body: CommandInit): Promise<Reply['body'] | WireError> {
    const id = newId();
    await this.client.sendFrame({ batches: [{ envelopes: [{ id, body: { case: 'command', value: { body } } }] }] });
    const { body: answer } = await this.queue.next((received) => answers(received, id), 20_000);
    if (answer.case === 'reply') return answer.value.body;
    if (answer.case === 'error') return answer.value;
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

  /** Takes the next refusal. */
  async nextError(timeoutMs = 20_000): Promise<WireError> {
    const { body } = await this.queue.next((received) => received.body.case === 'error', timeoutMs);
    if (body.case !== 'error') throw new Error('no error');
    return body.value;
  }

  /** Takes the next signal of a kind. */
  async nextSignal<Kind extends SignalCase>(kind: Kind, timeoutMs = 20_000): Promise<SignalOf<Kind>> {
    const { body } = await this.queue.next((received) => received.body.case === 'signal' && received.body.value.body.case === kind, timeoutMs);
    return (body.value as Signal).body.value as SignalOf<Kind>;
  }

  /** Takes that many events, in order. */
  async events(count: number, timeoutMs = 20_000): Promise<ReceivedEvent[]> {
    const events: ReceivedEvent[] = [];
    while (events.length < count) events.push(...eventOf(await this.queue.next((received) => received.body.case === 'event', timeoutMs)));
    return events;
  }

  /** Events that arrived and were not taken. */
  get pendingEvents(): ReceivedEvent[] {
    return this.queue.pending.flatMap(eventOf);
  }

  private async pump(): Promise<void> {
    for await (const { batches } of this.client.frames) {
      for (const batch of batches) for (const [index, { body }] of batch.envelopes.entries()) this.queue.push({ batch, index, body });
    }
  }
}

function eventOf({ batch, index, body }: Received): ReceivedEvent[] {
  if (body.case !== 'event') return [];
  return [{ text: Buffer.from(body.value.payload).toString(), sequence: (batch.stamp?.sequence ?? 0n) + BigInt(index), batch }];
}

function answers({ body }: Received, id: Uint8Array): boolean {
  return (body.case === 'reply' || body.case === 'error') && Buffer.compare(body.value.requestId, id) === 0;
}
