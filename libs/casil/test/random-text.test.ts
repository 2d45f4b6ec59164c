import { describe, expect, it } from 'vitest';
import { classifyMessage } from '../src/classify-message.js';
import { compileRuleset } from '../src/compile-ruleset.js';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';
const alphabets = [`${letters}${digits}+/`, `${letters}${digits}-_`, `${digits}abcdef`, `${letters}${digits}`];
const textCount = 5_000;

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe('every rule on random text', () => {
  it('finds less than one secret in a thousand ids of 20 to 200 characters, alone and in JSON', { timeout: 60_000 }, () => {
    const ruleset = compileRuleset({ enabled: true });
    const random = seeded(20_260_101);
    const encoder = new TextEncoder();
    const found: string[] = [];
    for (let index = 0; index < textCount; index++) {
      for (const alphabet of alphabets) {
        const length = 20 + Math.floor(random() * 181);
        const id = Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
        for (const text of [id, JSON.stringify({ id, index })]) {
          const { allFindings } = classifyMessage({ type: '', payload: encoder.encode(text), room: 'r', channel: 'c' }, ruleset);
          if (allFindings.length > 0) found.push(allFindings[0].detector);
        }
      }
    }
    expect(found.length, found.join(' ')).toBeLessThan((textCount * alphabets.length * 2) / 1_000);
  });
});
