import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { generateCorpus } from './generate-corpus.js';

const cases = generateCorpus(1);
const kindsOf = (label: string): Set<string> => new Set(cases.filter((item) => item.label === label).map(({ kind }) => kind));

describe('generateCorpus', () => {
  it('is the same for the same seed and another for another', () => {
    expect(generateCorpus(1)).toEqual(cases);
    expect(generateCorpus(2)[0]?.text).not.toBe(cases[0]?.text);
  });

  it('holds more than sixty kinds of secrets and forty kinds of clean text', () => {
    expect(kindsOf('secret').size).toBeGreaterThanOrEqual(100);
    expect(kindsOf('clean').size).toBeGreaterThanOrEqual(40);
    expect(cases.filter(({ label }) => label === 'clean').length).toBeGreaterThanOrEqual(2000);
  });

  it('marks one non-empty secret in every text that has one, and none in clean text', () => {
    for (const { id, text, label, secretRanges } of cases) {
      expect(secretRanges.length, id).toBe(label === 'secret' ? 1 : 0);
      for (const { start, end } of secretRanges) expect(Buffer.from(text).subarray(start, end).length, id).toBe(Math.max(8, end - start));
    }
  });

  it('makes JSON texts that parse', () => {
    const json = cases.filter(({ context }) => context === 'json' || context.startsWith('json-'));
    expect(json.length).toBeGreaterThan(100);
    for (const { id, text } of json) expect(() => JSON.parse(text) as unknown, id).not.toThrow();
  });
});
