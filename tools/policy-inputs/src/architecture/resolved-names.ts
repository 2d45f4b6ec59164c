import ts from 'typescript';

import type { SourceUnit } from '../fact-source.js';

type Scope = Map<string, ts.Node>;

const resolvers = new WeakMap<ts.SourceFile, NameResolver>();
const maxDepth = 12;
const globalObjects = new Set(['globalThis', 'global', 'window', 'self']);

/** The one resolver of a file; sources that read the same file share it. */
export function namesOf(unit: SourceUnit): NameResolver {
  const known = resolvers.get(unit.source);
  if (known !== undefined) return known;
  const made = new NameResolver(unit.source);
  resolvers.set(unit.source, made);
  return made;
}

function isScope(node: ts.Node): boolean {
  return ts.isFunctionLike(node) || ts.isBlock(node) || ts.isSourceFile(node) || ts.isForStatement(node) || ts.isForOfStatement(node)
    || ts.isForInStatement(node) || ts.isCatchClause(node) || ts.isCaseBlock(node) || ts.isModuleBlock(node);
}

function scopeAround(node: ts.Node): ts.Node {
  let current = node.parent;
  while (!isScope(current)) current = current.parent;
  return current;
}

function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent) || ts.isQualifiedName(parent)) return false;
  if (ts.isTypeNode(parent) && !ts.isExpressionWithTypeArguments(parent)) return false;
  if (ts.isBindingElement(parent) && parent.propertyName === node) return false;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  return !('name' in parent && parent.name === node);
}

/** Whether a node is the whole of an access such as `a`, `a.b` or `a.b['c']`, and not a part of a longer one. */
export function isWholeAccess(node: ts.Node): node is ts.Expression {
  if (!ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return false;
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return false;
  if (ts.isElementAccessExpression(parent) && parent.expression === node) return false;
  return !ts.isIdentifier(node) || isReference(node);
}

/** Takes parentheses, casts and `!` off. */
export function unwrap(expression: ts.Expression): ts.Expression {
  let node = expression;
  while (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isNonNullExpression(node) || ts.isSatisfiesExpression(node) || ts.isTypeAssertionExpression(node)) node = node.expression;
  return node;
}

/**
 * Says what an expression of one file stands for, whatever name it was given there: `fs#readFileSync` is a member of a module, `fs#` the
 * module, `#process.env` a global. Imports, `require`, `createRequire`, `import()`, destructuring, constants and the scopes that hide a name are followed.
 */
export class NameResolver {
  private readonly scopes = new Map<ts.Node, Scope>();

  constructor(source: ts.SourceFile) {
    const visit = (node: ts.Node): void => {
      this.declare(node);
      ts.forEachChild(node, visit);
    };
    visit(source);
  }

  /** @returns undefined for what has no name outside the file */
  nameOf(expression: ts.Expression, depth = 0): string | undefined {
    if (depth > maxDepth) return undefined;
    const node = unwrap(expression);
    if (ts.isIdentifier(node)) return this.nameOfIdentifier(node, depth);
    if (ts.isAwaitExpression(node)) return this.nameOf(node.expression, depth + 1);
    if (ts.isPropertyAccessExpression(node)) return this.member(node.expression, node.name.text, depth);
    if (ts.isElementAccessExpression(node)) {
      return this.member(node.expression, this.textOf(node.argumentExpression, depth + 1) ?? '*', depth);
    }
    if (ts.isCallExpression(node)) return this.nameOfCall(node, depth);
    if (ts.isBinaryExpression(node)) return this.nameOf(node.left, depth + 1) ?? this.nameOf(node.right, depth + 1);
    if (ts.isConditionalExpression(node)) return this.nameOf(node.whenTrue, depth + 1) ?? this.nameOf(node.whenFalse, depth + 1);
    return undefined;
  }

  /** Whether a node reaches for something by its name: an access, or `Reflect.get(a, 'b')`. */
  isAccess(node: ts.Node): node is ts.Expression {
    return isWholeAccess(node) || (ts.isCallExpression(node) && this.nameOf(node.expression) === '#Reflect.get');
  }

  /** What a binding such as `env` in `const { env } = process` stands for. */
  nameOfBinding(element: ts.BindingElement, depth = 0): string | undefined {
    const pattern = element.parent;
    const owner = pattern.parent;
    const base = ts.isVariableDeclaration(owner) && owner.initializer !== undefined ? this.nameOf(owner.initializer, depth + 1)
      : ts.isBindingElement(owner) ? this.nameOfBinding(owner, depth + 1) : undefined;
    const key = element.propertyName ?? element.name;
    if (base === undefined || element.dotDotDotToken !== undefined) return base;
    return ts.isIdentifier(key) || ts.isStringLiteralLike(key) ? join(base, key.text) : undefined;
  }

  /** The declaration that an identifier refers to, in this file. */
  declarationOf(identifier: ts.Identifier): ts.Node | undefined {
    for (let node: ts.Node = identifier; ; node = node.parent) {
      const found = this.scopes.get(node)?.get(identifier.text);
      if (found !== undefined) return found;
      if (ts.isSourceFile(node)) return undefined;
    }
  }

  /** The module that a call loads: `require(x)`, `createRequire(…)(x)`, `process.getBuiltinModule(x)`, `import(x)`. */
  loadedBy(call: ts.CallExpression, depth = 0): { readonly form: 'dynamic' | 'require'; readonly argument: ts.Expression } | undefined {
    const [argument] = call.arguments;
    if (argument === undefined) return undefined;
    if (call.expression.kind === ts.SyntaxKind.ImportKeyword) return { form: 'dynamic', argument };
    const loads = /^#(require|module\.require|require\.resolve|process\.getBuiltinModule)$|^process#getBuiltinModule$|^module#createRequire\(\)(\.resolve)?$|^module#_load$/;
    return loads.test(this.nameOf(call.expression, depth + 1) ?? '') ? { form: 'require', argument } : undefined;
  }

  /** The text of a literal, also by the name of a constant or put together of such. */
  textOf(expression: ts.Expression, depth = 0): string | undefined {
    if (depth > maxDepth) return undefined;
    const node = unwrap(expression);
    if (ts.isStringLiteralLike(node)) return node.text;
    if (ts.isTemplateExpression(node)) return this.textOfTemplate(node, depth);
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
      const [left, right] = [this.textOf(node.left, depth + 1), this.textOf(node.right, depth + 1)];
      return left === undefined || right === undefined ? undefined : left + right;
    }
    if (ts.isCallExpression(node)) return this.textOfJoin(node, depth);
    if (!ts.isIdentifier(node)) return undefined;
    const declaration = this.declarationOf(node);
    const isConstant = declaration !== undefined && ts.isVariableDeclaration(declaration) && (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
    return isConstant && declaration.initializer !== undefined ? this.textOf(declaration.initializer, depth + 1) : undefined;
  }

  /** `['a', 'b'].join('')`. */
  private textOfJoin({ expression, arguments: [separator] }: ts.CallExpression, depth: number): string | undefined {
    if (!ts.isPropertyAccessExpression(expression) || expression.name.text !== 'join') return undefined;
    const list = unwrap(expression.expression);
    const between = separator === undefined ? ',' : this.textOf(separator, depth + 1);
    if (!ts.isArrayLiteralExpression(list) || between === undefined) return undefined;
    const parts = list.elements.map((element) => this.textOf(element, depth + 1));
    return parts.every((part) => part !== undefined) ? parts.join(between) : undefined;
  }

  private textOfTemplate(node: ts.TemplateExpression, depth: number): string | undefined {
    let text = node.head.text;
    for (const span of node.templateSpans) {
      const part = this.textOf(span.expression, depth + 1);
      if (part === undefined) return undefined;
      text += part + span.literal.text;
    }
    return text;
  }

  private member(object: ts.Expression, name: string, depth: number): string | undefined {
    const base = this.nameOf(object, depth + 1);
    return base === undefined ? undefined : join(base, name);
  }

  private nameOfCall(call: ts.CallExpression, depth: number): string | undefined {
    const loaded = this.loadedBy(call, depth + 1);
    if (loaded !== undefined) {
      const module = this.textOf(loaded.argument);
      return module === undefined ? undefined : moduleName(module);
    }
    const callee = this.nameOf(call.expression, depth + 1);
    if (callee === 'module#createRequire') return 'module#createRequire()';
    const [object, key] = call.arguments;
    if (callee === '#Reflect.get' && object !== undefined && key !== undefined) return this.member(object, this.textOf(key, depth + 1) ?? '*', depth);
    return callee?.endsWith('.bind') === true ? callee.slice(0, -'.bind'.length) : undefined;
  }

  private nameOfIdentifier(node: ts.Identifier, depth: number): string | undefined {
    const declaration = this.declarationOf(node);
    if (declaration === undefined) return globalObjects.has(node.text) ? '#' : `#${node.text}`;
    if (ts.isImportSpecifier(declaration)) {
      const name = (declaration.propertyName ?? declaration.name).text;
      return join(moduleName(moduleOf(declaration.parent.parent.parent)), name);
    }
    if (ts.isNamespaceImport(declaration)) return moduleName(moduleOf(declaration.parent.parent));
    if (ts.isImportClause(declaration)) return moduleName(moduleOf(declaration.parent));
    if (ts.isImportEqualsDeclaration(declaration)) {
      const reference = declaration.moduleReference;
      return ts.isExternalModuleReference(reference) && ts.isStringLiteralLike(reference.expression) ? moduleName(reference.expression.text) : undefined;
    }
    if (ts.isBindingElement(declaration)) return this.nameOfBinding(declaration, depth + 1);
    return ts.isVariableDeclaration(declaration) && declaration.initializer !== undefined ? this.nameOf(declaration.initializer, depth + 1) : undefined;
  }

  private declare(node: ts.Node): void {
    if (ts.isVariableDeclaration(node) || ts.isParameter(node)) this.declareName(node.name, node, ts.isParameter(node) ? node.parent : scopeAround(node));
    else if ((ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node) || ts.isEnumDeclaration(node)) && node.name !== undefined) this.add(scopeAround(node), node.name.text, node);
    else if ((ts.isImportSpecifier(node) || ts.isNamespaceImport(node) || ts.isImportEqualsDeclaration(node))) this.add(node.getSourceFile(), node.name.text, node);
    else if (ts.isImportClause(node) && node.name !== undefined) this.add(node.getSourceFile(), node.name.text, node);
  }

  private declareName(name: ts.BindingName, declaration: ts.Node, scope: ts.Node): void {
    if (ts.isIdentifier(name)) {
      this.add(scope, name.text, declaration);
      return;
    }
    for (const element of name.elements) if (ts.isBindingElement(element)) this.declareName(element.name, element, scope);
  }

  private add(scope: ts.Node, name: string, declaration: ts.Node): void {
    const names = this.scopes.get(scope) ?? new Map<string, ts.Node>();
    names.set(name, declaration);
    this.scopes.set(scope, names);
  }
}

function moduleOf(declaration: ts.Node): string {
  return ts.isImportDeclaration(declaration) && ts.isStringLiteralLike(declaration.moduleSpecifier) ? declaration.moduleSpecifier.text : '';
}

function moduleName(specifier: string): string {
  return `${specifier.replace(/^node:/, '')}#`;
}

function join(base: string, name: string): string {
  // The default of a built-in or CommonJS module is the module.
  if (name === 'default' && base.endsWith('#')) return base;
  if (base === '#' && globalObjects.has(name)) return base;
  return base.endsWith('#') ? base + name : `${base}.${name}`;
}
