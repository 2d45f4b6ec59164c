import { describe, expect, it } from 'vitest';

import { fill, readFixture, repeatedTo64KiB, runDetector, valuesFound } from '../../test/run-detector.js';
import { jwtDetector } from './jwt.js';

function part(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}

const random = fill('<<[A-Za-z0-9_]{400}>>').text;
const signature = random.slice(0, 43);
const claims = part({ sub: 'ada', exp: 1_800_000_000 });

describe('jwtDetector', () => {
  it.each(['HS256', 'ES256', 'RS256', 'ed25519-nkey'])('finds a token signed with %s as certain', (algorithm) => {
    const { text, secrets } = fill(`{"access":"<<jwt:${algorithm}>>","x":1}`);
    expect(runDetector(jwtDetector, text).found).toEqual([expect.objectContaining({ value: secrets[0], confidence: 'certain' })]);
  });

  it('finds headers with blanks and line breaks, and a header with certificates', () => {
    const headers = ['{ "alg" : "HS256" }', '{\n  "typ": "JWT",\n  "alg": "HS256"\n}\n', '{\r\n "alg":"HS256"}', JSON.stringify({ alg: 'RS256', x5c: ['MII'.repeat(3000)] })];
    for (const header of headers) {
      const token = `${part(header)}.${claims}.${signature}`;
      expect(valuesFound(jwtDetector, `t=${token};`), header.slice(0, 20)).toEqual([token]);
    }
  });

  it('finds unsecured, detached, encrypted and selective disclosure tokens', () => {
    const unsecured = `${part({ alg: 'none' })}.${claims}.`;
    const detached = `${part({ alg: 'ES256' })}..${signature}`;
    const encrypted = `${part({ alg: 'dir', enc: 'A256GCM' })}..${random.slice(0, 16)}.${random.slice(20, 90)}.${random.slice(100, 122)}`;
    const wrapped = `${part({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.${random.slice(0, 342)}.${random.slice(0, 16)}.${random.slice(20, 90)}.${random.slice(100, 122)}`;
    const disclosing = `${part({ alg: 'ES256' })}.${claims}.${signature}~${random.slice(50, 90)}~`;
    for (const token of [unsecured, detached, encrypted, wrapped, disclosing]) expect(valuesFound(jwtDetector, `a "${token}" b`)).toEqual([token]);
  });

  it('ends where the token ends', () => {
    const token = `${part({ alg: 'HS256' })}.${claims}.${signature}`;
    expect(valuesFound(jwtDetector, `https://x.test/?t=${token}&b=1`)).toEqual([token]);
    expect(valuesFound(jwtDetector, `Here is ${token}. Next`)).toEqual([token]);
    expect(valuesFound(jwtDetector, `\\n${token}\\n`)).toEqual([token]);
  });

  it('passes over what is no token', () => {
    const header = part({ alg: 'HS256' });
    const texts = [
      `${header}.${claims}`, `${header}.${claims}.signature`, `${header}.${claims}.${'A'.repeat(43)}`, `${part({ typ: 'JWT' })}.${claims}.${signature}`,
      `${part('{"alg":"HS256"')}.${claims}.${signature}`, `${part({ algorithm: 'alg' })}.${claims}.${signature}`, part({ alg: 'HS256', data: random }), `x${header}.${claims}.${signature}`,
      `${header}.${claims}.<signature>`, `${part({ alg: 'dir', enc: 'A256GCM' })}.${claims}.${signature}`,
    ];
    for (const text of texts) expect(valuesFound(jwtDetector, text), text).toEqual([]);
  });

  it('finds what the fixtures expect and nothing in the clean ones', () => {
    for (const { text } of readFixture('jwt', 'hit')) {
      const filled = fill(text);
      expect(valuesFound(jwtDetector, filled.text), text).toEqual(filled.secrets);
    }
    for (const { text } of readFixture('jwt', 'clean')) expect(valuesFound(jwtDetector, fill(text).text), text).toEqual([]);
  });

  const header = part({ alg: 'HS256' });
  it.each(['eyJ', 'eyJ.', `${header}.`, `${header}.a.`, `${header}..`, `.${header}`, `${header} `, `${part({ alg: 'dir', enc: 'x' })}.`, 'eyJhbGciOi', `${header}.${'a'.repeat(3000)}`])(
    'takes a bounded number of steps for 64 KiB of %j',
    (unit) => {
      expect(runDetector(jwtDetector, repeatedTo64KiB(unit)).stepsTaken).toBeLessThan(65_536 * 8);
    },
  );
});
