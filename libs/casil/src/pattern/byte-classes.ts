/** Bytes that no set of a pattern tells apart share a class, so that a state needs one table entry per class instead of 256. */
export interface ByteClasses {
  /** The class of each byte value. */
  readonly classOf: Uint8Array;
  readonly count: number;
  /** For each set of the pattern, the classes that make it up. */
  readonly classesOf: ReadonlyMap<Uint8Array, readonly number[]>;
}

export function partitionBytes(sets: ReadonlySet<Uint8Array>): ByteClasses {
  const classOf = new Uint8Array(256);
  let count = 1;
  for (const members of sets) count = refine(classOf, count, members);
  const classesOf = new Map<Uint8Array, readonly number[]>();
  for (const members of sets) {
    const classes = new Set<number>();
    for (let byte = 0; byte < 256; byte++) if (members[byte] === 1) classes.add(classOf[byte]);
    classesOf.set(members, [...classes]);
  }
  return { classOf, count, classesOf };
}

/** Splits each class into members and others of the set; returns how many classes there are now. */
function refine(classOf: Uint8Array, count: number, members: Uint8Array): number {
  const renamed = new Int16Array(count * 2).fill(-1);
  let newCount = 0;
  for (let byte = 0; byte < 256; byte++) {
    const half = classOf[byte] * 2 + members[byte];
    if (renamed[half] < 0) renamed[half] = newCount++;
    classOf[byte] = renamed[half];
  }
  return newCount;
}
