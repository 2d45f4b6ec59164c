/** A pattern compiled to one table, one step per byte. Safe on hostile text: never more than one pass over the bytes asked for. */
export interface CompiledPattern {
  readonly source: string;
  /** End of the longest match that begins at `at` and lies within `[at, end)`, or -1. At most `maxLength` steps. */
  matchAt(bytes: Uint8Array, at: number, end: number): number;
  /** Bytes that the last `matchAt` looked at: what it cost. */
  readonly lookedAtBytes: number;
  /** Whether `[start, end)` as a whole matches. */
  matchesWhole(bytes: Uint8Array, start: number, end: number): boolean;
  /** Most bytes of a match; Infinity where the pattern has `*` or `+`. */
  readonly maxLength: number;
  /** Literals (lower-cased when case is ignored), one of which every match begins with, or undefined when there are none of 3 bytes and more. */
  readonly literalPrefixes: readonly string[] | undefined;
}
