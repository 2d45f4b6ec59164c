import { toBinary } from '@bufbuild/protobuf';
import { BatchSchema, type Error as WireError, type Frame, type History } from '@arqonbus/proto';
import type { RawWireClient } from '@arqonbus/testkit';
import { bodiesOf, newId } from './spine-process.js';
import { command, eventsOf, type SeenEvent } from './wire.js';

/** What a replay brought until its answer. */
export interface SeenReplay {
  readonly events: SeenEvent[];
  /** Its batches, encoded one behind the other. */
  readonly bytes: Buffer;
  /** Events in each batch. */
  readonly batches: number[];
  /** Milliseconds from the command to each frame, with the events that had come by then. */
  readonly arrivals: { readonly atMs: number; readonly events: number }[];
  readonly history: History | undefined;
  readonly error: WireError | undefined;
}

export interface ReplayValue {
  readonly room?: string;
  readonly channel?: string;
  readonly recipient?: string;
  readonly fromSequence?: bigint;
  readonly toSequence?: bigint;
  readonly fromTimeUs?: bigint;
  readonly toTimeUs?: bigint;
  readonly limit?: number;
  readonly epoch?: bigint;
  readonly pace?: number;
}

/** Sends history_replay and reads what comes back; frames of other topics and live ones stay pending. */
export async function replay(client: RawWireClient, value: ReplayValue, timeoutMs = 15_000): Promise<SeenReplay> {
  return (await startReplay(client, value)).end(timeoutMs);
}

/** A replay that was asked for. */
export interface StartedReplay {
  /** Reads until the first events came. */
  begin(): Promise<void>;
  /** Reads until the answer came. */
  end(timeoutMs?: number): Promise<SeenReplay>;
}

export async function startReplay(client: RawWireClient, value: ReplayValue): Promise<StartedReplay> {
  const id = newId();
  const startedMs = performance.now();
  const frames: { readonly frame: Frame; readonly atMs: number }[] = [];
  await client.sendFrame({ batches: [{ envelopes: [{ id, body: { case: 'command', value: { body: { case: 'historyReplay', value } } } }] }] });
  const belongs = (frame: Frame): boolean => answerIn(frame, id) !== undefined || frame.batches.some((batch) => isOf(batch, value));
  const take = async (timeoutMs: number): Promise<Frame> => {
    const frame = await client.next(belongs, timeoutMs);
    frames.push({ frame, atMs: performance.now() - startedMs });
    return frame;
  };
  return {
    begin: async () => {
      await take(15_000);
    },
    end: async (timeoutMs = 15_000) => {
      let last = frames.at(-1)?.frame;
      while (last === undefined || answerIn(last, id) === undefined) last = await take(timeoutMs);
      const answer = answerIn(last, id);
      return { ...collect(frames, value), history: answer?.history, error: answer?.error };
    },
  };
}

/** Epoch of a channel, and its last sequence. */
export async function headOf(client: RawWireClient, room: string, channel = ''): Promise<{ epoch: bigint; sequence: bigint; firstSequence: bigint }> {
  const info = await command(client, { case: 'channelInfo', value: { room, channel } });
  if (info.case !== 'channel') throw new Error('no channel');
  return info.value;
}

function isOf(batch: Frame['batches'][number], value: ReplayValue): boolean {
  const { room = '', channel = '', recipient = '' } = value;
  return batch.stamp?.replayed === true && batch.room === room && batch.channel === channel && batch.recipient === recipient;
}

function answerIn(frame: Frame, id: Uint8Array): { readonly history?: History; readonly error?: WireError } | undefined {
  for (const body of bodiesOf(frame)) {
    if (body.case === 'error' && Buffer.compare(body.value.requestId, id) === 0) return { error: body.value };
    if (body.case === 'reply' && Buffer.compare(body.value.requestId, id) === 0 && body.value.body.case === 'history') return { history: body.value.body.value };
  }
  return undefined;
}

function collect(frames: readonly { readonly frame: Frame; readonly atMs: number }[], value: ReplayValue): Pick<SeenReplay, 'events' | 'bytes' | 'batches' | 'arrivals'> {
  const arrivals: { atMs: number; events: number }[] = [];
  const batches = frames.flatMap(({ frame }) => frame.batches.filter((batch) => isOf(batch, value)));
  let events = 0;
  for (const { frame, atMs } of frames) {
    events += eventsOf(frame).filter((event) => event.replayed).length;
    arrivals.push({ atMs, events });
  }
  return {
    events: frames.flatMap(({ frame }) => eventsOf(frame).filter((event) => event.replayed)), arrivals,
    batches: batches.map((batch) => batch.envelopes.length), bytes: Buffer.concat(batches.map((batch) => toBinary(BatchSchema, batch))),
  };
}
