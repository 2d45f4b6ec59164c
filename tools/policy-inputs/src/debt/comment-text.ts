import { Lexer } from 'yaml';

/** A comment as its text and the line that it begins on, from 1. */
export interface Comment {
  readonly line: number;
  readonly text: string;
}

interface Syntax {
  /** What begins a comment up to the end of the line. */
  readonly line: readonly string[];
  readonly block: readonly (readonly [string, string])[];
  /** What begins and ends a string; the longest first. */
  readonly strings: readonly string[];
  /** Strings that go over lines. */
  readonly longStrings: readonly string[];
  /** Whether a line comment needs space before it. */
  readonly isSpaced: boolean;
}

const C_LIKE: Syntax = { line: ['//'], block: [['/*', '*/']], strings: ['"', '\'', '`'], longStrings: ['`'], isSpaced: false };
const HASH: Syntax = { line: ['#'], block: [], strings: ['"', '\''], longStrings: [], isSpaced: true };
const SYNTAXES: readonly (readonly [RegExp, Syntax])[] = [
  [/\.(proto|jsonc|json5|go|rs|java|c|h|cpp|scss|less|kts?|swift|gradle)$|(^|\/)tsconfig[\w.-]*\.json$|^\.vscode\/.*\.json$/, C_LIKE],
  [/\.py$/, { ...HASH, strings: ['"""', '\'\'\'', '"', '\''], longStrings: ['"""', '\'\'\''], isSpaced: false }],
  [/\.rego$/, { ...HASH, strings: ['"', '`'], longStrings: ['`'], isSpaced: false }],
  [/\.sql$/, { line: ['--'], block: [['/*', '*/']], strings: ['\'', '"'], longStrings: ['\''], isSpaced: false }],
  [/\.lua$/, { line: ['--'], block: [['--[[', ']]']], strings: ['\'', '"'], longStrings: [], isSpaced: false }],
  [/\.css$/, { line: [], block: [['/*', '*/']], strings: ['"', '\''], longStrings: [], isSpaced: false }],
  [/\.(md|mdx|html?|svg|xml)$/, { line: [], block: [['<!--', '-->']], strings: [], longStrings: [], isSpaced: false }],
  [/\.(sh|bash|zsh|toml|ini|cfg|conf|env|env\.(example|sample|template)|tf|hcl|rb|pl|properties)$|(^|\/)(\w+\.)?Dockerfile(\.\w+)?$|(^|\/)Containerfile$|(^|\/)Makefile$|(^|\/)\.(env|gitignore|dockerignore|npmrc|gitattributes|editorconfig)[\w.-]*$|(^|\/)CODEOWNERS$|^\.ci\/[\w-]+$/, HASH],
];
const YAML_FILE = /\.ya?ml$/;

/** Whether comments of this file can be told from its content. */
export function hasComments(path: string): boolean {
  return YAML_FILE.test(path) || SYNTAXES.some(([files]) => files.test(path));
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** Offset behind the string that begins at `start`; a short one ends with its line at the latest. */
function endOfString(text: string, start: number, quote: string, isLong: boolean): number {
  for (let at = start + quote.length; at < text.length; at += 1) {
    if (text[at] === '\\' && quote !== '`') at += 1;
    else if (text.startsWith(quote, at)) return at + quote.length;
    else if (text[at] === '\n' && !isLong) return at;
  }
  return text.length;
}

interface Span {
  readonly kind: 'comment' | 'string';
  readonly from: number;
  readonly to: number;
}

/** Comments and strings of a text, in order. */
function spansOf(text: string, syntax: Syntax): Span[] {
  const found: Span[] = [];
  let at = 0;
  while (at < text.length) {
    const here = at;
    const block = syntax.block.find(([start]) => text.startsWith(start, here));
    const quote = syntax.strings.find((start) => text.startsWith(start, here));
    const isFree = !syntax.isSpaced || here === 0 || /\s/.test(text[here - 1] ?? '');
    const isLine = isFree && syntax.line.some((start) => text.startsWith(start, here));
    if (block !== undefined) {
      const end = text.indexOf(block[1], here + block[0].length);
      at = end === -1 ? text.length : end + block[1].length;
    } else if (isLine) {
      const end = text.indexOf('\n', here);
      at = end === -1 ? text.length : end;
    } else at = quote === undefined ? here + 1 : endOfString(text, here, quote, syntax.longStrings.includes(quote));
    if (block !== undefined || isLine) found.push({ kind: 'comment', from: here, to: at });
    else if (quote !== undefined) found.push({ kind: 'string', from: here, to: at });
  }
  return found;
}

const syntaxOf = (path: string): Syntax | undefined => SYNTAXES.find(([files]) => files.test(path))?.[1];

/** The text with comments, and when asked for strings, as blanks; lines stay where they are. */
export function withoutComments(path: string, text: string, { strings: withoutStrings }: { readonly strings: boolean }): string {
  const syntax = syntaxOf(path);
  let rest = text;
  for (const { kind, from, to } of syntax === undefined ? [] : spansOf(text, syntax)) {
    if (kind === 'comment' || withoutStrings) rest = rest.slice(0, from) + rest.slice(from, to).replace(/[^\n]/g, ' ') + rest.slice(to);
  }
  return rest;
}

/** Comments of YAML, and lines of block scalars that begin with the mark of one: scripts of workflows are such scalars. */
function readYaml(text: string): Comment[] {
  const found: Comment[] = [];
  let line = 1;
  for (const token of new Lexer().lex(text)) {
    if (token.startsWith('#')) found.push({ line, text: token });
    else if (token.includes('\n')) token.split('\n').forEach((part, index) => { if (/^\s*#/.test(part)) found.push({ line: line + index, text: part }); });
    line += token.split('\n').length - 1;
  }
  return found;
}

const MARKDOWN_FILE = /\.mdx?$/;
/** A line of prose that begins with a word in capitals and a colon or bracket, whatever list or heading it stands in. */
const OPENED_LINE = /^[\s>*#-]*(?:\d+\.\s+)?(?:\[[ x]\]\s+)?[*_]*(?=[A-Z]{3,6}[*_]*\s*[:(])/;

/** Such lines of Markdown outside its code: they are notes to the writer, as comments are. */
function notesIn(text: string): Comment[] {
  let isCode = false;
  return text.split('\n').flatMap((part, index): Comment[] => {
    if (/^\s*(```|~~~)/.test(part)) isCode = !isCode;
    const opened = isCode ? null : OPENED_LINE.exec(part);
    return opened === null ? [] : [{ line: index + 1, text: part.slice(opened[0].length) }];
  });
}

/** Comments of a file that is no script; none where the kind of file has none. */
export function readComments(path: string, text: string): Comment[] {
  if (YAML_FILE.test(path)) return readYaml(text);
  const syntax = syntaxOf(path);
  const spans = syntax === undefined ? [] : spansOf(text, syntax).filter(({ kind }) => kind === 'comment');
  const notes = MARKDOWN_FILE.test(path) ? notesIn(text) : [];
  return [...notes, ...spans.map(({ from, to }) => ({ line: lineAt(text, from), text: text.slice(from, to) }))];
}
