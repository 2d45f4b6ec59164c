const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** CRC-32 as in gzip and PNG. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

const encoder = new TextEncoder();

/** Appends to the body what makes the token whole, by the name of the format's checksum. */
export const checksumAppenders: Readonly<Record<string, (body: string) => string>> = {
  github: (body) => body + base62Of(crc32(encoder.encode(body.slice(-30))), 6),
  npm: (body) => body + base62Of(crc32(encoder.encode(body.slice(-30))), 6),
  cloudflare: (body) => body + hexOf(crc32(encoder.encode(body.slice(-40)))),
  atlassian: (body) => {
    const head = body.endsWith('=') ? body : `${body}=`;
    return head + hexOf(crc32(encoder.encode(head))).toUpperCase();
  },
  grafana: (body) => {
    const head = body.endsWith('_') ? body.slice(0, -1) : body;
    const crc = crc32(encoder.encode(head));
    const littleEndian = ((crc & 0xff) << 24) | ((crc & 0xff00) << 8) | ((crc >>> 8) & 0xff00) | (crc >>> 24);
    return `${head}_${hexOf(littleEndian >>> 0)}`;
  },
};

function base62Of(value: number, width: number): string {
  let text = '';
  for (let rest = value; rest > 0; rest = Math.floor(rest / 62)) text = (base62[rest % 62] ?? '') + text;
  return text.padStart(width, '0');
}

function hexOf(value: number): string {
  return value.toString(16).padStart(8, '0');
}

/** Type bits of the second letter of a NATS seed. */
const nkeyTypes: Readonly<Record<string, number>> = { operator: 14 << 3, server: 13 << 3, cluster: 2 << 3, account: 0, user: 20 << 3, curve: 23 << 3 };

/** The seed of a NATS key: 58 base32 letters with a CRC-16, from 32 random bytes. */
export function nkeySeed(type: string, random: Uint8Array): string {
  const bits = nkeyTypes[type];
  if (bits === undefined) throw new Error(`No NATS key of type ${type}`);
  const seedPrefix = 18 << 3;
  return nkeyText(Uint8Array.from([seedPrefix | (bits >> 5), (bits & 31) << 3, ...random]));
}

/** The public half of a NATS key, 56 letters: no secret. */
export function nkeyPublic(type: string, random: Uint8Array): string {
  const bits = nkeyTypes[type];
  if (bits === undefined) throw new Error(`No NATS key of type ${type}`);
  return nkeyText(Uint8Array.from([bits, ...random]));
}

function nkeyText(body: Uint8Array): string {
  const crc = crc16(body);
  return base32Of(Uint8Array.from([...body, crc & 0xff, crc >> 8]));
}

function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}

/** RFC 4648 without padding. */
export function base32Of(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += base32[(held >> bits) & 31] ?? '';
    }
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + (base32[(held << (5 - bits)) & 31] ?? '') : text;
}

/** `prefix` filled with random digits to `length`, the last of them by Luhn. */
export function luhnNumber(prefix: string, length: number, digit: () => number): string {
  let digits = prefix;
  while (digits.length < length - 1) digits += String(digit());
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const value = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 0 ? value * 2 : value;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return digits + String((10 - (sum % 10)) % 10);
}

/** An IBAN with right check digits for the given country and account part. */
export function ibanOf(country: string, account: string): string {
  const asDigits = [...`${account}${country}00`].map((char) => Number.parseInt(char, 36).toString()).join('');
  const check = 98n - (BigInt(asDigits) % 97n);
  return `${country}${check.toString().padStart(2, '0')}${account}`;
}
