import { buildDfa, maxDfaStates } from './dfa.js';
import { DfaPattern } from './dfa-pattern.js';
import { literalPrefixes } from './literal-prefixes.js';
import { maxMatchLength, minMatchLength } from './match-length.js';
import { parsePattern } from './parse-pattern.js';
import { PatternError } from './pattern-error.js';

const defaultMaxStates = 4_096;

export interface CompileOptions {
  /** ASCII letters match both their cases. Default: false. */
  readonly ignoreCase?: boolean;
  /** States that the automaton may have, 1 to 65,535. Default: 4,096, at most 4 MiB of table. */
  readonly maxStates?: number;
}

/**
 * Compiles a pattern in the notation of `parsePattern` to one table, so that matching takes one step per byte whatever the bytes are (E12).
 * @throws {PatternError} when the notation is wrong or not supported, the pattern can match the empty text, or it needs too many states
 */
export function compilePattern(source: string, options: CompileOptions = {}): DfaPattern {
  const { ignoreCase = false, maxStates = defaultMaxStates } = options;
  const root = parsePattern(source, { ignoreCase });
  if (minMatchLength(root) === 0) throw new PatternError(source, 'it can match the empty text, so it would match everywhere');
  const dfa = buildDfa(source, root, Math.min(maxStates, maxDfaStates));
  return new DfaPattern(source, root, dfa, maxMatchLength(root), literalPrefixes(root, { ignoreCase }));
}
