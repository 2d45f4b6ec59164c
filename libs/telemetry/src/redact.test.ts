import fc from 'fast-check';
import { timeGrowth } from '@arqonbus/testkit';
import { describe, expect, it } from 'vitest';

import { redactFields, redactText } from './redact.js';

const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZ2VudC0xIn0.c2lnbmF0dXJlLWNhbmFyeQ';
const pem = '-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\ncanary\n-----END PRIVATE KEY-----';

describe('redactText()', () => {
  it('replaces a JWT wherever it stands (M7)', () => {
    expect(redactText(`token ${jwt}, then`)).toBe('token [redacted:jwt], then');
    expect(redactText(`bearer.${jwt}`)).toBe('bearer.[redacted:jwt]');
    expect(redactText(`https://x.test/?a=${jwt}&b=1`)).toBe('https://x.test/?a=[redacted:jwt]&b=1');
    expect(redactText('eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.')).toBe('[redacted:jwt]');
  });

  it('leaves dotted names alone', () => {
    expect(redactText('sys.rooms.v1 at 10.0.0.1')).toBe('sys.rooms.v1 at 10.0.0.1');
    expect(redactText('eyJ.only')).toBe('eyJ.only');
    expect(redactText('eyJonly')).toBe('eyJonly');
  });

  it('replaces PEM private keys, also cut and escaped ones (M7)', () => {
    expect(redactText(`a ${pem} b`)).toBe('a [redacted:private-key] b');
    expect(redactText(pem.replaceAll('\n', '\\n'))).toBe('[redacted:private-key]');
    expect(redactText('-----BEGIN EC PRIVATE KEY-----\nabc')).toBe('[redacted:private-key]');
    expect(redactText('-----BEGIN CERTIFICATE-----')).toBe('-----BEGIN CERTIFICATE-----');
  });

  it('replaces credentials in headers, assignments and URLs (M7)', () => {
    expect(redactText('Authorization: Bearer opaque-canary-1')).toBe('Authorization: Bearer [redacted]');
    expect(redactText('/ws?access_token=canary&x=1')).toBe('/ws?access_token=[redacted]&x=1');
    expect(redactText('redis://user:canary@db:6379/0')).toBe('redis://[redacted]@db:6379/0');
  });

  it('cuts long text', () => {
    expect(redactText('a'.repeat(9_000))).toHaveLength(8_192 + '[cut]'.length);
  });

  it('stays linear on hostile text', () => {
    for (const part of ['eyJ', 'eyJ.', '-----BEGIN ', '://a:', 'Bearer ', 'token=']) {
      const text = part.repeat(65_536 / part.length);
      expect(timeGrowth(() => redactText(text.slice(0, 4_096)), () => redactText(text), 64), part).toBeLessThan(64);
    }
  });
});

describe('redactFields()', () => {
  it.each([
    'token', 'accessToken', 'refresh_token', 'Authorization', 'proxy-authorization', 'password', 'db_passwd', 'clientSecret', 'Set-Cookie',
    'keyMaterial', 'private_key', 'operatorKey', 'payload', 'eventPayload', 'credentials', 'passphrase', 'jwt',
  ])('replaces the value under %s (M7)', (key) => {
    expect(redactFields({ [key]: 'canary', deep: [{ [key]: { inner: 'canary' } }] })).toEqual({
      [key]: '[redacted]',
      deep: [{ [key]: '[redacted]' }],
    });
  });

  it('keeps limits, flags and places that only sound like secrets', () => {
    const fields = { token_bytes: 8_192, token_expired: true, operator_key_file: '/etc/key', monkey: 'x', key: 'spine.port', token_at: 12n };
    expect(redactFields(fields)).toEqual({ ...fields, token_at: '12' });
  });

  it('replaces secrets used as keys', () => {
    expect(redactFields({ [jwt]: 1 })).toEqual({ '[redacted:jwt]': 1 });
  });

  it('gives bytes by their number alone (N4)', () => {
    expect(redactFields({ frame: Buffer.from('canary'), raw: new ArrayBuffer(3) })).toEqual({ frame: '[6 bytes]', raw: '[3 bytes]' });
  });

  it('replaces JSON Web Keys with a private part', () => {
    expect(redactFields({ a: { kty: 'EC', d: 'canary' }, b: { kty: 'EC', x: '1' } })).toEqual({ a: '[redacted:key]', b: { kty: 'EC', x: '1' } });
  });

  it('describes errors with cause and own fields, redacted', () => {
    const error = Object.assign(new Error(`refused ${jwt}`, { cause: new TypeError('inner') }), { code: 'ECODE', token: 'canary' });
    const described = redactFields({ error });
    expect(described).toMatchObject({ error: { type: 'Error', message: 'refused [redacted:jwt]', code: 'ECODE', token: '[redacted]', cause: { type: 'TypeError' } } });
    expect(JSON.stringify(described)).not.toContain('c2lnbmF0dXJl');
  });

  it('writes maps, sets, dates, URLs, functions and numbers that JSON lacks', () => {
    const fields = {
      map: new Map([['password', 'canary'], ['a', 'b']]), set: new Set([1]), date: new Date(0), bad: new Date(Number.NaN),
      url: new URL('https://u:canary@x.test/'), call: () => 1, nan: Number.NaN, none: null, gone: undefined,
    };
    expect(redactFields(fields)).toEqual({
      map: { password: '[redacted]', a: 'b' }, set: [1], date: '1970-01-01T00:00:00.000Z', bad: 'Invalid Date',
      url: 'https://[redacted]@x.test/', call: '[function]', nan: 'NaN', none: null, gone: undefined,
    });
  });

  it('cuts cycles, depth and breadth', () => {
    const ring: { self?: unknown } = {};
    ring.self = ring;
    expect(redactFields(ring)).toEqual({ self: '[circular]' });
    expect(JSON.stringify(redactFields(JSON.parse(`${'{"a":'.repeat(20)}1${'}'.repeat(20)}`) as object))).toContain('[too deep]');
    expect(redactFields({ list: Array.from({ length: 200 }, (_, index) => index) })['list']).toHaveLength(101);
    const wide = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`k${index}`, index]));
    expect(Object.keys(redactFields(wide))).toHaveLength(101);
  });

  it('gives a copy without content when a field cannot be read', () => {
    const fields = {
      get broken(): string {
        throw new RangeError('canary');
      },
    };
    expect(redactFields(fields)).toEqual({ unreadable: true, unreadable_reason: 'RangeError' });
  });

  it('wraps what is not a plain object', () => {
    expect(redactFields([1])).toEqual({ value: [1] });
  });

  it('lets no secret through at any place of any structure (M7)', () => {
    const leaf = fc.constantFrom(`Bearer ${jwt}`, jwt, pem, `x${jwt}y`);
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ maxDepth: 6 }, leaf, fc.array(tie('tree'), { maxLength: 3 }), fc.dictionary(fc.string(), tie('tree'), { maxKeys: 3 })),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const text = JSON.stringify(redactFields({ value }));
        expect(text).not.toMatch(/c2lnbmF0dXJl|MIGHAgEA/);
      }),
    );
  });
});
