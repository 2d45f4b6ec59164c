import { BatchSchema, EnvelopeSchema } from '@arqonbus/proto';
import { create, toBinary } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, textEvent, type BatchInit, type WireSession } from '../src/index.js';
import { succeeds } from './succeeds.js';
import { startWatchedCluster, type WatchedCluster } from './watched-cluster.js';

let watched: WatchedCluster;
let reader: WireSession;

beforeAll(async () => {
  watched = await startWatchedCluster();
  reader = await watched.cluster.session({ sub: 'reader' });
  await reader.join('watched');
});
afterAll(() => watched.stop());

/** Wraps content as a field with a tag of one byte. */
function field(tag: number, content: Uint8Array): Uint8Array {
  const length = content.length < 128 ? [content.length] : [(content.length & 127) | 128, content.length >> 7];
  return Uint8Array.from([tag, ...length, ...content]);
}

function frame(...batch: Uint8Array[]): Uint8Array {
  return field(0x0a, Buffer.concat(batch));
}

function batch(init: BatchInit): Uint8Array {
  return toBinary(BatchSchema, create(BatchSchema, init));
}

const good: BatchInit = { room: 'watched', envelopes: [textEvent('must not arrive')] };
const room = field(0x0a, Buffer.from('watched'));
const idField = (): Uint8Array => field(0x0a, newId());
const event = toBinary(EnvelopeSchema, create(EnvelopeSchema, textEvent('x')));
const envelope = (...content: Uint8Array[]): Uint8Array => field(0x7a, Buffer.concat(content));
const ping = { id: newId(), body: { case: 'command' as const, value: { body: { case: 'ping' as const, value: {} } } } };
const signal = { id: newId(), body: { case: 'signal' as const, value: { body: { case: 'draining' as const, value: {} } } } };
const wireError = { id: newId(), body: { case: 'error' as const, value: { code: 'INTERNAL' } } };
const pong = { id: newId(), body: { case: 'reply' as const, value: { requestId: newId(), body: { case: 'pong' as const, value: {} } } } };

const refused: readonly (readonly [string, string, Uint8Array])[] = [
  ['a truncated frame', 'MALFORMED_FRAME', frame(batch(good)).subarray(0, -3)],
  ['a frame cut within a tag', 'MALFORMED_FRAME', Uint8Array.of(0x8a)],
  ['random bytes', 'MALFORMED_FRAME', Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2, 3)],
  ['a group', 'MALFORMED_FRAME', Uint8Array.of(0x0b, 0x0c)],
  ['two bodies in one envelope', 'INVALID_ENVELOPE', frame(room, envelope(event, Uint8Array.of(0x12, 0)))],
  ['no body', 'INVALID_ENVELOPE', frame(room, envelope(idField()))],
  ['no id', 'INVALID_ENVELOPE', frame(room, envelope(Uint8Array.of(0x12, 0)))],
  ['a room twice', 'INVALID_ENVELOPE', frame(room, room, envelope(event))],
  ['a room that is not UTF-8', 'INVALID_UTF8', frame(field(0x0a, Uint8Array.of(0xc3, 0x28)), envelope(event))],
  ['a type that is not UTF-8', 'INVALID_UTF8', frame(room, envelope(idField(), Uint8Array.of(0x12, 3, 0x0a, 1, 0xff)))],
  ['a forged stamp', 'FORBIDDEN_FIELD', frame(batch({ ...good, stamp: { sequence: 9n, sender: 'admin' } }))],
  ['a forged signal', 'FORBIDDEN_FIELD', frame(batch({ room: 'watched', envelopes: [signal] }))],
  ['a forged error', 'FORBIDDEN_FIELD', frame(batch({ room: 'watched', envelopes: [wireError] }))],
  ['a forged reply', 'FORBIDDEN_FIELD', frame(batch({ recipient: 'reader', envelopes: [pong] }))],
  ['events and commands mixed', 'MIXED_BATCH', frame(batch({ room: 'watched', envelopes: [textEvent('x'), ping] }))],
  ['an unknown field of the frame', 'UNKNOWN_FIELD', Buffer.concat([frame(batch(good)), Uint8Array.of(0x12, 0)])],
  ['an unknown field of the batch', 'UNKNOWN_FIELD', frame(batch(good), Uint8Array.of(0x52, 0))],
  ['an unknown field of a command', 'UNKNOWN_FIELD', frame(envelope(idField(), Uint8Array.of(0x1a, 5, 0x0a, 0, 0xc2, 0x3e, 0)))],
  ['an unknown body', 'UNSUPPORTED_BODY', frame(room, envelope(idField(), Uint8Array.of(0x72, 0)))],
];

async function sender(sub = 'sender'): Promise<WireSession> {
  return watched.cluster.session({ sub });
}

/** What the reader of the watched room has got, after everything sent before was handled. */
async function seenByReader(): Promise<string[]> {
  await reader.ping();
  return reader.pendingEvents.map(({ text }) => text);
}

describe('a bad frame through the Shield', () => {
  it.each(refused)('with %s is refused whole with %s, and the connection stays (C10, C11)', async (_name, code, bytes) => {
    const session = await sender();
    await session.client.sendBytes(Buffer.concat([frame(batch(good)), bytes]));
    expect(await session.nextError()).toMatchObject({ code });
    await session.ping();
    expect(await seenByReader()).toEqual([]);
    await session.client.close();
  });

  it.each([['unknown command', Uint8Array.of(0x1a, 3, 0xc2, 0x3e, 0), ['UNKNOWN_COMMAND', 'UNKNOWN_FIELD']], ['empty command', Uint8Array.of(0x1a, 0), ['UNKNOWN_COMMAND', 'INVALID_ENVELOPE']]] as const)(
    'with an %s is refused', async (_name, body, codes) => {
      const session = await sender();
      await session.client.sendBytes(frame(envelope(idField(), body)));
      expect(codes).toContain((await session.nextError()).code);
      await session.ping();
      await session.client.close();
    });

  it('of text closes with 4400', async () => {
    const session = await sender();
    await session.client.sendText('{"room":"watched"}');
    expect((await session.client.closed).code).toBe(4400);
  });

  it('may come 16 times a minute; the next closes with 4400 (F17)', async () => {
    const session = await sender();
    for (let n = 1; n <= 17; n += 1) {
      await session.client.sendBytes(Uint8Array.of(0xff));
      expect(await session.nextError()).toMatchObject({ code: 'MALFORMED_FRAME' });
    }
    expect((await session.client.closed).code).toBe(4400);
  });

  it('of one byte above the limit closes with 4413, at the limit it is read', async () => {
    const session = await sender();
    await session.client.sendBytes(new Uint8Array(983_040).fill(0xff));
    expect(await session.nextError()).toMatchObject({ code: 'MALFORMED_FRAME' });
    await session.client.sendBytes(new Uint8Array(983_041));
    expect((await session.client.closed).code).toBe(4413);
  });

  it('of more than 1 MiB is cut with 1006', async () => {
    const session = await sender();
    const closed = session.client.closed;
    // The write may fail, because the server cuts the connection before it has read all.
    await succeeds(session.client.sendBytes(new Uint8Array(1_048_577)));
    expect((await closed).code).toBe(1006);
  });

  it('leaves the bystanders alone when many clients send many (p99 < 50 ms)', async () => {
    await watched.expectCalm('bad frames', async () => {
      await Promise.all(Array.from({ length: 3 }, async (_, index) => {
        for (let round = 0; round < 20; round += 1) {
          const session = await sender(`sender-${String(index)}`);
          for (const [, , bytes] of refused.slice(0, 12)) await session.client.sendBytes(bytes);
          await session.ping();
          await session.client.close();
        }
      }));
    });
    expect(await seenByReader()).toEqual([]);
  });
});
