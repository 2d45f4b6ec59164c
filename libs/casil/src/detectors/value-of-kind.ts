import { isPasswordOfUser } from '../context/credential-pair.js';
import type { NameKind } from '../context/name-kind.js';
import { isPlaceholder } from '../context/placeholder.js';
import { isChosenSecret, isPlausiblePassword, isPlausibleToken, isUuid } from '../context/secret-value.js';

const minBytes = 6;
const minThoughtUpBytes = 8;
/** Longer ones were generated. */
const maxChosenBytes = 32;
const maxPasswordBytes = 128;

/**
 * Whether `bytes[start, end)`, the text of a field whose name is of `kind`, is a secret. For places where the syntax leaves no doubt that it is the field's
 * whole value: a literal in SQL, a string with its length.
 */
export function isValueOfKind(bytes: Uint8Array, start: number, end: number, kind: NameKind): boolean {
  return end - start >= minBytes && hasLookOfKind(bytes, start, end, kind) && !isPlaceholder(bytes, start, end);
}

/** Steps of `ScanText.spend` that a judgement of `lengthBytes` bytes takes. */
export function judgementSteps(lengthBytes: number): number {
  return 48 + 4 * lengthBytes;
}

function hasLookOfKind(bytes: Uint8Array, start: number, end: number, kind: NameKind): boolean {
  switch (kind) {
    case 'password':
      if (isPlausiblePassword(bytes, start, end, 'text') || isPasswordWithDigit(bytes, start, end)) return true;
      return end - start > maxChosenBytes && isPlausibleToken(bytes, start, end, 'text');
    case 'secret':
      if (isPlausibleToken(bytes, start, end, 'text') || isUuid(bytes, start, end)) return true;
      return end - start >= minThoughtUpBytes && isPlausiblePassword(bytes, start, end, 'text');
    case 'token':
      return isPlausibleToken(bytes, start, end, 'text') || isUuid(bytes, start, end) || isChosenSecret(bytes, start, end);
    case 'auth':
      return isPlausibleToken(bytes, start, end, 'text');
    case 'none':
      return false;
  }
}

/** What isPasswordOfUser takes for one, if it is no longer than people choose and holds no blank. */
function isPasswordWithDigit(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > maxPasswordBytes || end - start < minThoughtUpBytes) return false;
  let digits = 0;
  let letters = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if (byte <= 0x20 || byte === 0x2f || byte === 0x3a) return false;
    if (byte >= 0x30 && byte <= 0x39) digits += 1;
    else if (byte >= 0x41) letters += 1;
  }
  return digits > 0 && letters > 0 && isPasswordOfUser(bytes, 0, 0, start, end);
}
