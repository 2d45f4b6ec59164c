import { ArqonError } from '@arqonbus/errors';
import { SpineFrameSchema, type SpineMessage } from '@arqonbus/proto';
import { fromBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { LINK_MESSAGE_MAX_BYTES } from './link-message-buffer.js';
import { SpineFrameBuilder } from './spine-frame-builder.js';

function takeAll(builder: SpineFrameBuilder): { sizes: number[]; bodies: SpineMessage['body'][] } {
  const sizes: number[] = [];
  const bodies: SpineMessage['body'][] = [];
  for (let bytes = builder.take(); bytes !== undefined; bytes = builder.take()) {
    sizes.push(bytes.length);
    bodies.push(...fromBinary(SpineFrameSchema, bytes).messages.map((message) => message.body));
  }
  return { sizes, bodies };
}

describe('SpineFrameBuilder', () => {
  it('takes nothing when nothing was appended', () => {
    expect(new SpineFrameBuilder().take()).toBeUndefined();
  });

  it('keeps the order of session frames and cold messages', () => {
    const builder = new SpineFrameBuilder();
    builder.appendDeliverSession(7, Uint8Array.of(1, 2), { page: false });
    builder.appendMessage({ body: { case: 'kickSession', value: { session: 7n, code: 4403, reason: 'forbidden' } } });
    builder.appendDeliverSession(Number.MAX_SAFE_INTEGER, new Uint8Array(0), { page: true });
    const size = builder.sizeBytes;
    const { sizes, bodies } = takeAll(builder);
    expect(sizes).toEqual([size]);
    expect(bodies).toMatchObject([
      { case: 'deliverSession', value: { session: 7n, page: false, frame: Uint8Array.of(1, 2) } },
      { case: 'kickSession', value: { session: 7n, code: 4403, reason: 'forbidden' } },
      { case: 'deliverSession', value: { session: BigInt(Number.MAX_SAFE_INTEGER), page: true, frame: new Uint8Array(0) } },
    ]);
    expect(builder.sizeBytes).toBe(0);
  });

  it('cuts between messages so that none is above 1 MiB (G1)', () => {
    const builder = new SpineFrameBuilder();
    for (let session = 1; session <= 30; session++) builder.appendDeliverSession(session, new Uint8Array(100_000).fill(session), { page: false });
    const total = builder.sizeBytes;
    const { sizes, bodies } = takeAll(builder);
    expect(sizes).toHaveLength(3);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(LINK_MESSAGE_MAX_BYTES);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(total);
    expect(bodies.map((body) => (body.case === 'deliverSession' ? [Number(body.value.session), body.value.frame[99_999]] : []))).toEqual(
      Array.from({ length: 30 }, (_, index) => [index + 1, index + 1]),
    );
  });

  it('refuses one message above 1 MiB with FRAME_TOO_LARGE and appends nothing', () => {
    const builder = new SpineFrameBuilder();
    builder.appendDeliverSession(1, new Uint8Array(LINK_MESSAGE_MAX_BYTES - 32), { page: true });
    expect(takeAll(builder).sizes[0]).toBeLessThanOrEqual(LINK_MESSAGE_MAX_BYTES);
    expect(() => builder.appendDeliverSession(1, new Uint8Array(LINK_MESSAGE_MAX_BYTES), { page: false })).toThrow(ArqonError);
    expect(() => builder.appendDeliverSession(1, new Uint8Array(LINK_MESSAGE_MAX_BYTES), { page: false })).toThrow('FRAME_TOO_LARGE');
    expect(builder.sizeBytes).toBe(0);
    expect(builder.take()).toBeUndefined();
  });
});
