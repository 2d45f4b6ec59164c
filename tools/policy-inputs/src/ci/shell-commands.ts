/** One command of a shell script. */
export interface ShellCommand {
  readonly words: readonly string[];
  /** What stands before it: `|`, `||`, `&&`, `;` (also a new line), `&` or nothing. */
  readonly joinedBy: string;
  /** Line in the script, from 0. */
  readonly line: number;
}

const OPERATORS = ['||', '&&', '|&', ';;', '|', ';', '&', '\n', '(', ')', '{', '}'] as const;
const LEADING_WORDS = new Set(['if', 'then', 'else', 'elif', 'while', 'until', 'do', '!', 'time', 'exec', 'command', 'sudo', 'env', 'nohup']);

/** Reads words, quotes, comments and operators; expansions stay as they are written. */
class Lexer {
  readonly #text: string;
  #at = 0;
  #line = 0;
  #word = '';
  #hasWord = false;
  #words: string[] = [];
  #startLine = 0;
  #joinedBy = '';
  readonly #commands: ShellCommand[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  read(): readonly ShellCommand[] {
    while (this.#at < this.#text.length) this.#step();
    this.#endCommand('');
    return this.#commands;
  }

  #step(): void {
    const char = this.#text[this.#at] ?? '';
    if (char === '\\') this.#escape();
    else if (char === "'" || char === '"') this.#quote(char);
    else if (char === '$' && /^\$\{\{/.test(this.#text.slice(this.#at))) this.#until('}}');
    else if (char === '$' && this.#text[this.#at + 1] === '{') this.#until('}');
    else if (char === '#' && !this.#hasWord) this.#comment();
    else if (char === ' ' || char === '\t') this.#endWord(1);
    else this.#operatorOrChar(char);
  }

  #operatorOrChar(char: string): void {
    const operator = OPERATORS.find((text) => this.#text.startsWith(text, this.#at));
    const isBrace = operator === '{' || operator === '}';
    const redirects = operator === '&' && (/[<>]$/.test(this.#word) || this.#text[this.#at + 1] === '>');
    if (operator === undefined || redirects || (isBrace && this.#hasWord)) {
      this.#add(char);
      return;
    }
    this.#endCommand(operator === '\n' || operator === ';;' ? ';' : operator === '|&' ? '|' : '(){}'.includes(operator) ? '' : operator);
    if (operator === '\n') this.#line += 1;
    this.#at += operator.length;
  }

  #add(text: string, advance = text.length): void {
    if (!this.#hasWord && this.#words.length === 0) this.#startLine = this.#line;
    this.#word += text;
    this.#hasWord = true;
    this.#line += text.split('\n').length - 1;
    this.#at += advance;
  }

  #escape(): void {
    const next = this.#text[this.#at + 1] ?? '';
    if (next !== '\n') {
      this.#add(next, 2);
      return;
    }
    this.#line += 1;
    this.#endWord(2);
  }

  #quote(mark: string): void {
    let end = this.#at + 1;
    while (end < this.#text.length && this.#text[end] !== mark) end += mark === '"' && this.#text[end] === '\\' ? 2 : 1;
    this.#add(this.#text.slice(this.#at + 1, end), end + 1 - this.#at);
  }

  #until(mark: string): void {
    const end = this.#text.indexOf(mark, this.#at);
    const stop = end < 0 ? this.#text.length : end + mark.length;
    this.#add(this.#text.slice(this.#at, stop));
  }

  #comment(): void {
    const end = this.#text.indexOf('\n', this.#at);
    this.#at = end < 0 ? this.#text.length : end;
  }

  #endWord(advance = 0): void {
    if (this.#hasWord) this.#words.push(this.#word);
    this.#word = '';
    this.#hasWord = false;
    this.#at += advance;
  }

  #endCommand(operator: string): void {
    this.#endWord();
    while (this.#words.length > 1 && (LEADING_WORDS.has(this.#words[0] ?? '') || /^\w+=/.test(this.#words[0] ?? ''))) this.#words.shift();
    if (this.#words.length > 0) {
      this.#commands.push({ words: this.#words, joinedBy: this.#joinedBy, line: this.#startLine });
      this.#joinedBy = operator;
    } else if (operator !== ';' && operator !== '') {
      this.#joinedBy = operator;
    }
    this.#words = [];
  }
}

/** The commands of a script in the order they stand; leading assignments, keywords and `sudo` are left out. */
export function readShellCommands(script: string): readonly ShellCommand[] {
  return new Lexer(script).read();
}
