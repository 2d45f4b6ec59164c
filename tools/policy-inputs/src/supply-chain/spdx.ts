/** Alternatives of which a user chooses one; all terms of an alternative hold together. */
type Alternatives = readonly (readonly string[])[];

const TOKEN = /\s*(\(|\)|[A-Za-z0-9.+:-]+)/y;
const MAX_ALTERNATIVES = 64;

function tokenize(expression: string): string[] | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const text = expression.trim();
  while (TOKEN.lastIndex < text.length) {
    const found = TOKEN.exec(text)?.[1];
    if (found === undefined) return undefined;
    tokens.push(found);
  }
  return tokens;
}

/** Recursive descent over `OR`, `AND`, `WITH` and parentheses; undefined where the text is no expression. */
class Parser {
  readonly #tokens: readonly string[];
  #next = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  parse(): Alternatives | undefined {
    const found = this.#alternatives();
    return this.#next === this.#tokens.length ? found : undefined;
  }

  #take(word: string): boolean {
    if (this.#tokens[this.#next]?.toUpperCase() !== word) return false;
    this.#next += 1;
    return true;
  }

  #alternatives(): Alternatives | undefined {
    const first = this.#conjunction();
    if (first === undefined || !this.#take('OR')) return first;
    const rest = this.#alternatives();
    return rest === undefined ? undefined : [...first, ...rest];
  }

  #conjunction(): Alternatives | undefined {
    const first = this.#term();
    if (first === undefined || !this.#take('AND')) return first;
    const rest = this.#conjunction();
    if (rest === undefined || first.length * rest.length > MAX_ALTERNATIVES) return undefined;
    return first.flatMap((left) => rest.map((right) => [...left, ...right]));
  }

  #term(): Alternatives | undefined {
    if (this.#take('(')) {
      const inner = this.#alternatives();
      return this.#take(')') ? inner : undefined;
    }
    const licence = this.#identifier();
    if (licence === undefined) return undefined;
    if (!this.#take('WITH')) return [[licence]];
    const exception = this.#identifier();
    return exception === undefined ? undefined : [[`${licence} WITH ${exception}`]];
  }

  #identifier(): string | undefined {
    const token = this.#tokens[this.#next];
    if (token === undefined || ['OR', 'AND', 'WITH', '(', ')'].includes(token.toUpperCase())) return undefined;
    this.#next += 1;
    return token;
  }
}

/**
 * The alternatives that a licence expression of SPDX leaves, each as its terms joined by ` AND `; none when the text is no such
 * expression, as `SEE LICENSE IN x` or nothing at all.
 */
export function licenceAlternatives(expression: string): readonly string[] {
  const tokens = tokenize(expression);
  const found = tokens === undefined || tokens.length === 0 ? undefined : new Parser(tokens).parse();
  return (found ?? []).map((terms) => [...new Set(terms)].sort().join(' AND '));
}
