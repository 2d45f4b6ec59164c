// Primitive layer: what reading, stamping and building cost per envelope, in processor time. Run from the repository root:
//   node --conditions=@arqonbus/source --import tsx/esm libs/envelope/bench/frame-reader.bench.mjs
import {
  copyEnvelopes, createIdSource, encodeEpoch, encodeFrame, encodeRouting, encodeSender, EventRunBuilder, FrameReader, stampedBatchSize, writeStampedHeader,
} from '../src/index.js';

const rounds = 15;
const callsPerRound = 10_000;
const payload = new Uint8Array(128).fill(7);
const nextId = createIdSource({ nowMs: () => 1_700_000_000_000, random: (bytes) => bytes.fill(3) });
const builder = new EventRunBuilder();
const reader = new FrameReader({ maxEnvelopeBytes: 262_144, maxEventsPerRun: 4_096 });

function buildRun(envelopeCount) {
  for (let index = 0; index < envelopeCount; index++) builder.append({ id: nextId(), type: 'acme.plans.v1.Update', payload });
  return encodeFrame([builder.finish({ room: 'plans', channel: 'main', ack: true, producer: 7n, run: 1n })]);
}

function readRun(frame) {
  if (!reader.read(frame, 0, frame.length)) throw new Error(reader.refusal.code);
}

function stampRun(frame, view, run, target) {
  run.sequence += view.envelopeCount;
  run.prev = run.sequence - 1;
  run.timeUs += 1;
  if (stampedBatchSize(run) > target.length) throw new Error('target too small');
  return copyEnvelopes(target, writeStampedHeader(target, 0, run), frame, view);
}

function report(what, envelopeCount, call) {
  const samples = [];
  for (let round = 0; round < rounds; round++) {
    const started = process.cpuUsage();
    for (let index = 0; index < callsPerRound; index++) call();
    const { user, system } = process.cpuUsage(started);
    samples.push(((user + system) * 1_000) / callsPerRound);
  }
  samples.sort((left, right) => left - right);
  const [best, median] = [samples[0], samples[rounds >> 1]].map((ns) => `${(ns / 1_000).toFixed(2)} us, ${(ns / envelopeCount).toFixed(1)} ns each`);
  console.log(`${what} of ${envelopeCount}: best ${best}; median ${median}`);
}

for (const envelopeCount of [1, 64, 256]) {
  const frame = buildRun(envelopeCount);
  report('read a run', envelopeCount, () => readRun(frame));
  readRun(frame);
  const view = reader.batch(0);
  const run = {
    routing: encodeRouting('plans', 'main', ''), sender: encodeSender('alice', 1), epoch: encodeEpoch(1_700_000_000_000_000), after: new Uint8Array(0),
    sequence: 1_000_000, prev: 0, timeUs: 1_700_000_000_000_000, replayed: false, envelopesBytes: view.envelopesBytes,
  };
  const target = new Uint8Array(frame.length + 256);
  report('stamp and copy a run', envelopeCount, () => stampRun(frame, view, run, target));
  report('build a run', envelopeCount, () => buildRun(envelopeCount));
}
