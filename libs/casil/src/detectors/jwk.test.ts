import { describe, expect, it } from 'vitest';

import { fill, readFixture, repeatedTo64KiB, runDetector, valuesFound } from '../../test/run-detector.js';
import { jwkDetector } from './jwk.js';

const text = fill('<<[A-Za-z0-9_]{1200}>>').text;
const long = text.slice(0, 342);
const short = text.slice(400, 443);

describe('jwkDetector', () => {
  it.each(['EC', 'OKP', 'RSA', 'oct'])('finds the private member of a key of type %s', (type) => {
    const { text: filled, secrets } = fill(`{"keys":[<<jwk:${type}>>]}`);
    expect(runDetector(jwkDetector, filled).found).toEqual([expect.objectContaining({ value: secrets[0], confidence: 'certain', category: 'key_material' })]);
  });

  it('finds every secret member of an RSA key, in any order', () => {
    const factors = [1, 2, 3, 4, 5].map((at) => text.slice(at * 150, at * 150 + 171));
    const [p, q, dp, dq, qi] = factors;
    const key = { d: long, p, q, dp, dq, qi, use: 'sig', n: text.slice(30, 372), e: 'AQAB', kty: 'RSA' };
    expect(valuesFound(jwkDetector, JSON.stringify(key, null, 2))).toEqual([long, ...factors]);
  });

  it('reads JSON inside JSON strings, once and twice, and single quotes', () => {
    const key = JSON.stringify({ kty: 'EC', crv: 'P-256', d: short, x: text.slice(500, 543) });
    expect(valuesFound(jwkDetector, JSON.stringify({ jwk: key }))).toEqual([short]);
    expect(valuesFound(jwkDetector, JSON.stringify(JSON.stringify({ jwk: key })))).toEqual([short]);
    expect(valuesFound(jwkDetector, key.replaceAll('"', "'"))).toEqual([short]);
  });

  it('keeps to the object that says kty', () => {
    const publicKey = JSON.stringify({ kty: 'EC', crv: 'P-256', x: short, y: short });
    expect(valuesFound(jwkDetector, `[${publicKey},{"d":"${short}","other":1}]`)).toEqual([]);
    const privateKey = JSON.stringify({ d: long.slice(0, 43), kty: 'EC', crv: 'P-256', x: short });
    expect(valuesFound(jwkDetector, `[${publicKey},${privateKey},${publicKey}]`)).toEqual([long.slice(0, 43)]);
  });

  it('passes over public keys, placeholders and other values', () => {
    const texts = [
      JSON.stringify({ kty: 'RSA', n: long, e: 'AQAB', kid: 'd' }), `{"kty":"RSA","d":"..."}`, `{"kty":"oct","k":"secret"}`, `{"kty":"EC","d":"${'A'.repeat(43)}"}`,
      `{"kty":"EC","d":"<${short}>"}`, `kty and d: ${short}`, `{"kty":"OTHER","d":"${short}"}`, `{"akty":"EC","d":"${short}"}`, `{"kty":"RSA","d":"${short} ${short}"}`,
    ];
    for (const one of texts) expect(valuesFound(jwkDetector, one), one).toEqual([]);
  });

  it('finds what the fixtures expect and nothing in the clean ones', () => {
    for (const { text: template } of readFixture('jwk', 'hit')) {
      const filled = fill(template);
      expect(valuesFound(jwkDetector, filled.text), template).toEqual(filled.secrets);
    }
    for (const { text: template } of readFixture('jwk', 'clean')) expect(valuesFound(jwkDetector, fill(template).text), template).toEqual([]);
  });

  it.each(['kty', '"kty":"RSA"', '"kty":"RSA",', '{"kty":"oct",', '"kty"', `{"kty":"RSA","d":"${long}"`, '"kty":"EC"}}}}', '"d":"'])('takes a bounded number of steps for 64 KiB of %j', (unit) => {
    expect(runDetector(jwkDetector, repeatedTo64KiB(unit)).stepsTaken).toBeLessThan(65_536 * 48);
  });
});
