import { describe, expect, it } from 'vitest';
import { readShieldFrame } from './read-shield-frame.js';
import { ShieldFrameBuilder } from './shield-frame-builder.js';

describe('ShieldFrameBuilder', () => {
  it('copies the frame, so the engine may reuse its bytes', () => {
    const builder = new ShieldFrameBuilder();
    const frame = Uint8Array.of(1, 2, 3);
    builder.appendInbound(5, frame);
    frame.fill(9);
    const seen: number[][] = [];
    readShieldFrame(builder.take() ?? new Uint8Array(0), {
      inbound: (session, bytes, start, end) => seen.push([session, ...bytes.subarray(start, end)]),
      message: () => undefined,
    });
    expect(seen).toEqual([[5, 1, 2, 3]]);
  });

  it('fits a client frame of the cap and cuts before the next (G1)', () => {
    const builder = new ShieldFrameBuilder();
    builder.appendInbound(1, new Uint8Array(983_040));
    builder.appendInbound(2, new Uint8Array(983_040));
    const first = builder.take()?.length ?? 0;
    const second = builder.take()?.length ?? 0;
    expect(first).toBeGreaterThan(983_040);
    expect(first).toBeLessThanOrEqual(builder.maxBytes);
    expect(second).toBe(first);
    expect(builder.take()).toBeUndefined();
  });

  it('refuses a message above 1 MiB with FRAME_TOO_LARGE', () => {
    const builder = new ShieldFrameBuilder();
    expect(() => builder.appendMessage({ body: { case: 'openSession', value: { session: 1n, token: 'x'.repeat(builder.maxBytes) } } })).toThrow('FRAME_TOO_LARGE');
    expect(builder.sizeBytes).toBe(0);
  });
});
