import type { SeededRandom } from './seeded-random.js';

/**
 * A random text that matches `pattern`: literals, `[a-z]`, `(a|b)`, `?`, `{n}`, `{n,m}`, backslash escapes. Written apart from the engine's own parser,
 * so that one does not repeat the other's mistakes. Raises on what it does not know.
 */
export function textOfPattern(pattern: string, random: SeededRandom): string {
  const reader = { pattern, at: 0 };
  const text = readChoice(reader, random);
  if (reader.at !== pattern.length) throw new Error(`Pattern ${pattern} goes wrong at ${String(reader.at)}`);
  return text;
}

interface Reader {
  readonly pattern: string;
  at: number;
}

type Producer = () => string;

function readChoice(reader: Reader, random: SeededRandom): string {
  return readAlternatives(reader, random)();
}

function readAlternatives(reader: Reader, random: SeededRandom): Producer {
  const branches: Producer[] = [readSequence(reader, random)];
  while (reader.pattern[reader.at] === '|') {
    reader.at += 1;
    branches.push(readSequence(reader, random));
  }
  return () => random.pick(branches)();
}

function readSequence(reader: Reader, random: SeededRandom): Producer {
  const parts: Producer[] = [];
  for (;;) {
    const char = reader.pattern[reader.at];
    if (char === undefined || char === '|' || char === ')') break;
    parts.push(readRepeated(reader, random, readAtom(reader, random)));
  }
  return () => parts.map((part) => part()).join('');
}

function readAtom(reader: Reader, random: SeededRandom): Producer {
  const char = reader.pattern[reader.at] ?? '';
  reader.at += 1;
  if (char === '(') {
    if (reader.pattern.startsWith('?:', reader.at)) reader.at += 2;
    const inner = readAlternatives(reader, random);
    if (reader.pattern[reader.at] !== ')') throw new Error(`Pattern ${reader.pattern} has an open bracket`);
    reader.at += 1;
    return inner;
  }
  if (char === '[') {
    const alphabet = readClass(reader);
    return () => random.text(alphabet, 1);
  }
  if (char === '\\') {
    const escaped = escapedAlphabet(reader.pattern[reader.at] ?? '');
    reader.at += 1;
    return () => random.text(escaped, 1);
  }
  return () => char;
}

function readRepeated(reader: Reader, random: SeededRandom, atom: Producer): Producer {
  const char = reader.pattern[reader.at];
  if (char === '?') {
    reader.at += 1;
    return () => (random.next() < 0.5 ? atom() : '');
  }
  if (char !== '{') return atom;
  const counts = /^\{(\d+)(?:,(\d+))?\}/.exec(reader.pattern.slice(reader.at));
  if (counts === null) return atom;
  reader.at += counts[0].length;
  const least = Number(counts[1]);
  const most = Number(counts[2] ?? counts[1]);
  return () => Array.from({ length: random.between(least, most) }, () => atom()).join('');
}

function readClass(reader: Reader): string {
  const members = new Set<string>();
  for (;;) {
    const char = reader.pattern[reader.at];
    if (char === undefined) throw new Error(`Pattern ${reader.pattern} has an open class`);
    reader.at += 1;
    if (char === ']') return [...members].join('');
    const from = char === '\\' ? (reader.pattern[reader.at++] ?? '') : char;
    if (char === '\\' && 'dw'.includes(from)) {
      for (const member of escapedAlphabet(from)) members.add(member);
      continue;
    }
    const isRange = reader.pattern[reader.at] === '-' && reader.pattern[reader.at + 1] !== ']';
    if (!isRange) {
      members.add(from);
      continue;
    }
    reader.at += 1;
    const to = reader.pattern[reader.at] ?? from;
    reader.at += 1;
    for (let code = from.charCodeAt(0); code <= to.charCodeAt(0); code += 1) members.add(String.fromCharCode(code));
  }
}

function escapedAlphabet(char: string): string {
  if (char === 'd') return '0123456789';
  if (char === 'w') return 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_';
  if (char === 'n') return '\n';
  if (char === 't') return '\t';
  return char;
}
