import { describe, expect, it } from 'vitest';
import { repeatedTo64KiB, runDetector, valuesFound } from '../../test/run-detector.js';
import { awsKeyPairsDetector } from './aws-key-pairs.js';
import { lengthPrefixedSecretsDetector } from './length-prefixed-secrets.js';
import { sessionCookiesDetector } from './session-cookies.js';
import { sqlValuesDetector } from './sql-values.js';

/** Characters without order, so that no secret stands here and none looks made up. */
function characters(count: number, alphabet: string, seed = 12_345): string {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return alphabet[(state >>> 8) % alphabet.length];
  }).join('');
}

const capitals = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const mixed = `${capitals}abcdefghijklmnopqrstuvwxyz`;
const password = characters(16, mixed);
const keyId = `AKIA${characters(16, capitals)}`;
const awsSecret = characters(40, `${mixed}/+`);

describe('awsKeyPairsDetector', () => {
  it.each(['%:#', '%/#', '"%", "#"', '%,#', '%\n#', '(# %)', 'id % with secret # in it'])('finds the secret in %s', (frame) => {
    expect(valuesFound(awsKeyPairsDetector, frame.replace('%', keyId).replace('#', awsSecret))).toEqual([awsSecret]);
  });

  it('takes nothing else of 40 characters for it', () => {
    const encodedText = Buffer.from('a text of thirty characters ok').toString('base64');
    const others = [characters(40, '0123456789abcdef'), encodedText, characters(40, capitals), awsSecret.slice(1), `${awsSecret}x`, `${awsSecret}_x`, 'usr/share/Projects/2024/Documents/Reports'.slice(0, 40)];
    for (const other of others) expect(valuesFound(awsKeyPairsDetector, `${keyId} ${other}`), other).toEqual([]);
  });

  it('looks 160 bytes far, and no further than the next id', () => {
    expect(valuesFound(awsKeyPairsDetector, `${keyId}${' '.repeat(161)}${awsSecret}`)).toEqual([]);
    expect(valuesFound(awsKeyPairsDetector, `${keyId} AKIA${'B'.repeat(16)} ${awsSecret}`)).toEqual([awsSecret]);
    expect(valuesFound(awsKeyPairsDetector, `x${keyId} ${awsSecret}`)).toEqual([]);
  });
});

describe('sqlValuesDetector', () => {
  const columns = (count: number): string => Array.from({ length: count - 1 }, (_, index) => `c${String(index)}`).join(', ');
  const insert = (count: number): string => `INSERT INTO t (${columns(count)}, password) VALUES (${'1, '.repeat(count - 1)}'${password}')`;

  it('goes by position in 24 columns and 16 rows', () => {
    expect(valuesFound(sqlValuesDetector, insert(24))).toEqual([password]);
    expect(valuesFound(sqlValuesDetector, insert(25))).toEqual([]);
    const row = (index: number): string => `(${String(index)}, 'it''s, (so', '${characters(16, mixed, index)}')`;
    const rows = Array.from({ length: 20 }, (_, index) => row(index + 1));
    expect(valuesFound(sqlValuesDetector, `insert into t (id, note, password) values ${rows.join(', ')}`)).toHaveLength(16);
  });

  it('takes what a function makes a hash of', () => {
    expect(valuesFound(sqlValuesDetector, `insert into t (a, password) values (now(), crypt('${password}', gen_salt('bf8-long-salt-1')))`)).toEqual([password]);
    expect(valuesFound(sqlValuesDetector, `insert into t (a, password) values (1, null)`)).toEqual([]);
  });

  it('takes calls of other languages for none of SQL', () => {
    expect(valuesFound(sqlValuesDetector, `SET PASSWORD FOR 'app' = PASSWORD('${password}')`)).toEqual([password]);
    expect(valuesFound(sqlValuesDetector, `const one = new Password('${password}'); hashPassword('${password}')`)).toEqual([]);
  });

  it('leaves rows that do not fit the columns', () => {
    expect(valuesFound(sqlValuesDetector, `insert into t (a, password) values ('${password}')`)).toEqual([]);
    expect(valuesFound(sqlValuesDetector, `insert into t (password, a) values (NULL, '${password}')`)).toEqual([]);
  });
});

describe('lengthPrefixedSecretsDetector', () => {
  it('goes by the length that stands before the value', () => {
    expect(valuesFound(lengthPrefixedSecretsDetector, `a:1:{s:8:"password";s:18:"${password}"x";}`)).toEqual([`${password}"x`]);
    expect(valuesFound(lengthPrefixedSecretsDetector, `a:1:{s:8:"password";s:15:"${password}";}`)).toEqual([]);
    expect(valuesFound(lengthPrefixedSecretsDetector, `$8\r\npassword\r\n$16\r\n${password}\r\n`)).toEqual([password]);
    expect(valuesFound(lengthPrefixedSecretsDetector, `$8\r\npassword\r\n$15\r\n${password}\r\n`)).toEqual([]);
  });

  it('reads tags and lengths of binary formats, as bytes and as text', () => {
    const bytes = (...parts: (string | number)[]): Uint8Array => Uint8Array.from(Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part)))));
    const found = (content: Uint8Array | string): string[] => runDetector(lengthPrefixedSecretsDetector, content).found.map(({ value }) => value);
    const long = characters(40, mixed);
    expect(found(bytes('\n', 8, 'password', 0x12, 16, password, 0x18, 1))).toEqual([password]);
    expect(found(bytes('\n', 9, 'api_token', 0x12, 40, long))).toEqual([long]);
    expect(found(bytes(0x81, 0xa8, 'password', 0xb0, password, 0xa1, 'x'))).toEqual([password]);
    expect(found(bytes(0xa6, 'secret', 0xd9, 40, long, 0xc3))).toEqual([long]);
    expect(found(bytes(2, 'password', 0, 17, 0, 0, 0, password, 0, 0))).toEqual([password]);
    expect(found(`\u00a6secret\u00d9(${long}\u00c3`)).toEqual([long]);
    expect(found(bytes('\n', 8, 'password', 0x12, 15, password, 0x18, 1))).toEqual([]);
    expect(found(bytes('\n', 9, 'user_name', 0x12, 16, password))).toEqual([]);
  });
});

describe('positional detectors', () => {
  it.each([
    [awsKeyPairsDetector, `${keyId} `], [awsKeyPairsDetector, 'AKIA'], [awsKeyPairsDetector, `${keyId} ${awsSecret} `], [sqlValuesDetector, 'insert into '],
    [sqlValuesDetector, 'insert into t (password,'], [sqlValuesDetector, "insert into t (password) values ('"], [sqlValuesDetector, "identified by '"],
    [lengthPrefixedSecretsDetector, 'password'], [lengthPrefixedSecretsDetector, 'password\u0012\u0018'], [lengthPrefixedSecretsDetector, '\r\n$8\r\npassword'],
    [lengthPrefixedSecretsDetector, 'password";s:16:"'], [sessionCookiesDetector, '\tTRUE\t/'], [sessionCookiesDetector, " -b 'session=a; "],
  ])('take bounded work from a storm of their anchors: %#', (detector, unit) => {
    expect(runDetector(detector, repeatedTo64KiB(unit)).stepsTaken).toBeLessThan(65_536 * 32);
  });
});
