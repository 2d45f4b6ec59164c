import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fillTemplate } from './fill-template.js';

function secretsOf(template: string, seed: number): string[] {
  const { text, filled } = fillTemplate(template, seed);
  const bytes = Buffer.from(text);
  return filled.map(({ start, end }) => bytes.subarray(start, end).toString());
}

describe('fillTemplate', () => {
  it('makes the same text for the same seed and another one for another', () => {
    const template = '{"token":"<<ab_[0-9A-Za-z]{36}>>","key":"<<pem:EC PRIVATE KEY>>"}';
    expect(fillTemplate(template, 7)).toEqual(fillTemplate(template, 7));
    expect(fillTemplate(template, 8).text).not.toBe(fillTemplate(template, 7).text);
  });

  it('says where the values stand in UTF-8 bytes', () => {
    const [first, second] = secretsOf('größe "<<[a-c]{4}(x|y)z?>>" → <<\\.[0-9]{2,3}>>', 3);
    expect(first).toMatch(/^[a-c]{4}[xy]z?$/);
    expect(second).toMatch(/^\.\d{2,3}$/);
  });

  it('leaves text around the places alone, heredocs too', () => {
    expect(fillTemplate('cat <<EOF\n<<a{3}>>\nEOF', 1).text).toBe('cat <<EOF\naaa\nEOF');
  });

  it('appends the checksums of the formats', () => {
    const [github = ''] = secretsOf(`<<github:${'ghp'}_[0-9A-Za-z]{30}>>`, 5);
    expect(github).toHaveLength(40);
    let value = 0;
    for (const char of github.slice(-6)) value = value * 62 + '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'.indexOf(char);
    expect(value).toBe(crc32(github.slice(4, 34)));
    const [cloudflare = ''] = secretsOf(`<<cloudflare:${'cfut'}_[0-9A-Za-z]{40}>>`, 5);
    expect(cloudflare.slice(-8)).toBe(crc32(cloudflare.slice(5, 45)).toString(16).padStart(8, '0'));
    const [atlassian = ''] = secretsOf(`<<atlassian:${'ATATT'}3[0-9A-Za-z]{180}>>`, 5);
    expect(atlassian.slice(-8)).toBe(crc32(atlassian.slice(0, -8)).toString(16).toUpperCase().padStart(8, '0'));
    const [grafana = ''] = secretsOf(`<<grafana:${'glsa'}_[0-9A-Za-z]{32}>>`, 5);
    const crc = Buffer.alloc(4);
    crc.writeUInt32LE(crc32(grafana.slice(0, 37)));
    expect(grafana.slice(37)).toBe(`_${crc.toString('hex')}`);
  });

  it('makes NATS seeds of the right kind and length', () => {
    expect(secretsOf('<<nkey-user>> <<nkey-account>> <<nkey-operator>>', 2).map((seed) => [seed.slice(0, 2), seed.length])).toEqual([['SU', 58], ['SA', 58], ['SO', 58]]);
  });

  it('marks only the private part of keys and creds files', () => {
    const { text } = fillTemplate('<<jwk:EC>>', 2);
    expect(secretsOf('<<jwk:EC>>', 2)).toEqual([(JSON.parse(text) as { d: string }).d]);
    expect(secretsOf('<<nats-creds>>', 2)[0]).toMatch(/^SU[A-Z2-7]{56}$/);
  });

  it('makes numbers that pass their checks', () => {
    const [card = '', iban = ''] = secretsOf('<<luhn:visa>> <<iban:DE>>', 9);
    const sum = [...card].reverse().reduce((total, digit, i) => total + (i % 2 === 0 ? Number(digit) : [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][Number(digit)] ?? 0), 0);
    expect(sum % 10).toBe(0);
    expect(BigInt([...(iban.slice(4) + iban.slice(0, 4))].map((char) => Number.parseInt(char, 36)).join('')) % 97n).toBe(1n);
  });

  it('keeps the range of a secret in encodings by character and takes all of the others', () => {
    expect(secretsOf('<<percent(q=<<[a-z]{3}>>&)>>', 1)[0]).toMatch(/^[a-z]{3}$/);
    expect(secretsOf('<<unicode(<<[a-z]{2}>>)>>', 1)[0]).toMatch(/^(\\u00[0-9a-f]{2}){2}$/);
    const [encoded = ''] = secretsOf('auth: <<base64(user:<<[a-z]{12}>>)>>', 1);
    expect(Buffer.from(encoded, 'base64').toString()).toMatch(/^user:[a-z]{12}$/);
    expect(secretsOf('<<json(pem:EC PRIVATE KEY)>>', 1)[0]).toMatch(/^-----BEGIN EC PRIVATE KEY-----\\n/);
  });
});
