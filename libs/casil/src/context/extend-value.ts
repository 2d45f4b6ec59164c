import type { ScanText } from '../scan/scan-text.js';
import type { AssignedValue } from './assigned-value.js';
import { byteClass, spaceBit } from './bytes.js';

const maxExtraBytes = 2048;

/** Moves the end of a value that was cut at the window to where it really ends, at most 2,048 bytes further, so that all of it is redacted. */
export function extendValue(text: ScanText, value: AssignedValue): void {
  const { bytes } = text;
  const limit = Math.min(text.end, value.end + maxExtraBytes);
  let at = value.end;
  while (at < limit && !isDelimiter(bytes[at])) at += 1;
  text.spend(at - value.end);
  value.end = at;
}

function isDelimiter(byte: number): boolean {
  return (byteClass[byte] & spaceBit) !== 0 || byte === 0x22 || byte === 0x27 || byte === 0x60 || byte === 0x3c || byte === 0x5c || byte === 0x26 || byte === 0x3b || byte === 0x2c;
}
