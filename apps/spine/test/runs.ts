import type { Error as WireError, Frame, FrameSchema, Gap, Published, Signal } from '@arqonbus/proto';
import type { RawWireClient } from '@arqonbus/testkit';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { bodiesOf, newId } from './spine-process.js';

export type BatchInit = Exclude<NonNullable<Exclude<MessageInitShape<typeof FrameSchema>, { $typeName: string }>['batches']>[number], { $typeName: string }>;
export type EnvelopeInit = Exclude<NonNullable<BatchInit['envelopes']>[number], { $typeName: string }>;

/** An envelope with one text event. */
export function textEvent(text: string, rest: Partial<EnvelopeInit> = {}): EnvelopeInit {
  return { id: newId(), body: { case: 'event', value: { type: 'text/plain', payload: new TextEncoder().encode(text) } }, ...rest };
}

/** A run of text events that asks for its acknowledgement. */
export function ackedRun(topic: { room?: string; channel?: string; recipient?: string }, producer: bigint, run: bigint, texts: readonly string[]): BatchInit {
  return { ...topic, ack: true, producer, run, envelopes: texts.map((text) => textEvent(text)) };
}

/** Signals of one kind in a frame. */
export function signalsOf(frame: Frame): Signal['body'][] {
  return bodiesOf(frame).flatMap((body) => (body.case === 'signal' ? [body.value.body] : []));
}

/** Everything that answers runs, in the order of arrival: `published` and `error`, until `count` of them came. */
export async function readAnswers(client: RawWireClient, count: number, timeoutMs?: number): Promise<(Published | WireError)[]> {
  const answers: (Published | WireError)[] = [];
  while (answers.length < count) {
    const frame = await client.next((candidate) => answersOf(candidate).length > 0, timeoutMs);
    answers.push(...answersOf(frame));
  }
  return answers;
}

function answersOf(frame: Frame): (Published | WireError)[] {
  return bodiesOf(frame).flatMap((body): (Published | WireError)[] => {
    if (body.case === 'error') return [body.value];
    return body.case === 'signal' && body.value.body.case === 'published' ? [body.value.body.value] : [];
  });
}

/** Sends batches in one frame and reads one answer for each that asks for one. */
export async function sendRuns(client: RawWireClient, batches: readonly BatchInit[]): Promise<(Published | WireError)[]> {
  await client.sendFrame({ batches: [...batches] });
  return readAnswers(client, batches.length);
}

/** The codes of refusals, and `ok` for acknowledgements. */
export function codesOf(answers: readonly (Published | WireError)[]): string[] {
  return answers.map((answer) => (answer.$typeName === 'arqon.v1.Error' ? answer.code : 'ok'));
}

/** The next gap signal. */
export async function readGap(client: RawWireClient, timeoutMs?: number): Promise<Gap> {
  const frame = await client.next((candidate) => signalsOf(candidate).some((signal) => signal.case === 'gap'), timeoutMs);
  const gap = signalsOf(frame).find((signal) => signal.case === 'gap');
  if (gap?.case !== 'gap') throw new Error('no gap in the frame');
  return gap.value;
}
