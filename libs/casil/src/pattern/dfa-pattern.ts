import type { Dfa } from './dfa.js';
import type { PatternNode } from './pattern-node.js';
import type { CompiledPattern } from './pattern.js';

/** A pattern run by a deterministic automaton. Made by `compilePattern`; nothing is allocated per match. */
export class DfaPattern implements CompiledPattern {
  /** Bytes that the last `matchAt` looked at. */
  lookedAtBytes = 0;

  constructor(
    readonly source: string,
    /** The parsed pattern, with both cases in its sets where case is ignored. */
    readonly root: PatternNode,
    readonly dfa: Dfa,
    readonly maxLength: number,
    readonly literalPrefixes: readonly string[] | undefined,
  ) {}

  matchAt(bytes: Uint8Array, at: number, end: number): number {
    const { table, classOf, firstAccepting, firstFinal } = this.dfa;
    let state = this.dfa.start;
    let longestEnd = -1;
    let position = at;
    while (position < end) {
      state = table[state + classOf[bytes[position]]];
      position++;
      if (state === 0) break;
      if (state < firstAccepting) continue;
      longestEnd = position;
      if (state >= firstFinal) break;
    }
    this.lookedAtBytes = position - at;
    return longestEnd;
  }

  matchesWhole(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start > this.maxLength) return false;
    const { table, classOf, firstAccepting } = this.dfa;
    let state = this.dfa.start;
    for (let position = start; position < end; position++) {
      state = table[state + classOf[bytes[position]]];
      if (state === 0) return false;
    }
    return state >= firstAccepting;
  }
}
