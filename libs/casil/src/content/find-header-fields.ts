import type { HeaderSet } from '../message.js';
import { deadState, type FieldPaths } from './field-path.js';

/**
 * Reports, by index, the headers that paths such as `headers.authorization` name. Header names are compared as written and in lower case, so a path in
 * lower case names a header however it is written.
 */
export function findHeaderFields({ bytes, ranges }: HeaderSet, paths: FieldPaths, add: (index: number) => void): void {
  const state = paths.step(paths.startState, paths.idOf('headers'));
  if (state === deadState) return;
  for (const [index, { nameStart, nameEnd }] of ranges.entries()) {
    const exact = paths.step(state, paths.idOfBytes(bytes, nameStart, nameEnd));
    if (paths.isMatch(exact) || paths.isMatch(paths.step(state, idInLowerCase(bytes, nameStart, nameEnd, paths)))) add(index);
  }
}

function idInLowerCase(bytes: Uint8Array, start: number, end: number, paths: FieldPaths): number {
  const lower = bytes.slice(start, end);
  for (let at = 0; at < lower.length; at++) if (lower[at] >= 0x41 && lower[at] <= 0x5a) lower[at] |= 0x20;
  return paths.idOfBytes(lower, 0, lower.length);
}
