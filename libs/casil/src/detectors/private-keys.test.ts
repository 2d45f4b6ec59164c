import { describe, expect, it } from 'vitest';

import { fill, readFixture, repeatedTo64KiB, runDetector, valuesFound } from '../../test/run-detector.js';
import { privateKeysDetector } from './private-keys.js';

const labels = ['RSA PRIVATE KEY', 'EC PRIVATE KEY', 'DSA PRIVATE KEY', 'PRIVATE KEY', 'ENCRYPTED PRIVATE KEY', 'OPENSSH PRIVATE KEY', 'PGP PRIVATE KEY BLOCK'];

function keyOf(label: string): string {
  return fill(`<<pem:${label}>>`).text;
}

function base64Of(bytes: number[], length: number): string {
  const filler = fill(`<<[0-9a-f]{${String(length * 2)}}>>`).text;
  const all = Uint8Array.from({ length }, (_, at) => bytes[at] ?? Number.parseInt(filler.slice(at * 2, at * 2 + 2), 16));
  return Buffer.from(all).toString('base64');
}

describe('privateKeysDetector', () => {
  it.each(labels)('covers the whole block of a %s', (label) => {
    const key = keyOf(label);
    expect(valuesFound(privateKeysDetector, `before\n${key}\nafter`)).toEqual([key]);
  });

  const breaks: [string, string][] = [
    ['\\n', 'escaped'], ['\\\\n', 'escaped twice'], ['\r\n', 'of Windows'], ['\\r\\n', 'of Windows, escaped'], ['&#10;', 'as entities'], ['%0A', 'percent-encoded'],
    [' ', 'as blanks'], ['', 'left out'], ['\n    ', 'indented'], ['\n> ', 'quoted'], ['\\n" +\n  "', 'concatenated'], ['","', 'as items of an array'],
  ];
  it.each(breaks)('finds a key whose line breaks are %j (%s)', (lineBreak) => {
    const key = keyOf('RSA PRIVATE KEY').replaceAll('\n', lineBreak);
    expect(valuesFound(privateKeysDetector, `{"key":"${key}"}`)).toEqual([key]);
  });

  it('finds a key with percent-encoded and plus-encoded characters', () => {
    const encoded = encodeURIComponent(keyOf('EC PRIVATE KEY')).replaceAll('%20', '+');
    expect(valuesFound(privateKeysDetector, `key=${encoded}&x=1`)).toEqual([encoded]);
  });

  it('finds a short Ed25519 key', () => {
    const key = `-----BEGIN PRIVATE KEY-----\n${base64Of([0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20], 48)}\n-----END PRIVATE KEY-----`;
    expect(valuesFound(privateKeysDetector, key)).toEqual([key]);
  });

  it('finds a key with header fields, cut off or whole', () => {
    const key = keyOf('RSA PRIVATE KEY').replace('-----\n', '-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123456789ABCDEF0123456789ABCDEF\n\n');
    const cut = key.slice(0, 700);
    expect(valuesFound(privateKeysDetector, key)).toEqual([key]);
    expect(valuesFound(privateKeysDetector, `{"log":"${cut}"}`)).toEqual([cut]);
  });

  it('covers a key without END to the end of what is there', () => {
    const cut = keyOf('RSA PRIVATE KEY').slice(0, 400);
    expect(valuesFound(privateKeysDetector, `msg="${cut}"`)).toEqual([cut]);
    expect(valuesFound(privateKeysDetector, `msg="${cut.replaceAll('\n', '\\n')}...", next`)[0]).toContain(cut.slice(-40));
  });

  it.each(['\n', '\\n', '\\r\\n', '%0A'])('covers a key without BEGIN from the first base64 that is there, between %j', (lineBreak) => {
    const cut = keyOf('RSA PRIVATE KEY').replaceAll('\n', lineBreak).slice(200);
    const [found] = valuesFound(privateKeysDetector, `tail: ${cut}`);
    expect(found?.endsWith('END RSA PRIVATE KEY-----')).toBe(true);
    expect(found?.length).toBeGreaterThan(cut.length - 64);
    expect(found).not.toMatch(/^([nr]|0A)\b/);
    expect(valuesFound(privateKeysDetector, 'some words about the line -----END RSA PRIVATE KEY----- of a key')).toEqual([]);
  });

  it('finds PKCS #12, minisign and signify keys in base64', () => {
    const store = base64Of([0x30, 0x82, 4, 0x30, 2, 1, 3, 0x30, 0x82, 3, 0xf0], 1076);
    const minisign = base64Of([0x45, 0x64, 0x53, 0x63, 0x42, 0x32], 158);
    const signify = base64Of([0x45, 0x64, 0x42, 0x4b, 0, 0, 0, 0x2a], 104);
    for (const key of [store, minisign, signify]) expect(valuesFound(privateKeysDetector, `a\n${key}\n`)).toEqual([key]);
    expect(valuesFound(privateKeysDetector, base64Of([0x45, 0x64, 1, 2, 3, 4], 42))).toEqual([]);
  });

  it('finds a key between lines of four dashes', () => {
    const key = keyOf('RSA PRIVATE KEY').replaceAll('-----', '----');
    expect(valuesFound(privateKeysDetector, `a ${key} b`)).toEqual([key]);
  });

  it('finds two keys in a row as two', () => {
    const first = keyOf('RSA PRIVATE KEY');
    const second = keyOf('EC PRIVATE KEY');
    expect(valuesFound(privateKeysDetector, `${first}\n${second}\n`)).toEqual([first, second]);
  });

  it('finds SSH2, OpenVPN and PuTTY files', () => {
    const { text } = fill('<<[A-Za-z0-9+/]{400}>>');
    const lines = text.match(/.{1,70}/g)?.join('\n') ?? '';
    const ssh2 = `---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: "x"\n${lines}\n---- END SSH2 ENCRYPTED PRIVATE KEY ----`;
    const openVpn = `-----BEGIN OpenVPN Static key V1-----\n${fill('<<[0-9a-f]{512}>>').text.match(/.{32}/g)?.join('\n') ?? ''}\n-----END OpenVPN Static key V1-----`;
    const putty = `PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: k\nPublic-Lines: 2\n${lines.slice(0, 100)}\nPrivate-Lines: 1\n${lines.slice(0, 64)}\nPrivate-MAC: ${fill('<<[0-9a-f]{64}>>').text}`;
    for (const file of [ssh2, openVpn, putty]) expect(valuesFound(privateKeysDetector, `a\n${file}\nb`)).toEqual([file]);
  });

  it('finds DER keys in base64 by their structure', () => {
    const rsa = base64Of([0x30, 0x82, 4, 0xa4, 2, 1, 0, 2, 0x82, 1, 1, 0], 1192);
    const pkcs8 = base64Of([0x30, 0x82, 4, 0xbd, 2, 1, 0, 0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 1, 5, 0, 4, 0x82, 4, 0xa7], 1217);
    const ec = base64Of([0x30, 0x77, 2, 1, 1, 4, 0x20], 121);
    for (const key of [rsa, pkcs8, ec]) {
      expect(runDetector(privateKeysDetector, `privateKey=${key};`).found).toEqual([expect.objectContaining({ value: key, confidence: 'certain' })]);
      expect(runDetector(privateKeysDetector, `{"k":"${key.slice(0, 100)}"}`).found).toEqual([expect.objectContaining({ value: key.slice(0, 100), confidence: 'specific' })]);
    }
    const wrapped = rsa.match(/.{1,64}/g)?.join('\n') ?? '';
    expect(valuesFound(privateKeysDetector, wrapped)).toEqual([wrapped]);
    const cut = wrapped.split('\n').slice(0, 5).join('\n');
    expect(valuesFound(privateKeysDetector, `${cut}\n`)).toEqual([cut]);
    expect(valuesFound(privateKeysDetector, `"${cut.replaceAll('\n', '\\n')}\\n"`)).toEqual([cut.replaceAll('\n', '\\n')]);
  });

  it('finds age identities, certain when their checksum is right', () => {
    // The zero key of 32 bytes has a checksum anybody can compute; it is told apart by its entropy, so another one is made here.
    const values = Array.from({ length: 52 }, (_, at) => (at * 11 + 5) % 32).map((value, at) => (at === 51 ? value & 16 : value));
    const identity = `AGE-SECRET-KEY-1${bech32Body('age-secret-key-', values).toUpperCase()}`;
    expect(runDetector(privateKeysDetector, `key: ${identity}\n`).found).toEqual([expect.objectContaining({ value: identity, confidence: 'certain' })]);
    const other = `${identity.slice(0, -1)}${identity.endsWith('Q') ? 'P' : 'Q'}`;
    expect(runDetector(privateKeysDetector, other).found).toEqual([expect.objectContaining({ value: other, confidence: 'specific' })]);
    expect(valuesFound(privateKeysDetector, `${identity}QQ`)).toEqual([]);
  });

  it('finds what the fixtures expect and nothing in the clean ones', () => {
    for (const { text } of readFixture('private-keys', 'hit')) {
      const filled = fill(text);
      expect(valuesFound(privateKeysDetector, filled.text), text).toEqual(filled.secrets);
    }
    for (const { text } of readFixture('private-keys', 'clean')) expect(valuesFound(privateKeysDetector, fill(text).text), text).toEqual([]);
  });

  const hostile = [
    '-----END PRIVATE KEY-----', `${'aB3'.repeat(25)}\n-----END PRIVATE KEY-----\n`, `${'aB3 '.repeat(40)}-----END PRIVATE KEY----- `,
    '-----BEGIN RSA PRIVATE KEY-----', '-----BEGIN ', '-----BEGIN PRIVATE KEY-----\n', '---- BEGIN ', 'AGE-SECRET-KEY-1', 'PuTTY-User-Key-File-', 'PuTTY-User-Key-File-2: Private-Lines:',
    'MIIEpAIBAAKC', `MII//${'IBAAKC'}\n`, `MII//${'IBAAKC'}${'a'.repeat(60)}\n`, `${'b3BlbnNzaC1rZXktdjEA'}${'b'.repeat(40)}\n`, '-----BEGIN PRIVATE KEY-----aaaaaaaaaaaaaaaaaaaaaaaaa----- ',
  ];
  it.each(hostile)('takes a bounded number of steps for 64 KiB of %j', (unit) => {
    expect(runDetector(privateKeysDetector, repeatedTo64KiB(unit)).stepsTaken).toBeLessThan(65_536 * 8);
  });
});

const alphabet = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

/** BIP 173, written over the values of 5 bits as the document does. */
function bech32Body(prefix: string, values: readonly number[]): string {
  const codes = [...prefix].map((character) => character.charCodeAt(0));
  const all = [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31), ...values, 0, 0, 0, 0, 0, 0];
  let checksum = 1;
  for (const value of all) {
    const top = checksum >>> 25;
    checksum = ((checksum & 0x1ffffff) << 5) ^ value;
    [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3].forEach((generator, bit) => {
      if (((top >> bit) & 1) === 1) checksum ^= generator;
    });
  }
  checksum ^= 1;
  const sum = Array.from({ length: 6 }, (_, at) => (checksum >>> (5 * (5 - at))) & 31);
  return [...values, ...sum].map((value) => alphabet[value]).join('');
}
