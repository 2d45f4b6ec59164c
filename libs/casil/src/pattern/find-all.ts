import type { ScanText } from '../scan/scan-text.js';
import { buildDfa } from './dfa.js';
import type { Dfa } from './dfa.js';
import type { DfaPattern } from './dfa-pattern.js';
import { minPrefixBytes } from './literal-prefixes.js';
import { PatternError } from './pattern-error.js';
import { SearchMemory } from './search-memory.js';
import { afterAnyBytes, reversed, withoutCounts } from './transform-pattern.js';

/** Finds the matches of one pattern anywhere in a text. Not re-entrant: `onMatch` must not call any finder. */
export interface PatternFinder {
  /**
   * Calls `onMatch` for the leftmost match, the longest of those that begin there, then likewise behind it. A text without a match takes one step
   * per byte; every step is taken from `text.spend`, and when that is used up the search ends with what it has found.
   */
  find(text: ScanText, onMatch: (start: number, end: number) => void): void;
}

const defaultMaxStates = 4_096;

/**
 * A finder for a pattern that begins with no literal which an anchor scan could look for.
 * @throws {PatternError} when the automaton that finds where matches begin would need more than `maxStates` states
 */
export function createFinder(pattern: DfaPattern, maxStates: number = defaultMaxStates): PatternFinder {
  return new BackwardFinder(pattern, startsAutomaton(pattern, maxStates));
}

/**
 * Read from the end of the text towards its beginning, this automaton is in an accepting state wherever a match may begin. Counted repeats that
 * overlap themselves can need very many states when no beginning is given; then beginnings are found without the counts, and the pattern
 * itself decides.
 */
function startsAutomaton(pattern: DfaPattern, maxStates: number): Dfa {
  const backward = reversed(pattern.root);
  try {
    return buildDfa(pattern.source, afterAnyBytes(backward), maxStates);
  } catch (error) {
    // Without an upper length, places where no match begins could each cost a look at the whole rest of the text.
    if (!(error instanceof PatternError) || pattern.maxLength === Infinity) throw withAdvice(error);
  }
  try {
    return buildDfa(pattern.source, afterAnyBytes(withoutCounts(backward)), maxStates);
  } catch (error) {
    throw withAdvice(error);
  }
}

function withAdvice(error: unknown): unknown {
  if (!(error instanceof PatternError)) return error;
  return new PatternError(error.pattern, `${error.reason}; let it begin with a literal of ${minPrefixBytes} characters or more, or write smaller counts`);
}

/** Shared by all finders, because searches never overlap. */
const memory = new SearchMemory();

class BackwardFinder implements PatternFinder {
  constructor(
    private readonly pattern: DfaPattern,
    private readonly starts: Dfa,
  ) {}

  find(text: ScanText, onMatch: (start: number, end: number) => void): void {
    const { start, end } = text;
    if (end <= start || !text.spend(end - start) || !this.markStarts(text)) return;
    for (let at = memory.nextStart(0); at >= 0; ) {
      const matchEnd = this.matchEnd(text, start + at);
      if (text.stepsLeft < 0) return;
      if (matchEnd >= 0) onMatch(start + at, matchEnd);
      at = memory.nextStart(matchEnd < 0 ? at + 1 : matchEnd - start);
    }
  }

  /** Reads the text backwards once; returns whether a match may begin anywhere. */
  private markStarts({ bytes, start, end }: ScanText): boolean {
    const { table, classOf, firstAccepting } = this.starts;
    let isAnyMarked = false;
    let state = this.starts.start;
    for (let position = end - 1; position >= start; position--) {
      state = table[state + classOf[bytes[position]]];
      if (state < firstAccepting) continue;
      if (!isAnyMarked) memory.reset(end - start);
      isAnyMarked = true;
      memory.markStart(position - start);
    }
    return isAnyMarked;
  }

  /** The end of the longest match at `at`, or -1; takes a step per byte looked at. The result counts only while steps are left. */
  private matchEnd(text: ScanText, at: number): number {
    const { bytes, end } = text;
    const { table, classOf, start, firstAccepting, firstFinal } = this.pattern.dfa;
    const stopAt = Math.min(end, at + text.stepsLeft + 1);
    let state = start;
    let matchEnd = -1;
    let position = at;
    while (position < stopAt) {
      state = table[state + classOf[bytes[position]]];
      position++;
      if (state === 0) break;
      if (state >= firstAccepting) {
        matchEnd = position;
        if (state >= firstFinal) break;
      } else if (memory.isKnownDeadEnd(position - 1 - text.start, state)) {
        // Later attempts begin at the end of this match or behind it, so what is remembered in front of it is never asked for.
        break;
      }
    }
    text.spend(position - at);
    return matchEnd;
  }
}
