import { describe, expect, it } from 'vitest';
import { runDetector, valuesFound } from '../../test/run-detector.js';
import type { TokenRule } from '../rules/token-rule.js';
import { createTokenDetector } from './tokens.js';

const facts = { provider: 'Test', source: 'this test' } as const;
const rules: readonly TokenRule[] = [
  { ...facts, kind: 'prefix', id: 'prefixed', prefixes: ['tk_'], pattern: 'tk_[0-9A-Za-z]{20}', notAfter: '.', notBefore: '-+' },
  { ...facts, kind: 'context', id: 'assigned', keywords: ['etsy'], pattern: '[0-9a-z]{24}' },
  { ...facts, kind: 'context', id: 'barred', keywords: ['facebook'], pattern: '[0-9]{10}[|][0-9A-Za-z_-]{20}' },
  { ...facts, kind: 'context', id: 'identified', keywords: ['secret_id'], pattern: '[0-9a-f]{32}' },
  { ...facts, kind: 'context', id: 'long', keywords: ['vendor'], pattern: '[0-9A-Za-z]{400,500}' },
  { ...facts, kind: 'infix', id: 'inside', infixes: [':aa'], maxBeforeBytes: 10, pattern: '[0-9]{8,10}:AA[0-9A-Za-z]{20}' },
];
const detector = createTokenDetector(rules);

/** Characters without order, so that no secret stands here and none looks made up. */
function characters(count: number, alphabet: string): string {
  let state = 12_345;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return alphabet[(state >>> 8) % alphabet.length];
  }).join('');
}

const mixed = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const lower = 'abcdefghijklmnopqrstuvwxyz0123456789';
const prefixed = `tk_${characters(20, mixed)}`;
const assigned = characters(24, lower);
const ids = (text: string): string[] => [...new Set(runDetector(detector, text).found.map((one) => one.detector))];

describe('tokens that tell by their beginning', () => {
  it.each(['%', '"%"', '<t>%</t>', 'a=%&b', '%_suffix', '_%_', ' _%_.', '(%)', 'x:%,y', '%\\n', '\u001b[1;32m%\u001b[0m', '\u001b[m%'])('are found in %s', (frame) => {
    expect(valuesFound(detector, frame.replace('%', prefixed))).toEqual([prefixed]);
  });

  it.each(['x%', '1%', '_%', 'a_%_', '__%_', '.%', '%x', '%9', '%-x', '%+', 'm%', '[1m%', '\u001b[1k%'])('are part of something else in %s', (frame) => {
    expect(ids(frame.replace('%', prefixed))).toEqual([]);
  });

  it('are placeholders when they are made up', () => {
    expect(ids(`tk_${'x'.repeat(20)} tk_${'abcdefghijklmnopqrst'} tk_${'ab'.repeat(10)}`)).toEqual([]);
  });
});

describe('tokens that tell by the name of their place', () => {
  it.each(['etsy_key=%', 'ETSY_TOKEN: "%"', '{"etsyKey":"%"}', '<etsy>%</etsy>', 'myEtsyKey = "%"', 'my-etsy-key: %'])('are found in %s', (frame) => {
    expect(valuesFound(detector, frame.replace('%', assigned))).toEqual([assigned]);
  });

  it.each(['SetSysctl = "%"', 'rocketsy = "%"', 'etsy_shop_id=%', 'etsyUuid: "%"', 'ETSY_URL=%', '%'])('are none in %s', (frame) => {
    expect(ids(frame.replace('%', assigned))).toEqual([]);
  });

  it('are found under a keyword that itself ends like an id', () => {
    expect(ids(`secret_id=${characters(32, '0123456789abcdef')}`)).toEqual(['identified']);
  });

  it('hold what else ends a value, and are read to their end', () => {
    const barred = `1234509876|${characters(20, mixed)}`;
    expect(valuesFound(detector, `FACEBOOK=${barred}\n`)).toEqual([barred]);
    const long = characters(450, mixed);
    expect(valuesFound(detector, `{"vendor_token":"${long}"}`)).toEqual([long]);
  });
});

describe('tokens with a mark inside', () => {
  it('are found from where they begin', () => {
    const token = `482910375:AA${characters(20, mixed)}`;
    expect(valuesFound(detector, `https://t.example/bot/${token}/send`)).toEqual([token]);
    expect(ids(`x${token}`)).toEqual([]);
  });
});

it('takes from the budget what it looks at, not what it finds', () => {
  const { stepsTaken } = runDetector(detector, 'tk_aaaaaaaaaaaaaaaaaaa '.repeat(100));
  expect(stepsTaken).toBeGreaterThan(100 * 20);
  expect(stepsTaken).toBeLessThan(100 * 60);
});
