import ts from 'typescript';

import { namesOf } from '../architecture/resolved-names.js';
import type { Row, SourceUnit, SyntaxSource } from '../fact-source.js';
import { isTestCode } from '../testing/test-code.js';

/** Shorter ones hold no credential that anybody could tell from a word. */
const NOTABLE_RUN = /\S{16}/;

function isJoining(node: ts.Node): node is ts.Expression {
  if (ts.isBinaryExpression(node)) return node.operatorToken.kind === ts.SyntaxKind.PlusToken;
  if (ts.isTemplateExpression(node)) return true;
  return ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && node.expression.name.text === 'join';
}

/** The widest expressions that put a text together of what the file itself holds. */
function joinedIn(unit: SourceUnit): Row[] {
  const names = namesOf(unit);
  const rows: Row[] = [];
  const visit = (node: ts.Node): void => {
    const text = isJoining(node) ? names.textOf(node) : undefined;
    if (text === undefined) ts.forEachChild(node, visit);
    else if (NOTABLE_RUN.test(text)) rows.push({ ...unit.at(node), text });
  };
  visit(unit.source);
  return rows;
}

/** Texts of production code that stand in pieces: a credential in two halves is still one. Tests make theirs when they run. */
export const joinedTextSource: SyntaxSource = {
  name: 'joined texts',
  tables: {
    // text: as the code puts it together.
    joined_texts: ['text'],
  },
  inner: ['joined_texts'],
  selects: (file) => /^(apps|libs)\//.test(file.path) && !file.isTest && !file.isGenerated && !isTestCode(file),
  read: (unit) => ({ joined_texts: joinedIn(unit) }),
};
