import { compileRuleset, defaultCasilConfig } from '@arqonbus/casil';
import { describe, expect, it } from 'vitest';

import { findSecrets, textBytes } from './secret-scan.js';

const ruleset = compileRuleset({ ...defaultCasilConfig, enabled: true });
const letters = 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8';
const token = ['gh', 'p_', letters].join('');
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the scan for secrets', () => {
  it('tells detector and line, and not what it found', () => {
    const found = findSecrets(bytesOf(`one\n\ntoken: ${token}\n`), ruleset);
    expect(found.map(({ line }) => line)).toEqual([3]);
    expect(JSON.stringify(found)).not.toContain(letters);
    expect(found[0]?.fingerprint).toMatch(/^[0-9a-f]{12}$/);
  });

  it('finds a secret wherever a window ends', () => {
    const filler = 'nothing to see on this line\n';
    for (const before of [65_536 - 64, 65_536 - 20, 65_536 + 10, 130_000]) {
      const text = filler.repeat(Math.ceil(before / filler.length)).slice(0, before);
      expect(findSecrets(bytesOf(`${text}\n${token}\n${filler.repeat(4_000)}`), ruleset), String(before)).toHaveLength(1);
    }
  });

  it.each([['with its mark', '\uFEFF'], ['without it', '']])('reads a text of two bytes per character %s', (_, mark) => {
    const text = textBytes(Buffer.from(`${mark}token ${token}\n`, 'utf16le')) ?? new Uint8Array();
    expect(findSecrets(text, ruleset)).toHaveLength(1);
  });

  it('takes other binary files for no text', () => {
    expect(textBytes(Uint8Array.of(0x7f, 0x45, 0, 0, 0, 1, 0, 0, 0x41, 0, 0, 0))).toBeUndefined();
  });

  it('finds nothing in plain prose', () => {
    expect(findSecrets(bytesOf('The token is read from the environment.\n'), ruleset)).toEqual([]);
  });
});
