import type { SeededRandom } from './seeded-random.js';

type Mutation = (frame: Uint8Array, random: SeededRandom, corpus: readonly Uint8Array[]) => Uint8Array;

const maxRandomBytes = 300;

/** The ways to break a frame. Each leaves its input as it is. */
const mutations: readonly Mutation[] = [
  flipBits,
  (frame, random) => frame.slice(0, random.below(frame.length + 1)),
  (frame, random, corpus) => splice(frame, random.pick(corpus), random),
  repeatPart,
  (_frame, random) => random.bytes(random.below(maxRandomBytes)),
  insertBytes,
  setByte,
  (frame, random, corpus) => Buffer.concat([frame, random.pick(corpus)]),
];

/** A frame of the corpus, broken one to three times. */
export function mutateFrame(corpus: readonly Uint8Array[], random: SeededRandom): Uint8Array {
  let frame = random.pick(corpus);
  for (let times = 1 + random.below(3); times > 0; times -= 1) frame = random.pick(mutations)(frame, random, corpus);
  return frame;
}

function flipBits(frame: Uint8Array, random: SeededRandom): Uint8Array {
  const flipped = frame.slice();
  if (flipped.length > 0) for (let times = 1 + random.below(4); times > 0; times -= 1) flipped[random.below(flipped.length)] ^= 1 << random.below(8);
  return flipped;
}

/** Lengths, tags and varints break at these values. */
function setByte(frame: Uint8Array, random: SeededRandom): Uint8Array {
  const changed = frame.slice();
  if (changed.length > 0) changed[random.below(changed.length)] = random.pick([0, 1, 0x7f, 0x80, 0xff, 0x0a, 0x7a]);
  return changed;
}

function splice(one: Uint8Array, other: Uint8Array, random: SeededRandom): Uint8Array {
  return Buffer.concat([one.subarray(0, random.below(one.length + 1)), other.subarray(random.below(other.length + 1))]);
}

/** Repeats a part in place: among others, fields come twice. */
function repeatPart(frame: Uint8Array, random: SeededRandom): Uint8Array {
  const start = random.below(frame.length + 1);
  const end = start + random.below(frame.length - start + 1);
  return Buffer.concat([frame.subarray(0, end), frame.subarray(start)]);
}

function insertBytes(frame: Uint8Array, random: SeededRandom): Uint8Array {
  const at = random.below(frame.length + 1);
  return Buffer.concat([frame.subarray(0, at), random.bytes(1 + random.below(12)), frame.subarray(at)]);
}
