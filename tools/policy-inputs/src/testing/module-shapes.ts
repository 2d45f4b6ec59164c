import ts from 'typescript';

import type { Row, SyntaxSource } from '../fact-source.js';

import { bare, visitAll } from './test-code.js';

const SCRIPT_PATH = /^[\w@./-]*\w\.[cm]?[jt]sx?$/;

/** A value that only is there: literals, and arrays and objects of them. */
function isPlainValue(expression: ts.Expression): boolean {
  const node = bare(expression);
  if (ts.isLiteralExpression(node) || ts.isIdentifier(node) || ts.isPropertyAccessExpression(node)) return true;
  if (ts.isPrefixUnaryExpression(node)) return isPlainValue(node.operand);
  if (ts.isBinaryExpression(node)) return isPlainValue(node.left) && isPlainValue(node.right);
  if (ts.isArrayLiteralExpression(node)) return node.elements.every(isPlainValue);
  if (ts.isObjectLiteralExpression(node)) return node.properties.every((property) => ts.isShorthandPropertyAssignment(property) || (ts.isPropertyAssignment(property) && isPlainValue(property.initializer)));
  return node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword || node.kind === ts.SyntaxKind.NullKeyword;
}

/** Whether a statement of a module does or can do anything when it runs. */
function hasLogic(statement: ts.Statement): boolean {
  const isDeclared = ts.canHaveModifiers(statement) && (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword);
  if (isDeclared || ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement) || ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) return false;
  if (ts.isImportEqualsDeclaration(statement) || ts.isEnumDeclaration(statement) || ts.isEmptyStatement(statement)) return false;
  if (!ts.isVariableStatement(statement)) return true;
  return statement.declarationList.declarations.some(({ initializer }) => initializer !== undefined && !isPlainValue(initializer));
}

/** What a module holds, for questions about all modules together. */
export const moduleShapeSource: SyntaxSource = {
  name: 'module shapes',
  tables: {
    // logic: it holds more than types, re-exports and plain values.
    module_shapes: ['logic'],
    // path: a string that looks like the path of a script; specifiers of imports are not among them.
    script_paths: ['path'],
  },
  inner: ['module_shapes', 'script_paths'],
  selects: (file) => !file.isGenerated,
  read: (unit) => {
    const paths: Row[] = [];
    visitAll(unit, (node) => {
      const text = ts.isStringLiteralLike(node) ? node.text : ts.isTemplateTail(node) ? node.text.replace(/^\//, '') : '';
      const isSpecifier = ts.isImportDeclaration(node.parent ?? node) || ts.isExportDeclaration(node.parent ?? node);
      if (!isSpecifier && SCRIPT_PATH.test(text)) paths.push({ ...unit.at(node), path: text });
    });
    return { module_shapes: [{ ...unit.at(unit.source), line: 1, logic: unit.source.statements.some(hasLogic) }], script_paths: paths };
  },
};
