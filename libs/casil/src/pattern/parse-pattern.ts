import { addAll, addOtherCase, addRange, anyButNewline, emptySet, invert, namedSets } from './byte-set.js';
import { PatternError } from './pattern-error.js';
import type { PatternNode, SetNode } from './pattern-node.js';

/** Highest count in `{n,m}`. */
export const maxRepeatCount = 512;

const maxSourceLength = 4_096;
const maxGroupDepth = 50;

const controlEscapes: ReadonlyMap<string, number> = new Map([
  ['t', 0x09],
  ['n', 0x0a],
  ['v', 0x0b],
  ['f', 0x0c],
  ['r', 0x0d],
]);

const onlyBytesOfTheMatch = 'a match is decided by its own bytes alone';
const noAnchors = `is not supported: anchors say where a match stands, and here ${onlyBytesOfTheMatch}`;

export interface ParseOptions {
  /** ASCII letters stand for both their cases. Default: false. */
  readonly ignoreCase?: boolean;
}

/**
 * Reads the pattern notation: literals (non-ASCII ones are their UTF-8 bytes), `.`, `[...]`, `\d \w \s` and their opposites, `\t \n \r \f \v \xHH`,
 * a backslash before any punctuation, `( | )`, `(?: )`, `?`, `*`, `+`, `{n}`, `{n,}` and `{n,m}` up to 512.
 * @throws {PatternError} for everything else, with the reason
 */
export function parsePattern(source: string, options: ParseOptions = {}): PatternNode {
  return new Parser(source, options.ignoreCase ?? false).parse();
}

class Parser {
  private at = 0;
  private depth = 0;
  private readonly literals = new Map<number, SetNode>();

  constructor(
    private readonly source: string,
    private readonly ignoreCase: boolean,
  ) {}

  parse(): PatternNode {
    if (this.source.length > maxSourceLength) throw this.refusal(`it is longer than ${maxSourceLength} characters`);
    const node = this.alternation();
    if (this.at < this.source.length) throw this.refusalHere('")" closes no group; write \\) for the character');
    return node;
  }

  private alternation(): PatternNode {
    const choices = [this.sequence()];
    while (this.peek() === '|') {
      this.at++;
      choices.push(this.sequence());
    }
    return oneOf(choices);
  }

  private sequence(): PatternNode {
    const items: PatternNode[] = [];
    while (this.at < this.source.length && this.peek() !== '|' && this.peek() !== ')') items.push(this.repeated());
    return items.length === 1 ? items[0] : { kind: 'sequence', items };
  }

  private repeated(): PatternNode {
    const item = this.item();
    const counts = this.quantifier();
    if (counts === undefined) return item;
    const next = this.peek();
    if (next === '?') throw this.refusalHere('lazy quantifiers such as "+?" are not supported: the longest match always counts');
    if (next === '+') throw this.refusalHere('possessive quantifiers such as "*+" are not supported: there is no backtracking to prevent');
    if (next === '*' || next === '{') throw this.refusalHere('one quantifier follows another; put the first and its item into ( )');
    const [min, max] = counts;
    return min === 1 && max === 1 ? item : { kind: 'repeat', item, min, max };
  }

  private quantifier(): readonly [min: number, max: number] | undefined {
    switch (this.peek()) {
      case '?':
        this.at++;
        return [0, 1];
      case '*':
        this.at++;
        return [0, Infinity];
      case '+':
        this.at++;
        return [1, Infinity];
      case '{':
        return this.countedQuantifier();
      default:
        return undefined;
    }
  }

  private countedQuantifier(): readonly [min: number, max: number] {
    const counted = /^\{(\d+)(,(\d*))?\}/.exec(this.source.slice(this.at, this.at + 24));
    if (counted === null) throw this.refusalHere('"{" begins no count such as {3} or {3,8}; write \\{ for the character');
    const min = Number(counted[1]);
    const max = counted[2] === undefined ? min : counted[3] === '' ? Infinity : Number(counted[3]);
    if (min > maxRepeatCount || (max !== Infinity && max > maxRepeatCount)) throw this.refusalHere(`a count is above ${maxRepeatCount}`);
    if (min > max) throw this.refusalHere(`the lower count ${min} is above the upper count ${max}`);
    if (max === 0) throw this.refusalHere('an item repeated zero times matches nothing');
    this.at += counted[0].length;
    return [min, max];
  }

  private item(): PatternNode {
    const character = this.peek();
    switch (character) {
      case '(':
        return this.group();
      case '[':
        return this.characterClass();
      case '.':
        this.at++;
        return { kind: 'set', members: anyButNewline };
      case '\\':
        return this.escape();
      case '^':
      case '$':
        throw this.refusalHere(`"${character}" ${noAnchors}; write \\${character} for the character`);
      case '?':
      case '*':
      case '+':
        throw this.refusalHere(`"${character}" repeats nothing; write \\${character} for the character`);
      case '{':
      case '}':
      case ']':
        throw this.refusalHere(`"${character}" stands alone; write \\${character} for the character`);
      default:
        return this.literal();
    }
  }

  private group(): PatternNode {
    const opening = this.at;
    this.at++;
    if (this.peek() === '?') this.groupKind();
    if (++this.depth > maxGroupDepth) throw this.refusalHere(`groups are nested more than ${maxGroupDepth} deep`);
    const node = this.alternation();
    if (this.peek() !== ')') throw this.refusalAt('"(" is never closed; write \\( for the character', opening);
    this.at++;
    this.depth--;
    return node;
  }

  private groupKind(): void {
    const rest = this.source.slice(this.at, this.at + 3);
    if (rest.startsWith('?:')) {
      this.at += 2;
      return;
    }
    const kind = ['?=', '?!', '?<=', '?<!'].find((lookAround) => rest.startsWith(lookAround));
    if (kind !== undefined) throw this.refusalHere(`look-around "(${kind}" is not supported: ${onlyBytesOfTheMatch}`);
    if (rest.startsWith('?<') || rest.startsWith('?P<')) throw this.refusalHere('named groups are not supported: nothing is captured; write ( )');
    if (rest.startsWith('?>')) throw this.refusalHere('atomic groups are not supported: there is no backtracking to prevent');
    throw this.refusalHere('flags and other groups that begin with "(?" are not supported, only "(?:"');
  }

  private escape(): PatternNode {
    const character = this.source[this.at + 1];
    if (character !== undefined && /[1-9k]/.test(character)) {
      throw this.refusalHere(`the back-reference \\${character} is not supported: it cannot be matched in linear time`);
    }
    if (character !== undefined && /[bBAzZG]/.test(character)) throw this.refusalHere(`\\${character} ${noAnchors}`);
    const named = this.namedSet();
    return named === undefined ? this.byteLiteral(this.escapedByte()) : { kind: 'set', members: named };
  }

  /** `\d` and its like, or undefined where something else stands. */
  private namedSet(): Uint8Array | undefined {
    if (this.peek() !== '\\') return undefined;
    const named = namedSets.get(this.source[this.at + 1] ?? '');
    if (named !== undefined) this.at += 2;
    return named;
  }

  private escapedByte(): number {
    const character = this.source[this.at + 1];
    if (character === undefined) throw this.refusalHere('it ends with a backslash');
    const control = controlEscapes.get(character);
    if (control !== undefined) {
      this.at += 2;
      return control;
    }
    if (character === 'x') return this.hexadecimalByte();
    if (character === 'u' || character === 'p' || character === 'P') {
      throw this.refusalHere(`\\${character} is not supported: patterns match bytes; write the character itself`);
    }
    if (/[0-9A-Za-z]/.test(character)) throw this.refusalHere(`\\${character} means nothing here`);
    const code = character.charCodeAt(0);
    if (code >= 0x80) throw this.refusalHere('a backslash before a character outside ASCII means nothing');
    this.at += 2;
    return code;
  }

  private hexadecimalByte(): number {
    const digits = this.source.slice(this.at + 2, this.at + 4);
    if (!/^[0-9a-fA-F]{2}$/.test(digits)) throw this.refusalHere('\\x needs two hexadecimal digits');
    this.at += 4;
    return Number.parseInt(digits, 16);
  }

  private literal(): PatternNode {
    const code = this.source.codePointAt(this.at) ?? 0;
    if (code < 0x80) {
      this.at++;
      return this.byteLiteral(code);
    }
    if (code >= 0xd800 && code <= 0xdfff) throw this.refusalHere('half a surrogate pair is no character');
    this.at += code > 0xffff ? 2 : 1;
    return { kind: 'sequence', items: utf8Bytes(code).map((byte) => this.byteLiteral(byte)) };
  }

  private byteLiteral(byte: number): SetNode {
    const known = this.literals.get(byte);
    if (known !== undefined) return known;
    const members = emptySet();
    members[byte] = 1;
    if (this.ignoreCase) addOtherCase(members);
    const node: SetNode = { kind: 'set', members };
    this.literals.set(byte, node);
    return node;
  }

  private characterClass(): SetNode {
    const opening = this.at;
    this.at++;
    const isNegated = this.peek() === '^';
    if (isNegated) this.at++;
    const members = emptySet();
    if (this.peek() === ']') throw this.refusalAt('a class without members; write \\] for the bracket', opening);
    while (this.peek() !== ']') {
      if (this.at >= this.source.length) throw this.refusalAt('"[" is never closed; write \\[ for the character', opening);
      this.classMember(members);
    }
    this.at++;
    // Before the negation: [^a] without regard to case excludes "A" too.
    if (this.ignoreCase) addOtherCase(members);
    if (isNegated) invert(members);
    if (!members.includes(1)) throw this.refusalAt('a class without members matches nothing', opening);
    return { kind: 'set', members };
  }

  private classMember(members: Uint8Array): void {
    const named = this.namedSet();
    if (named !== undefined) {
      addAll(members, named);
      return;
    }
    const beginning = this.at;
    const first = this.classByte();
    const beforeRange = this.at;
    if (this.peek() !== '-' || this.source[this.at + 1] === ']' || this.at + 1 >= this.source.length) {
      members[first] = 1;
      return;
    }
    this.at++;
    if (this.namedSet() !== undefined) throw this.refusalAt('a range ends with a set; write \\- for the dash', beforeRange);
    const last = this.classByte();
    if (first > last) throw this.refusalAt('a range runs backwards', beginning);
    addRange(members, first, last);
  }

  private classByte(): number {
    const character = this.peek();
    if (character === '\\') {
      const escaped = this.source[this.at + 1] ?? '';
      if (/[bBk1-9]/.test(escaped)) throw this.refusalHere(`\\${escaped} means nothing in a class`);
      return this.escapedByte();
    }
    if (character === '[' && /^\[[:.=]/.test(this.source.slice(this.at, this.at + 2))) {
      throw this.refusalHere('named classes such as [:alpha:] are not supported; write \\[ for the character');
    }
    const code = character.charCodeAt(0);
    if (code >= 0x80) throw this.refusalHere('classes hold bytes, so no characters outside ASCII; write alternatives such as (é|è)');
    this.at++;
    return code;
  }

  /** The character at hand, or the empty text at the end. */
  private peek(): string {
    return this.source[this.at] ?? '';
  }

  private refusalHere(reason: string): PatternError {
    return this.refusalAt(reason, this.at);
  }

  private refusalAt(reason: string, at: number): PatternError {
    return this.refusal(`${reason} (character ${at + 1})`);
  }

  private refusal(reason: string): PatternError {
    return new PatternError(this.source, reason);
  }
}

/** Single bytes among the choices become one set, which keeps the automaton small. */
function oneOf(choices: readonly PatternNode[]): PatternNode {
  const sets = choices.filter((choice) => choice.kind === 'set');
  if (sets.length < 2) return choices.length === 1 ? choices[0] : { kind: 'alternation', choices };
  const members = emptySet();
  for (const set of sets) addAll(members, set.members);
  const others = choices.filter((choice) => choice.kind !== 'set');
  const merged: SetNode = { kind: 'set', members };
  return others.length === 0 ? merged : { kind: 'alternation', choices: [merged, ...others] };
}

function utf8Bytes(code: number): number[] {
  if (code < 0x800) return [0xc0 | (code >> 6), 0x80 | (code & 0x3f)];
  if (code < 0x10000) return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)];
  return [0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)];
}
