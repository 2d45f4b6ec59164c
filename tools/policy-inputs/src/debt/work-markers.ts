import ts from 'typescript';

import type { Row, SourceUnit, SyntaxSource, WorkspaceSource } from '../fact-source.js';
import { isTestCode } from '../testing/test-code.js';

import { hasComments, readComments, type Comment } from './comment-text.js';

// In parts, so that this file has no marker itself.
const ALWAYS = [['TO', 'DO'], ['FIX', 'ME']].map((parts) => parts.join(''));
const SHOUTED = [...ALWAYS, ...[['HA', 'CK'], ['XX', 'X'], ['KLU', 'DGE'], ['T', 'BD']].map((parts) => parts.join(''))];
const APART = [['TO', 'DO'], ['FIX', 'ME']].map((parts) => parts.join('[ -]'));
const MARKER = new RegExp([
  `(?<shouted>(?<![\\w$])(?:${[...SHOUTED, ...APART].join('|')})(?![A-Za-z0-9]))`,
  // In lower case these are also words of prose: a mark where something of a mark follows or precedes.
  `(?<tagged>@(?:${ALWAYS.join('|')})\\b)`,
  `(?<plain>(?<![\\w$.'"\`/-])(?:${ALWAYS.join('|')})(?![\\w'"\`]))`,
  `(?<opened>(?<=^[\\s/*#;<!-]*)(?:${[...SHOUTED, ...APART].join('|')})(?=\\s*[:(]))`,
].map((part, index) => (index === 0 ? part : part.replace(/[A-Z]{2,}/g, (word) => [...word].map((letter) => `[${letter}${letter.toLowerCase()}]`).join('')))).join('|'), 'gm');
const POSSIBLE = new RegExp([...SHOUTED, ...APART].join('|'), 'i');
const DEBT_ID = /\bTD-\d+\b/g;
// Short, or with `yet`: a long sentence that ends in "is not implemented" speaks of something else than the code around it.
const UNFINISHED = /^.{0,24}\b(not (yet )?implemented|un-?implemented|to be implemented|implement me)\b|\b((not|isn't|is not) (yet )?(implemented|supported|done|there) yet|not yet (implemented|supported|done)|coming soon)\b/i;

interface Marker {
  readonly line: number;
  readonly marker: string;
  readonly td: readonly string[];
  readonly owner: string;
}

/** Owner in `MARKER(@owner)` or `MARKER(owner, TD-1)`, or an `@owner` right behind; empty when there is none. */
function ownerIn(rest: string): string {
  const inside = /^\s*\(([^)]*)\)/.exec(rest)?.[1] ?? '';
  const named = inside.split(/[,\s;]+/).find((word) => word !== '' && !/^TD-/i.test(word));
  return named ?? /^[^\n]{0,40}?(@[\w/-]+)/.exec(rest)?.[1] ?? '';
}

/** Marks of work for later in a comment, with the debts that are named on the same line or, for the last mark, below it. */
export function markersIn(comment: Comment): Marker[] {
  if (!POSSIBLE.test(comment.text)) return [];
  const found = [...comment.text.matchAll(MARKER)];
  return found.map((match, index) => {
    const next = found[index + 1]?.index ?? comment.text.length;
    // What stands before the next mark on its line is that one's.
    const nextLine = comment.text.lastIndexOf('\n', next);
    const end = index + 1 < found.length && nextLine > match.index ? nextLine : next;
    const lineStart = comment.text.lastIndexOf('\n', match.index) + 1;
    const before = index === 0 || (found[index - 1]?.index ?? 0) < lineStart ? comment.text.slice(lineStart, match.index) : '';
    const rest = comment.text.slice(match.index + match[0].length, end);
    return {
      line: comment.line + comment.text.slice(0, match.index).split('\n').length - 1,
      marker: match[0].toUpperCase().replace(/^@/, ''),
      td: [...new Set(`${before} ${rest}`.match(DEBT_ID) ?? [])],
      owner: ownerIn(rest),
    };
  });
}

/** Comments of a script, which are between tokens and never in strings. Line comments on lines that follow each other are one. */
export function commentsOf(unit: SourceUnit): Comment[] {
  const { text } = unit.source;
  const ranges = new Map<number, ts.CommentRange>();
  const visit = (node: ts.Node): void => {
    const children = node.getChildren(unit.source);
    if (children.length > 0) {
      children.forEach(visit);
      return;
    }
    if (node.kind === ts.SyntaxKind.JsxText) return;
    for (const range of [...(ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []), ...(ts.getTrailingCommentRanges(text, node.getEnd()) ?? [])]) ranges.set(range.pos, range);
  };
  visit(unit.source);
  const comments: (Comment & { end: number; isLine: boolean })[] = [];
  for (const { pos, end, kind } of [...ranges.values()].sort((a, b) => a.pos - b.pos)) {
    const line = unit.source.getLineAndCharacterOfPosition(pos).line + 1;
    const isLine = kind === ts.SyntaxKind.SingleLineCommentTrivia;
    const last = comments.at(-1);
    if (last !== undefined && last.isLine && isLine && line === last.line + last.text.split('\n').length && text.slice(last.end, pos).trim() === '') comments[comments.length - 1] = { ...last, text: `${last.text}\n${text.slice(pos, end)}`, end };
    else comments.push({ line, text: text.slice(pos, end), end, isLine });
  }
  return comments;
}

function stringsIn(node: ts.Node, found: string[] = []): string[] {
  if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) found.push(node.text);
  ts.forEachChild(node, (child) => { stringsIn(child, found); });
  return found;
}

/** `throw new Error('…')`, `Promise.reject(new Error('…'))` or `assert.fail('…')` with words that say that something is missing. */
function isUnfinished(node: ts.Node): boolean {
  const isFailure = ts.isThrowStatement(node) || (ts.isCallExpression(node) && /^(Promise\.reject|reject|assert\.fail|fail)$/.test(node.expression.getText()));
  if (isFailure && stringsIn(node).some((text) => UNFINISHED.test(text))) return true;
  if (ts.isThrowStatement(node)) return /^new \w*(NotImplemented|Unimplemented)\w*\(|^(notImplemented|unimplemented|todo)\(/.test(node.expression.getText());
  return ts.isExpressionStatement(node) && /^(notImplemented|unimplemented|todo)\(/.test(node.expression.getText());
}

const toRow = (place: { file: string; project: string }, { line, marker, td, owner }: Marker, test: boolean): Row => ({ ...place, line, marker, td, owner, test });

/** Marks of work for later in scripts, and code that stands for work not done. */
export const scriptMarkerSource: SyntaxSource = {
  name: 'markers in scripts',
  tables: {
    // A mark of work for later in a comment. marker: its word in upper case; td: ids of debts named with it; owner: empty when none is named; test: in test code.
    work_markers: ['marker', 'td', 'owner', 'test'],
    // form: debugger or unimplemented.
    unfinished_code: ['form', 'td', 'test'],
  },
  selects: (file) => !file.isGenerated,
  read: (unit) => {
    const { text } = unit.source;
    const test = isTestCode(unit.file);
    const place = { file: unit.file.path, project: unit.file.project };
    const markers = POSSIBLE.test(text) ? commentsOf(unit).flatMap(markersIn) : [];
    const unfinished: Row[] = [];
    const visit = (node: ts.Node): void => {
      const form = ts.isDebuggerStatement(node) ? 'debugger' : isUnfinished(node) ? 'unimplemented' : undefined;
      if (form !== undefined) unfinished.push({ ...unit.at(node), form, td: node.getText().match(DEBT_ID) ?? [], test });
      ts.forEachChild(node, visit);
    };
    if (/debugger|implement|coming soon|not supported yet|todo\(/i.test(text)) visit(unit.source);
    return { work_markers: markers.map((marker) => toRow(place, marker, test)), unfinished_code: unfinished };
  },
};

/** The same marks in files of other kinds. Markdown is read for its comments only. */
export const fileMarkerSource: WorkspaceSource = {
  name: 'markers in other files',
  tables: {
    // As work_markers.
    file_markers: ['marker', 'td', 'owner', 'test'],
  },
  read: (workspace) => {
    const rows: Row[] = [];
    for (const file of workspace.files) {
      if (!hasComments(file.path) || file.isGenerated) continue;
      const text = workspace.read(file.path);
      if (!POSSIBLE.test(text)) continue;
      const place = { file: file.path, project: file.project };
      rows.push(...readComments(file.path, text).flatMap(markersIn).map((marker) => toRow(place, marker, file.isTest)));
    }
    return { file_markers: rows };
  },
};
