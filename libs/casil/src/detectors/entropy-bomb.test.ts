import { describe, expect, it } from 'vitest';

import { fill, readFixture } from '../../test/run-detector.js';
import { ScanText } from '../scan/scan-text.js';
import { findEntropyBombs } from './entropy-bomb.js';

function bombsIn(content: string): { values: string[]; stepsTaken: number } {
  const text = new ScanText();
  text.bytes = new TextEncoder().encode(content);
  text.end = text.bytes.length;
  text.stepsLeft = 1 << 30;
  const values: string[] = [];
  findEntropyBombs(text, {
    add(detector, category, start, end, confidence) {
      expect([detector, category, confidence]).toEqual(['entropy-bomb', 'entropy_bomb', 'probable']);
      values.push(content.slice(start, end));
    },
  });
  return { values, stepsTaken: (1 << 30) - text.stepsLeft };
}

function randomText(alphabet: string, length: number): string {
  const unit = 500;
  return Array.from({ length: Math.ceil(length / unit) }, (_, at) => fill(`<<[${alphabet}]{${String(unit)}}>>`, at + 1).text).join('').slice(0, length);
}

describe('findEntropyBombs()', () => {
  it.each(['A-Za-z0-9+/', 'A-Za-z0-9', '0-9a-f', 'A-Z2-7', 'A-Za-z0-9_-'])('reports a run of [%s] wherever it stands', (alphabet) => {
    const run = randomText(alphabet, 5000);
    for (const lead of [0, 1, 700, 1023, 5000]) expect(bombsIn(`${' {"a": 1}'.repeat(lead).slice(0, lead)}"${run}"`).values).toEqual([run]);
  });

  it('reports a run of 4,096 characters and none of 4,095', () => {
    const run = randomText('A-Za-z0-9', 4096);
    expect(bombsIn(`"${run}"`).values).toEqual([run]);
    expect(bombsIn(`"${run.slice(1)}"`).values).toEqual([]);
  });

  it('reports each of several runs', () => {
    const runs = [randomText('A-Za-z0-9', 4500), randomText('0-9a-f', 9000)];
    expect(bombsIn(`${runs[0]} and ${runs[1]}`).values).toEqual(runs);
  });

  it('passes over media, archives, repeated text and encoded text', () => {
    const random = randomText('A-Za-z0-9+/', 6000);
    const texts = [
      `iVBORw0KGgo${random}`, `/9j/4AAQ${random}`, `data:image/x-unknown;base64,${random}`, `H4sIAAAA${random}`, `AAAAIGZ0eXBpc29tA${random}`.replace('AAAAIGZ0eXBpc29tA', 'AAAAIGZ0eXA'.replace('GZ0eXA', 'ZnR5cA')),
      'abcd'.repeat(3000), 'A'.repeat(9000), Buffer.from('{"name":"value","other":[1,2,3]},'.repeat(300)).toString('base64'), `${random.slice(0, 3000)} ${random.slice(3000)}`,
    ];
    for (const text of texts) expect(bombsIn(`{"x":"${text}"}`).values, text.slice(0, 40)).toEqual([]);
  });

  it('finds what the fixtures expect and nothing in the clean ones', () => {
    for (const { text } of readFixture('entropy-bomb', 'hit')) expect(bombsIn(fill(text).text).values.length, text.slice(0, 60)).toBe(1);
    for (const { text } of readFixture('entropy-bomb', 'clean')) expect(bombsIn(fill(text).text).values, text.slice(0, 60)).toEqual([]);
  });

  it('reads no more than a text once', () => {
    const texts = ['A'.repeat(65_536), `${'a'.repeat(1023)} `.repeat(64), `${'a'.repeat(3071)} `.repeat(21), randomText('A-Za-z0-9', 65_536), ' '.repeat(65_536)];
    for (const text of texts) expect(bombsIn(text).stepsTaken).toBeLessThan(65_536 * 3);
  });
});
