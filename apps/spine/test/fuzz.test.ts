import { createIdSource, encodeFrame, EventRunBuilder, FrameReader } from '@arqonbus/envelope';
import { FrameSchema, type CommandSchema } from '@arqonbus/proto';
import { RawWireClient, waitFor } from '@arqonbus/testkit';
import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ackedRun, textEvent } from './runs.js';
import { residentBytes, whilePairsTalk } from './load.js';
import { newId, startSpineProcess, type RunningSpine } from './spine-process.js';
import { command, eventsOf, sendAnyway } from './wire.js';

const frameCount = process.env['ARQON_TEST_LONG'] === '1' ? 100_000 : 2_000;
const rooms = ['fuzz', 'fuzz-2'];

type Random = (bound: number) => number;

/** A generator of one seed (xorshift32), so that a failure can be repeated. */
function seeded(seed: number): Random {
  let state = seed | 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

/** Valid frames of every kind that a client sends. */
function validFrames(): Uint8Array[] {
  const nextId = createIdSource({ nowMs: Date.now, random: (bytes) => { bytes.set(newId().subarray(0, bytes.length)); } });
  const builder = new EventRunBuilder();
  for (let n = 0; n < 5; n += 1) builder.append({ id: nextId(), type: 'text/plain', payload: Buffer.from(`payload ${String(n)}`), headers: { a: 'b' }, traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00', embedding: { model: 'm', values: [0.5, 1] } });
  const commands: NonNullable<Exclude<MessageInitShape<typeof CommandSchema>, { $typeName: string }>['body']>[] = [
    { case: 'ping', value: {} }, { case: 'status', value: {} }, { case: 'help', value: {} }, { case: 'join', value: { room: 'fuzz-other', resume: [{ channel: '', epoch: 1n, sequence: 2n }] } },
    { case: 'leave', value: { room: 'fuzz-other' } }, { case: 'listChannels', value: { room: 'fuzz' } }, { case: 'historyGet', value: { room: 'fuzz', limit: 3 } }, { case: 'channelInfo', value: { room: 'fuzz' } },
  ];
  const frames: Uint8Array[] = commands.map((body) => toBinary(FrameSchema, create(FrameSchema, { batches: [{ envelopes: [{ id: newId(), body: { case: 'command', value: { body } } }] }] })));
  frames.push(encodeFrame([builder.finish({ room: 'fuzz', after: [{ channel: '', epoch: 3n, sequence: 4n }] })]));
  frames.push(toBinary(FrameSchema, create(FrameSchema, { batches: [ackedRun({ room: 'fuzz-2', channel: 'x' }, 1n, 1n, ['é', '漢字']), { room: 'fuzz', envelopes: [textEvent('x')] }] })));
  frames.push(toBinary(FrameSchema, create(FrameSchema, { batches: [{ recipient: 'fuzz-reader', recipientSession: 9n, envelopes: [textEvent('to you', { parentId: newId(), intent: 'i', capabilities: ['c'] })] }] })));
  return frames;
}

function mutate(random: Random, frames: readonly Uint8Array[]): Uint8Array {
  const pick = (): Uint8Array => Uint8Array.from(frames[random(frames.length)] ?? []);
  const frame = pick();
  const at = random(frame.length);
  switch (random(7)) {
    case 0: return frame;
    case 1: return frame.subarray(0, at);
    case 2: return Buffer.concat([frame.subarray(0, at), pick().subarray(random(20))]);
    case 3: return Uint8Array.from({ length: random(200) }, () => random(256));
    case 4: frame.copyWithin(at, random(frame.length), random(frame.length)); return frame;
    default:
      for (let flips = 1 + random(3); flips > 0; flips -= 1) {
        const index = random(frame.length);
        frame[index] = (frame[index] ?? 0) ^ (1 << random(8));
      }
      return frame;
  }
}

describe('the listener', () => {
  let spine: RunningSpine;
  beforeAll(async () => { spine = await startSpineProcess(); });
  afterAll(async () => { await spine.stop(); });

  it(`takes ${String(frameCount)} mutated frames: alive, level in memory, others undisturbed, and what it passes on decodes (C11, G4)`, async () => {
    const reader = await spine.connect({ sub: 'fuzz-reader', subscribe: ['fuzz*'], roles: ['service'] });
    for (const room of rooms) await command(reader, { case: 'join', value: { room, allChannels: true } });
    // A message that is no frame ends this loop with an error, which the test then sees.
    let delivered = 0;
    const reading = (async () => {
      for await (const frame of reader.frames) delivered += eventsOf(frame).length;
    })();
    const token = await spine.issuer.token({ sub: 'fuzzer', publish: ['fuzz*', '@fuzz*'], subscribe: ['fuzz*'], roles: ['service'] });
    const seed = 20_261_121;
    const random = seeded(seed);
    const frames = validFrames();
    const checker = new FrameReader({ maxEnvelopeBytes: 262_144, maxEventsPerRun: 1_024 });
    let sent = 0;
    let accepted = 0;
    let before = 0;
    const { pairs, boundMs } = await whilePairsTalk(spine, async () => {
      let client = await RawWireClient.connect(spine.serviceUrl, { token });
      const watch = (opened: RawWireClient): { isClosed: boolean } => {
        const state = { isClosed: false };
        void opened.closed.then(() => { state.isClosed = true; });
        return state;
      };
      let state = watch(client);
      let strikes = 0;
      for (let n = 0; n < frameCount; n += 1, sent += 1) {
        const frame = mutate(random, frames);
        const isValid = checker.read(frame, 0, frame.length);
        if (isValid) accepted += 1;
        else strikes += 1;
        const isText = random(400) === 0;
        if (isText) await sendAnyway(client.sendText(frame.toString()));
        else await sendAnyway(client.sendBytes(frame));
        if (isText || strikes > 14 || state.isClosed) {
          if (!isText && !state.isClosed) await sendAnyway(command(client, { case: 'ping', value: {} }));
          client.terminate();
          client = await RawWireClient.connect(spine.serviceUrl, { token });
          state = watch(client);
          strikes = 0;
        }
        if (n === 500) before = await residentBytes(spine);
      }
      await command(client, { case: 'ping', value: {} });
      await client.close();
    });
    expect(sent).toBeGreaterThanOrEqual(frameCount);
    expect(accepted).toBeGreaterThan(frameCount / 20);
    await waitFor(() => delivered > 0, { what: 'an event that the fuzzer published' });
    expect(await residentBytes(spine) - before).toBeLessThan(100 * 1_048_576);
    for (const pair of pairs) {
      expect(pair.received).toBe(pair.sent);
      expect(pair.p99Ms).toBeLessThan(boundMs);
    }
    const survivor = await spine.connect({ sub: 'survivor' });
    expect(await command(survivor, { case: 'status', value: {} })).toMatchObject({ case: 'status', value: { readiness: 'Ready' } });
    expect(spine.process.output.stderr).toBe('');
    expect((await reader.close()).code).toBe(1000);
    await reading;
    expect(delivered, `seed ${String(seed)}`).toBeGreaterThan(100);
    await survivor.close();
  }, process.env['ARQON_TEST_LONG'] === '1' ? 900_000 : 60_000);
});
