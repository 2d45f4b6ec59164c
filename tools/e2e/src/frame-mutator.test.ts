import { FrameSchema } from '@arqonbus/proto';
import { fromBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { frameCorpus } from './frame-corpus.js';
import { mutateFrame } from './frame-mutator.js';
import { SeededRandom } from './seeded-random.js';

const corpus = frameCorpus('token');

describe('mutateFrame()', () => {
  it('gives the same frames for the same seed, and others for another', () => {
    const frames = (seed: number): string => {
      const random = new SeededRandom(seed);
      return Array.from({ length: 50 }, () => Buffer.from(mutateFrame(corpus, random)).toString('hex')).join(' ');
    };
    expect(frames(1)).toBe(frames(1));
    expect(frames(1)).not.toBe(frames(2));
  });

  it('leaves the corpus as it is', () => {
    const before = corpus.map((frame) => Buffer.from(frame).toString('hex'));
    const random = new SeededRandom(3);
    for (let times = 0; times < 2_000; times += 1) mutateFrame(corpus, random);
    expect(corpus.map((frame) => Buffer.from(frame).toString('hex'))).toEqual(before);
  });

  it('makes frames that decode and frames that do not', () => {
    const random = new SeededRandom(4);
    const decodes = Array.from({ length: 1_000 }, () => {
      try {
        fromBinary(FrameSchema, mutateFrame(corpus, random));
        return true;
      } catch {
        // What does not decode is half of the purpose.
        return false;
      }
    }).filter(Boolean).length;
    expect(decodes).toBeGreaterThan(100);
    expect(decodes).toBeLessThan(900);
  });
});
