/** Encodes one character of a text; per-character encodings keep the range of a secret inside known. */
export type CharacterEncoder = (char: string) => string;

export const characterEncoders: Readonly<Record<string, CharacterEncoder>> = {
  percent: (char) => (/[A-Za-z0-9_.~-]/.test(char) ? char : percentOf(char)),
  percentall: (char) => percentOf(char),
  unicode: (char) => [...Array(char.length).keys()].map((i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''),
  json: (char) => JSON.stringify(char).slice(1, -1),
  html: (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[char] ?? char,
  htmlall: (char) => `&#${String(char.codePointAt(0) ?? 0)};`,
};

/** Encodings of the whole text at once: a secret inside has no range of its own, the encoded text stands for it. */
export const wholeEncoders: Readonly<Record<string, (text: string) => string>> = {
  base64: base64Of,
  base64url: (text) => base64Of(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''),
  hex: (text) => [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
};

function percentOf(char: string): string {
  return [...new TextEncoder().encode(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

function base64Of(text: string): string {
  return base64OfBytes(new TextEncoder().encode(text));
}

export function base64OfBytes(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

export function base64UrlOfBytes(bytes: Uint8Array): string {
  return base64OfBytes(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
