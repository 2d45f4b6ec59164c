import { describe, expect, it } from 'vitest';
import { buildFrame } from './frame-builder.js';
import { encodeStampAfter, readPositions } from './positions.js';
import { envelopeRanges } from './stamped-batch.js';
import { FrameReader } from './frame-reader.js';

const limits = { maxEnvelopeBytes: 65_536, maxEventsPerRun: 1_024 };

describe('BatchView.detach()', () => {
  it('keeps what the batch says, with bytes of its own', () => {
    const event = (text: string): object => ({ id: new Uint8Array(16).fill(7), body: { case: 'event', value: { type: 'text/plain', payload: new TextEncoder().encode(text) } } });
    const frame = buildFrame([
      { room: 'first', envelopes: [event('a')] },
      { room: 'plans', channel: 'main', ack: true, producer: 9n, run: 3n, after: [{ channel: 'acts', epoch: 5n, sequence: 8n }], envelopes: [event('b'), event('c')] },
    ] as Parameters<typeof buildFrame>[0]);
    const reader = new FrameReader(limits);
    expect(reader.read(frame, 0, frame.length)).toBe(true);
    const before = reader.batch(1);
    const { bytes, view } = before.detach(frame);
    const text = (start: number, end: number): string => new TextDecoder().decode(bytes.subarray(start, end));
    const positions = readPositions(frame, before);
    const after = encodeStampAfter(frame, before);
    frame.fill(0);
    reader.read(new Uint8Array(0), 0, 0);
    expect(bytes.length).toBe(view.end);
    expect([text(view.roomStart, view.roomEnd), text(view.channelStart, view.channelEnd), view.run, view.producerLo, view.envelopeCount]).toEqual(['plans', 'main', 3, 9, 2]);
    expect([readPositions(bytes, view), encodeStampAfter(bytes, view)]).toEqual([positions, after]);
    expect(envelopeRanges(bytes, view.envelopesStart, view.envelopesEnd)).toHaveLength(2);
    expect(bytes[view.firstIdStart]).toBe(7);
    expect([view.recipientStart, view.traceparentStart]).toEqual([-1, -1]);
  });
});
