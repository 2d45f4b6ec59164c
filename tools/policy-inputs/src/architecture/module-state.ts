import ts from 'typescript';

import type { Row, SourceUnit, SyntaxSource } from '../fact-source.js';
import { namesOf, unwrap, type NameResolver } from './resolved-names.js';

const mutators = new Set(['set', 'add', 'delete', 'clear', 'push', 'pop', 'shift', 'unshift', 'splice', 'sort', 'reverse', 'fill', 'copyWithin', 'append']);
const objectMutators = new Set(['#Object.assign', '#Object.defineProperty', '#Object.setPrototypeOf', '#Reflect.set', '#Reflect.deleteProperty']);

/** The variable at the start of `a.b[c].d`. */
function rootOf(expression: ts.Expression): ts.Identifier | undefined {
  let node = unwrap(expression);
  while (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) node = unwrap(node.expression);
  return ts.isIdentifier(node) ? node : undefined;
}

function isAssignment(node: ts.Node): node is ts.BinaryExpression {
  return ts.isBinaryExpression(node) && node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment && node.operatorToken.kind <= ts.SyntaxKind.LastAssignment;
}

/** What an expression changes, when it changes something that was there before. */
function changed(node: ts.Node, nameOf: (expression: ts.Expression) => string | undefined): ts.Expression | undefined {
  if (isAssignment(node)) return node.left;
  if ((ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) && [ts.SyntaxKind.PlusPlusToken, ts.SyntaxKind.MinusMinusToken].includes(node.operator)) return node.operand;
  if (ts.isDeleteExpression(node)) return node.expression;
  if (!ts.isCallExpression(node)) return undefined;
  const callee = unwrap(node.expression);
  if (objectMutators.has(nameOf(callee) ?? '')) return node.arguments[0];
  return ts.isPropertyAccessExpression(callee) && mutators.has(callee.name.text) ? callee.expression : undefined;
}

function isInFunction(node: ts.Node): boolean {
  for (let current = node.parent; !ts.isSourceFile(current); current = current.parent) {
    if (ts.isFunctionLike(current)) return true;
  }
  return false;
}

function isModuleLevel(declaration: ts.Node): declaration is ts.VariableDeclaration {
  return ts.isVariableDeclaration(declaration) && ts.isVariableDeclarationList(declaration.parent) && ts.isVariableStatement(declaration.parent.parent) && ts.isSourceFile(declaration.parent.parent.parent);
}

/** A name that an import gives: what it holds belongs to the module that exports it. */
function isImported(declaration: ts.Node): boolean {
  return ts.isImportSpecifier(declaration) || ts.isNamespaceImport(declaration) || ts.isImportClause(declaration);
}

function isObjectMutator(node: ts.Node, names: NameResolver): boolean {
  return ts.isCallExpression(node) && objectMutators.has(names.nameOf(node.expression) ?? '');
}

function isConstant(declaration: ts.VariableDeclaration): boolean {
  return (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
}

function isStaticState(node: ts.Node): node is ts.PropertyDeclaration {
  if (!ts.isPropertyDeclaration(node)) return false;
  const kinds = (ts.getModifiers(node) ?? []).map(({ kind }) => kind);
  return kinds.includes(ts.SyntaxKind.StaticKeyword) && !kinds.includes(ts.SyntaxKind.ReadonlyKeyword);
}

/** The class that an expression stands for: its name, `this` in a static method, or `this.constructor`. */
function classOf(expression: ts.Expression, names: NameResolver): ts.ClassLikeDeclaration | undefined {
  const node = unwrap(expression);
  const declaration = ts.isIdentifier(node) ? names.declarationOf(node) : undefined;
  if (declaration !== undefined) {
    if (ts.isClassLike(declaration)) return declaration;
    return ts.isVariableDeclaration(declaration) && declaration.initializer !== undefined && ts.isClassLike(declaration.initializer) ? declaration.initializer : undefined;
  }
  const isOfInstance = ts.isPropertyAccessExpression(node) && node.name.text === 'constructor';
  const self = isOfInstance ? unwrap(node.expression) : node;
  if (self.kind !== ts.SyntaxKind.ThisKeyword) return undefined;
  for (let at: ts.Node = self; !ts.isSourceFile(at); at = at.parent) {
    if (!ts.isClassElement(at)) continue;
    const isStatic = ts.canHaveModifiers(at) && (ts.getModifiers(at) ?? []).some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword);
    return isOfInstance !== isStatic && ts.isClassLike(at.parent) ? at.parent : undefined;
  }
  return undefined;
}

function isStaticConstant(member: ts.ClassElement): member is ts.PropertyDeclaration {
  const kinds = ts.isPropertyDeclaration(member) ? (ts.getModifiers(member) ?? []).map(({ kind }) => kind) : [];
  return kinds.includes(ts.SyntaxKind.StaticKeyword) && kinds.includes(ts.SyntaxKind.ReadonlyKeyword);
}

/** The static constant whose content `A.kept.set(…)` or `A.kept[x] = …` changes. */
function changedStatic(target: ts.Expression, names: NameResolver): ts.PropertyDeclaration | undefined {
  let node = unwrap(target);
  while (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
    const owner = classOf(node.expression, names);
    if (owner !== undefined) {
      const name = ts.isPropertyAccessExpression(node) ? node.name.text : names.textOf(node.argumentExpression);
      return owner.members.find((member): member is ts.PropertyDeclaration => isStaticConstant(member) && member.name.getText() === name);
    }
    node = unwrap(node.expression);
  }
  return undefined;
}

function read(unit: SourceUnit): Row[] {
  const names = namesOf(unit);
  const rows: Row[] = [];
  const seen = new Set<ts.Node>();
  const push = (node: ts.Node, name: string, kind: string): void => {
    rows.push({ ...unit.at(node), name, kind });
  };
  const readStatic = (node: ts.Node, target: ts.Expression | undefined): void => {
    const kept = target === undefined ? undefined : changedStatic(target, names);
    if (kept === undefined || seen.has(kept) || !isInFunction(node)) return;
    seen.add(kept);
    push(kept, kept.name.getText(), 'static');
  };
  const readChange = (node: ts.Node): void => {
    const target = changed(node, (expression) => names.nameOf(expression));
    readStatic(node, target);
    const root = target === undefined ? undefined : rootOf(target);
    if (target === undefined || root === undefined) return;
    const declaration = names.declarationOf(root);
    if (declaration !== undefined && isImported(declaration) && (target !== root || isObjectMutator(node, names))) push(node, target.getText(), 'imported');
    if (!isInFunction(node)) return;
    if (declaration === undefined && /^#(globalThis|global|window|self)?$/.test(names.nameOf(root) ?? '') && (target !== root || isObjectMutator(node, names))) push(node, target.getText(), 'global');
    if (declaration === undefined || !isModuleLevel(declaration) || seen.has(declaration) || !isConstant(declaration)) return;
    seen.add(declaration);
    push(declaration, root.text, 'changed');
  };
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && isModuleLevel(node) && !isConstant(node)) push(node, node.name.getText(), 'variable');
    else if (isStaticState(node)) push(node, node.name.getText(), 'static');
    else readChange(node);
    ts.forEachChild(node, visit);
  };
  visit(unit.source);
  return rows;
}

/** State that lives as long as the module, which nobody owns and no test can reset. */
export const moduleStateSource: SyntaxSource = {
  name: 'module state',
  tables: {
    /**
     * kind: variable (`let`, `var`), changed (a constant whose content functions change), static (a class's own variable, or a constant of it whose content functions change), global (a property of globalThis),
     * imported (a property of what another module exports).
     */
    module_state: ['name', 'kind'],
  },
  selects: ({ path, isTest, isGenerated }) => /^(apps|libs|tools)\//.test(path) && !isTest && !isGenerated && !/\.config\.[cm]?[jt]s$/.test(path),
  read: (unit) => ({ module_state: read(unit) }),
};
