// Primitive layer: how long FrameReader takes per envelope. Run from the repository root:
//   node --conditions=@arqonbus/source --import tsx libs/envelope/bench/frame-reader.bench.mjs
import { create, toBinary } from '@bufbuild/protobuf';
import { FrameSchema } from '@arqonbus/proto';
import { FrameReader } from '@arqonbus/envelope';

const rounds = 9;
const batchRounds = 20_000;

function runOf(envelopeCount, payloadBytes) {
  const envelopes = Array.from({ length: envelopeCount }, (_, index) => ({
    id: new Uint8Array(16).fill(index),
    body: { case: 'event', value: { type: 'acme.plans.v1.Update', payload: new Uint8Array(payloadBytes).fill(index) } },
  }));
  return toBinary(FrameSchema, create(FrameSchema, { batches: [{ room: 'plans', channel: 'main', ack: true, producer: 7n, run: 1n, envelopes }] }));
}

function medianNsPerFrame(reader, frame) {
  const samples = [];
  for (let round = 0; round < rounds; round++) {
    const started = process.hrtime.bigint();
    for (let index = 0; index < batchRounds; index++) if (!reader.read(frame, 0, frame.length)) throw new Error(reader.refusal.code);
    samples.push(Number(process.hrtime.bigint() - started) / batchRounds);
  }
  return samples.sort((left, right) => left - right)[rounds >> 1];
}

const reader = new FrameReader({ maxEnvelopeBytes: 262_144, maxEventsPerRun: 1_024 });
for (const [envelopeCount, payloadBytes] of [[1, 128], [64, 128], [256, 128], [64, 16]]) {
  const ns = medianNsPerFrame(reader, runOf(envelopeCount, payloadBytes));
  console.log(`run of ${envelopeCount}, payload ${payloadBytes} B: ${(ns / 1000).toFixed(2)} us per frame, ${(ns / envelopeCount).toFixed(1)} ns per envelope`);
}
