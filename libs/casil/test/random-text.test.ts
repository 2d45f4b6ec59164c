import { SeededRandom } from '@arqonbus/testkit';
import { describe, expect, it } from 'vitest';
import { classifyMessage } from '../src/classify-message.js';
import { compileRuleset } from '../src/compile-ruleset.js';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';
const alphabets = [`${letters}${digits}+/`, `${letters}${digits}-_`, `${digits}abcdef`, `${letters}${digits}`];
const textCount = 5_000;

describe('every rule on random text', () => {
  it('finds less than one secret in a thousand ids of 20 to 200 characters, alone and in JSON', { timeout: 60_000 }, () => {
    const ruleset = compileRuleset({ enabled: true });
    const random = new SeededRandom(20_260_101);
    const encoder = new TextEncoder();
    const found: string[] = [];
    for (let index = 0; index < textCount; index++) {
      for (const alphabet of alphabets) {
        const id = random.text(alphabet, random.between(20, 200));
        for (const text of [id, JSON.stringify({ id, index })]) {
          const { allFindings } = classifyMessage({ type: '', payload: encoder.encode(text), room: 'r', channel: 'c' }, ruleset);
          if (allFindings.length > 0) found.push(allFindings[0].detector);
        }
      }
    }
    expect(found.length, found.join(' ')).toBeLessThan((textCount * alphabets.length * 2) / 1_000);
  });
});
