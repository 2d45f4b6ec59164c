import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandSchema, FrameSchema, type Batch, type Envelope, type Event } from '@arqonbus/proto';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FrameReader } from '../src/frame-reader.js';
import { batches } from './arbitrary-frames.js';
import { frameOf, wideLimits } from './frame-oracle.js';
import { createRandom, doubledFrame, mutatedFrame, reorderedFrame } from './frame-variants.js';
import { decodeWithPython, installPythonProtobuf, writeDescriptors } from './python-protobuf.js';
import { envelope, event, field, frameWith, id, room } from './wire-writer.js';

const hexOf = (text: string | Uint8Array): string => Buffer.from(text).toString('hex');

function floatFacts(value: number): string {
  return Number.isNaN(value) ? 'nan' : hexOf(new Uint8Array(Float32Array.of(value).buffer));
}

function eventFacts({ type, payload }: Event): unknown {
  return [hexOf(type), hexOf(payload)];
}

function bodyFacts({ body }: Envelope): unknown {
  if (body.case === 'event') return ['event', eventFacts(body.value)];
  if (body.case === 'command') return ['command', hexOf(toBinary(CommandSchema, body.value))];
  if (body.case === 'reply' && body.value.body.case === 'event') return ['reply', [hexOf(body.value.requestId), eventFacts(body.value.body.value)]];
  return [body.case ?? null, null];
}

function envelopeFacts(message: Envelope): unknown {
  const { headers, capabilities, embedding } = message;
  return [
    hexOf(message.id),
    bodyFacts(message),
    [hexOf(message.traceparent), hexOf(message.tracestate), hexOf(message.intent)],
    Object.entries(headers).map(([key, value]) => [hexOf(key), hexOf(value)]).sort(([left], [right]) => (left < right ? -1 : 1)),
    capabilities.map(hexOf),
    [hexOf(embedding?.model ?? ''), (embedding?.values ?? []).map(floatFacts), embedding !== undefined],
    hexOf(message.parentId),
  ];
}

function batchFacts(batch: Batch): unknown {
  return [
    [hexOf(batch.room), hexOf(batch.channel), hexOf(batch.recipient), String(batch.recipientSession)],
    [batch.ack, String(batch.producer), String(batch.run)],
    batch.after.map(({ channel, epoch, sequence }) => [hexOf(channel), String(epoch), String(sequence)]),
    batch.envelopes.map(envelopeFacts),
  ];
}

/** Frames that the reader accepts, most of them after an arbitrary change. */
function acceptedFrames(): Uint8Array[] {
  const reader = new FrameReader(wideLimits);
  const accepted: Uint8Array[] = [];
  const seeds = fc.sample(fc.tuple(batches, batches, fc.nat()), { seed: 51, numRuns: 2_000 });
  for (const [list, otherList, seed] of seeds) {
    const random = createRandom(seed);
    const other = frameOf(otherList);
    const source = random(2) === 0 ? reorderedFrame(frameOf(list), random) : frameOf(list);
    const variants = [source, ...Array.from({ length: 5 }, () => mutatedFrame(source, other, random))];
    if (list.length > 0) variants.push(doubledFrame(frameOf(list), random).frame);
    accepted.push(...variants.filter((frame) => frame.length > 0 && reader.read(frame, 0, frame.length)));
  }
  return accepted;
}

function framesFile(frames: readonly Uint8Array[]): Buffer {
  return Buffer.concat(frames.flatMap((frame) => {
    const header = Buffer.alloc(4);
    header.writeUInt32LE(frame.length);
    return [header, frame];
  }));
}

describe('FrameReader.read() beside Python protobuf', () => {
  let python = '';
  let folder = '';
  let descriptorsPath = '';

  beforeAll(() => {
    python = installPythonProtobuf();
    folder = mkdtempSync(join(tmpdir(), 'arqon-parity-'));
    descriptorsPath = join(folder, 'contract.binpb');
    writeDescriptors(descriptorsPath);
  }, 420_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function decode(frames: readonly Uint8Array[]): ReturnType<typeof decodeWithPython> {
    const framesPath = join(folder, 'frames.bin');
    writeFileSync(framesPath, framesFile(frames));
    return decodeWithPython(python, descriptorsPath, framesPath);
  }

  it('accepts only frames that Python decodes to the same fields (B1)', () => {
    const frames = acceptedFrames();
    expect(frames.length).toBeGreaterThan(4_000);
    const decoded = decode(frames);
    expect(decoded.implementation).toBe('upb');
    expect(decoded.frames.length).toBe(frames.length);
    frames.forEach((frame, index) => {
      const facts = fromBinary(FrameSchema, frame).batches.map(batchFacts);
      if (JSON.stringify(decoded.frames[index]) !== JSON.stringify(facts)) {
        expect.fail(`${hexOf(frame)}\npython ${JSON.stringify(decoded.frames[index])}\n    js ${JSON.stringify(facts)}`);
      }
    });
  }, 120_000);

  it('refuses what Python refuses: text that is not UTF-8, groups that stay open, lengths past the end', () => {
    const bad = [0xc3, 0x28];
    const frames = [
      frameWith(field(1, bad), envelope(id, event)),
      frameWith(room, envelope(id, event, field(7, bad))),
      frameWith(room, envelope(id, event, field(9, field(1, bad)))),
      frameWith(room, envelope(id, event, field(9, field(2, bad)))),
      frameWith(room, envelope(id, event, field(12, field(1, bad)))),
      frameWith(room, envelope(id, event, field(10, [0xed, 0xa0, 0x80]))),
      frameWith(room, envelope(id, event, [0xa3, 0x01])),
      frameWith(room, envelope(id, event, [0x3a, 0x05, 0x61])),
      frameWith(room, envelope(id, event, field(12, field(2, [1, 2, 3])))),
    ];
    const reader = new FrameReader(wideLimits);
    expect(frames.filter((frame) => reader.read(frame, 0, frame.length))).toEqual([]);
    for (const result of decode(frames).frames) expect(result).toHaveProperty('error');
  }, 60_000);
});
