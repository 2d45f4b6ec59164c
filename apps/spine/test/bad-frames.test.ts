import { BatchSchema, EnvelopeSchema, FrameSchema } from '@arqonbus/proto';
import { create, toBinary } from '@bufbuild/protobuf';
import type { RawWireClient } from '@arqonbus/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { textEvent, type BatchInit } from './runs.js';
import { newId, startSpineProcess, type RunningSpine } from './spine-process.js';
import { command, expectSilence, join, publish, readError, readEvents } from './wire.js';

const everything = { tenant: 'acme', publish: ['*', '@*'], subscribe: ['*'], roles: ['service'] };
const good: BatchInit = { room: 'watched', envelopes: [textEvent('must not arrive')] };

function frameOf(...batches: Uint8Array[]): Uint8Array {
  return Buffer.concat(batches.map(entry(0x0a)));
}

/** Wraps content as a field of a one-byte tag. */
function entry(tag: number): (content: Uint8Array) => Uint8Array {
  return (content) => {
    const length = content.length < 128 ? [content.length] : [(content.length & 127) | 128, content.length >> 7];
    return Uint8Array.from([tag, ...length, ...content]);
  };
}

function batchBytes(init: BatchInit): Uint8Array {
  return toBinary(BatchSchema, create(BatchSchema, init));
}

const event = toBinary(EnvelopeSchema, create(EnvelopeSchema, textEvent('x')));
const room = Uint8Array.from([0x0a, 7, ...Buffer.from('watched')]);

describe('a malformed frame', () => {
  let spine: RunningSpine;
  let reader: RawWireClient;
  let sender: RawWireClient;
  beforeAll(async () => {
    spine = await startSpineProcess();
    reader = await spine.connect({ ...everything, sub: 'reader' });
    await join(reader, 'watched');
  });
  beforeEach(async () => { sender = await spine.connect({ ...everything, sub: 'sender' }); });
  afterAll(async () => { await spine.stop(); });

  const signal = { id: newId(), body: { case: 'signal' as const, value: { body: { case: 'draining' as const, value: {} } } } };
  const error = { id: newId(), body: { case: 'error' as const, value: { code: 'INTERNAL' } } };
  const pong = { id: newId(), body: { case: 'reply' as const, value: { requestId: newId(), body: { case: 'pong' as const, value: {} } } } };
  const ping = { id: newId(), body: { case: 'command' as const, value: { body: { case: 'ping' as const, value: {} } } } };

  it.each<[string, string, Uint8Array]>([
    ['a stamp', 'FORBIDDEN_FIELD', frameOf(batchBytes({ ...good, stamp: { sequence: 9n, sender: 'admin' } }))],
    ['a signal', 'FORBIDDEN_FIELD', frameOf(batchBytes({ room: 'watched', envelopes: [signal] }))],
    ['an error', 'FORBIDDEN_FIELD', frameOf(batchBytes({ room: 'watched', envelopes: [error] }))],
    ['a reply that is no event', 'FORBIDDEN_FIELD', frameOf(batchBytes({ recipient: 'reader', envelopes: [pong] }))],
    ['events and commands in one batch', 'MIXED_BATCH', frameOf(batchBytes({ room: 'watched', envelopes: [textEvent('x'), ping] }))],
    ['an unknown field of the frame', 'UNKNOWN_FIELD', Buffer.concat([frameOf(batchBytes(good)), Uint8Array.of(0x12, 0)])],
    ['an unknown field of the batch', 'UNKNOWN_FIELD', frameOf(Buffer.concat([batchBytes(good), Uint8Array.of(0x52, 0)]))],
    ['an unknown field of a command', 'UNKNOWN_FIELD', frameOf(entry(0x7a)(Buffer.concat([Uint8Array.of(0x0a, 16), newId(), Uint8Array.of(0x1a, 5, 0x0a, 0, 0xc2, 0x3e, 0)])))],
    ['two bodies', 'INVALID_ENVELOPE', frameOf(Buffer.concat([room, entry(0x7a)(Buffer.concat([event, Uint8Array.of(0x12, 0)]))]))],
    ['no body', 'INVALID_ENVELOPE', frameOf(Buffer.concat([room, entry(0x7a)(Buffer.concat([Uint8Array.of(0x0a, 16), newId()]))]))],
    ['no id', 'INVALID_ENVELOPE', frameOf(Buffer.concat([room, entry(0x7a)(Uint8Array.of(0x12, 0))]))],
    ['an id of 15 bytes', 'INVALID_ENVELOPE', frameOf(Buffer.concat([room, entry(0x7a)(Buffer.concat([Uint8Array.of(0x0a, 15), newId().subarray(1), Uint8Array.of(0x12, 0)]))]))],
    ['an unknown body', 'UNSUPPORTED_BODY', frameOf(Buffer.concat([room, entry(0x7a)(Buffer.concat([Uint8Array.of(0x0a, 16), newId(), Uint8Array.of(0x72, 0)]))]))],
    ['a room that is not UTF-8', 'INVALID_UTF8', frameOf(Buffer.concat([Uint8Array.of(0x0a, 2, 0xc3, 0x28), entry(0x7a)(event)]))],
    ['a type that is not UTF-8', 'INVALID_UTF8', frameOf(Buffer.concat([room, entry(0x7a)(Buffer.concat([Uint8Array.of(0x0a, 16), newId(), Uint8Array.of(0x12, 3, 0x0a, 1, 0xff)]))]))],
    ['a batch without envelopes', 'INVALID_ENVELOPE', frameOf(batchBytes({ room: 'watched' }))],
    ['a room twice', 'INVALID_ENVELOPE', frameOf(Buffer.concat([room, room, entry(0x7a)(event)]))],
    ['a length beyond the end', 'MALFORMED_FRAME', frameOf(batchBytes(good)).subarray(0, -3)],
    ['a group', 'MALFORMED_FRAME', frameOf(Uint8Array.of(0x0b, 0x0c))],
    ['random bytes', 'MALFORMED_FRAME', Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2, 3)],
  ])('with %s is refused whole with %s, and the connection stays (B4)', async (_name, code, bytes) => {
    await sender.sendBytes(Buffer.concat([frameOf(batchBytes(good)), bytes]));
    expect(await readError(sender)).toMatchObject({ code });
    await command(sender, { case: 'ping', value: {} });
    expect(await expectSilence(reader)).toEqual([]);
    await sender.close();
  });

  it('is answered with the id and run of what was wrong', async () => {
    const id = newId();
    await sender.sendFrame({ batches: [good, { room: 'watched', run: 41n, envelopes: [textEvent('a'), { ...textEvent('b', { id }), traceparent: 'x', body: { case: undefined } }] }] });
    expect(await readError(sender)).toMatchObject({ code: 'INVALID_ENVELOPE', run: 41n, index: 1, requestId: Buffer.from(id) });
    await sender.close();
  });

  it('may come 16 times a minute; the next closes with 4400 (F17)', async () => {
    for (let n = 1; n <= 16; n += 1) {
      await sender.sendBytes(Uint8Array.of(0xff));
      expect(await readError(sender)).toMatchObject({ code: 'MALFORMED_FRAME' });
    }
    await command(sender, { case: 'ping', value: {} });
    await sender.sendBytes(Uint8Array.of(0xff));
    expect(await readError(sender)).toMatchObject({ code: 'MALFORMED_FRAME' });
    expect((await sender.closed).code).toBe(4400);
  });

  it('of one client disturbs no other', async () => {
    await sender.sendBytes(Uint8Array.of(0xff));
    const other = await spine.connect({ ...everything, sub: 'other' });
    await publish(other, { room: 'watched', payloads: ['fine'] });
    expect((await readEvents(reader, 1))[0]?.text).toBe('fine');
    await Promise.all([other.close(), sender.close()]);
  });

  it('is none when it is empty: that is a heartbeat', async () => {
    await sender.sendFrame(create(FrameSchema));
    await command(sender, { case: 'ping', value: {} });
    expect(sender.frames.pending).toEqual([]);
    await sender.close();
  });

  it('keeps unknown fields of an envelope and forwards them (B21)', async () => {
    const withField = Buffer.concat([event, Uint8Array.of(0x9a, 0x06, 3, 1, 2, 3)]);
    await sender.sendBytes(frameOf(Buffer.concat([room, entry(0x7a)(withField)])));
    const frame = await reader.next((candidate) => candidate.batches.some((batch) => batch.envelopes.length > 0));
    expect(frame.batches[0]?.envelopes[0]?.$unknown).toMatchObject([{ no: 99, data: Buffer.of(3, 1, 2, 3) }]);
    await sender.close();
  });
});
