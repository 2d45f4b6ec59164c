const asciiCaseBit = 0x20;

/** An empty set of bytes, one entry per byte value. */
export function emptySet(): Uint8Array {
  return new Uint8Array(256);
}

/** Adds the bytes from `first` to `last`, both included. */
export function addRange(members: Uint8Array, first: number, last: number): void {
  members.fill(1, first, last + 1);
}

export function addAll(members: Uint8Array, others: Uint8Array): void {
  for (let byte = 0; byte < 256; byte++) members[byte] |= others[byte];
}

/** Turns members into non-members and the other way round. */
export function invert(members: Uint8Array): void {
  for (let byte = 0; byte < 256; byte++) members[byte] ^= 1;
}

/** Adds the other case of each ASCII letter in the set. */
export function addOtherCase(members: Uint8Array): void {
  for (let upper = 0x41; upper <= 0x5a; upper++) {
    const either = members[upper] | members[upper | asciiCaseBit];
    members[upper] = either;
    members[upper | asciiCaseBit] = either;
  }
}

function setOf(...ranges: readonly (readonly [number, number])[]): Uint8Array {
  const members = emptySet();
  for (const [first, last] of ranges) addRange(members, first, last);
  return members;
}

function inverseOf(members: Uint8Array): Uint8Array {
  const inverse = members.slice();
  invert(inverse);
  return inverse;
}

const digits = setOf([0x30, 0x39]);
const wordBytes = setOf([0x30, 0x39], [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]);
const spaces = setOf([0x09, 0x0d], [0x20, 0x20]);

/** `.`: each byte but the line feed. */
export const anyButNewline: Uint8Array = inverseOf(setOf([0x0a, 0x0a]));

/** The sets that a letter after a backslash stands for. ASCII only, in both cases of the letter. */
export const namedSets: ReadonlyMap<string, Uint8Array> = new Map([
  ['d', digits],
  ['D', inverseOf(digits)],
  ['w', wordBytes],
  ['W', inverseOf(wordBytes)],
  ['s', spaces],
  ['S', inverseOf(spaces)],
]);
