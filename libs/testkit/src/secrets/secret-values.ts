import type { SeededRandom } from './seeded-random.js';
import { base64OfBytes, base64UrlOfBytes } from './text-encoders.js';
import { textOfPattern } from './text-of-pattern.js';
import { checksumAppenders, ibanOf, luhnNumber, nkeyPublic, nkeySeed } from './token-checksums.js';

/** A value made at run time; `secret` is where in it the secret stands when that is not the whole. In UTF-16 units; all values are ASCII. */
export interface MadeValue {
  readonly text: string;
  readonly secret?: { readonly start: number; readonly end: number };
}

/**
 * Makes the value a specification names: `jwt`, `pem:RSA PRIVATE KEY`, `openssh-key`, `nkey-user`, `nats-creds`, `jwk:EC`, `luhn:visa`, `iban:DE`,
 * `github:PATTERN` and the other checksums; anything else is a pattern.
 */
export function makeValue(specification: string, random: SeededRandom): MadeValue {
  const [, name = '', rest = ''] = /^([a-z0-9-]+)(?::([^]*))?$/.exec(specification) ?? [];
  const make = valueMakers[name];
  if (make !== undefined) return make(rest, random);
  const append = checksumAppenders[name];
  if (append !== undefined && rest !== '') return { text: append(textOfPattern(rest, random)) };
  return { text: textOfPattern(specification, random) };
}

const valueMakers: Readonly<Record<string, (rest: string, random: SeededRandom) => MadeValue>> = {
  jwt: (rest, random) => ({ text: makeJwt(rest === '' ? 'HS256' : rest, random) }),
  pem: (rest, random) => ({ text: makePem(rest, random) }),
  'openssh-key': (_rest, random) => ({ text: makeOpenSshKey(random) }),
  'nkey-user': (_rest, random) => ({ text: nkeySeed('user', random.bytes(32)) }),
  'nkey-account': (_rest, random) => ({ text: nkeySeed('account', random.bytes(32)) }),
  'nkey-operator': (_rest, random) => ({ text: nkeySeed('operator', random.bytes(32)) }),
  'nkey-server': (_rest, random) => ({ text: nkeySeed('server', random.bytes(32)) }),
  'nkey-public': (rest, random) => ({ text: nkeyPublic(rest === '' ? 'user' : rest, random.bytes(32)) }),
  'nats-creds': (_rest, random) => makeNatsCreds(random),
  jwk: (rest, random) => makeJwk(rest, random),
  luhn: (rest, random) => ({ text: makeCard(rest, random) }),
  iban: (rest, random) => ({ text: makeIban(rest, random) }),
};

function makeJwt(algorithm: string, random: SeededRandom): string {
  const header = { alg: algorithm, typ: 'JWT' };
  const now = random.between(1_700_000_000, 1_790_000_000);
  const claims = { sub: random.text('0123456789', 10), name: random.pick(['Ada', 'Lin', 'Omar', 'Kofi']), iat: now, exp: now + 3600, jti: random.text('0123456789abcdef', 16) };
  const signatureBytes = { HS256: 32, ES256: 64, EdDSA: 64, HS512: 64, RS256: 256, 'ed25519-nkey': 64 }[algorithm] ?? 32;
  return [JSON.stringify(header), JSON.stringify(claims)].map((part) => base64UrlOfBytes(new TextEncoder().encode(part))).concat(base64UrlOfBytes(random.bytes(signatureBytes))).join('.');
}

/** Sizes of the encoded key by PEM label; the bytes are random behind a right outer header, nobody's key. */
const pemBodyBytes: Readonly<Record<string, number>> = {
  'RSA PRIVATE KEY': 1190, 'EC PRIVATE KEY': 118, 'DSA PRIVATE KEY': 444, 'PRIVATE KEY': 1214, 'ENCRYPTED PRIVATE KEY': 1310, 'OPENSSH PRIVATE KEY': 404,
  'PGP PRIVATE KEY BLOCK': 900, CERTIFICATE: 820, 'PUBLIC KEY': 294, 'RSA PUBLIC KEY': 270,
};

function makePem(label: string, random: SeededRandom): string {
  const size = pemBodyBytes[label];
  if (size === undefined) throw new Error(`No PEM of label ${label}`);
  if (label === 'OPENSSH PRIVATE KEY') return makeOpenSshKey(random);
  const body = random.bytes(size);
  body.set([0x30, 0x82, (size - 4) >> 8, (size - 4) & 0xff, 0x02, 0x01, 0x00]);
  const head = label.startsWith('PGP') ? ['Version: GnuPG v2', ''] : [];
  return [`-----BEGIN ${label}-----`, ...head, ...linesOf(base64OfBytes(body), 64), `-----END ${label}-----`].join('\n');
}

function makeOpenSshKey(random: SeededRandom): string {
  const magic = new TextEncoder().encode('openssh-key-v1\0\0\0\0\x04none\0\0\0\x04none\0\0\0\0\0\0\0\x01\0\0\x003\0\0\0\x0bssh-ed25519\0\0\0 ');
  const body = Uint8Array.from([...magic, ...random.bytes(240)]);
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...linesOf(base64OfBytes(body), 70), '-----END OPENSSH PRIVATE KEY-----'].join('\n');
}

function linesOf(text: string, width: number): string[] {
  return Array.from({ length: Math.ceil(text.length / width) }, (_, i) => text.slice(i * width, (i + 1) * width));
}

function makeNatsCreds(random: SeededRandom): MadeValue {
  const seed = nkeySeed('user', random.bytes(32));
  const before = [
    '-----BEGIN NATS USER JWT-----', makeJwt('ed25519-nkey', random), '------END NATS USER JWT------', '',
    '************************* IMPORTANT *************************', 'NKEY Seed printed below can be used to sign and prove identity.',
    'NKEYs are sensitive and should be treated as secrets.', '', '-----BEGIN USER NKEY SEED-----', '',
  ].join('\n');
  const text = `${before}${seed}\n------END USER NKEY SEED------\n`;
  return { text, secret: { start: before.length, end: before.length + seed.length } };
}

function makeJwk(type: string, random: SeededRandom): MadeValue {
  const part = (bytes: number): string => base64UrlOfBytes(random.bytes(bytes));
  const kid = random.text('0123456789abcdef', 12);
  const secret = part(type === 'RSA' ? 256 : 32);
  const members: Readonly<Record<string, readonly [Record<string, string>, string]>> = {
    EC: [{ kty: 'EC', crv: 'P-256', kid, x: part(32), y: part(32) }, 'd'],
    OKP: [{ kty: 'OKP', crv: 'Ed25519', kid, x: part(32) }, 'd'],
    RSA: [{ kty: 'RSA', kid, e: 'AQAB', n: part(256) }, 'd'],
    oct: [{ kty: 'oct', alg: 'HS256', kid }, 'k'],
  };
  const known = members[type];
  if (known === undefined) throw new Error(`No JWK of type ${type}`);
  const [publicMembers, privateName] = known;
  const text = JSON.stringify({ ...publicMembers, [privateName]: secret });
  const start = text.lastIndexOf(secret);
  return { text, secret: { start, end: start + secret.length } };
}

const cardShapes: Readonly<Record<string, readonly [readonly string[], number]>> = {
  visa: [['4'], 16], mastercard: [['51', '52', '53', '54', '55', '2221', '2720'], 16], amex: [['34', '37'], 15], discover: [['6011', '65'], 16],
};

function makeCard(issuer: string, random: SeededRandom): string {
  const shape = cardShapes[issuer];
  if (shape === undefined) throw new Error(`No card of issuer ${issuer}`);
  return luhnNumber(random.pick(shape[0]), shape[1], () => random.between(0, 9));
}

const ibanAccounts: Readonly<Record<string, string>> = { DE: '[0-9]{18}', GB: '[A-Z]{4}[0-9]{14}', FR: '[0-9]{10}[0-9A-Z]{11}[0-9]{2}', NL: '[A-Z]{4}[0-9]{10}', ES: '[0-9]{20}', CH: '[0-9]{5}[0-9A-Z]{12}' };

function makeIban(country: string, random: SeededRandom): string {
  const account = ibanAccounts[country];
  if (account === undefined) throw new Error(`No IBAN of country ${country}`);
  return ibanOf(country, textOfPattern(account, random));
}
