import ts from 'typescript';

/** Where a name of a file comes from. */
export type NameOrigin =
  | { readonly kind: 'value'; readonly initializer: ts.Expression; readonly path: readonly string[] }
  | { readonly kind: 'parameter'; readonly owner: ts.SignatureDeclaration; readonly index: number; readonly type: string; readonly path: readonly string[] }
  | { readonly kind: 'function'; readonly declaration: ts.FunctionDeclaration }
  | { readonly kind: 'import'; readonly module: string; readonly imported: string };

interface Declared {
  readonly origin: NameOrigin;
  readonly scope: ts.Node;
}

/** The names that a file declares, its imports and its class members; enough to follow a value within the file. */
export class FileNames {
  readonly imports = new Map<string, { readonly module: string; readonly imported: string }>();
  private readonly declared = new Map<string, Declared[]>();
  /** What is assigned to `this.x` or `this.#x`, or is the initializer of that property. */
  private readonly members = new Map<string, ts.Expression[]>();
  private readonly memberTypes = new Map<string, string>();
  private readonly calls = new Map<string, ts.CallExpression[]>();

  constructor(readonly source: ts.SourceFile) {
    this.visit(source);
  }

  get modules(): readonly string[] {
    return [...new Set([...this.imports.values()].map(({ module }) => module))];
  }

  /** The declaration that a name at `use` refers to. */
  find(name: string, use: ts.Node): NameOrigin | undefined {
    let best: Declared | undefined;
    for (const one of this.declared.get(name) ?? []) {
      if (one.scope.pos > use.pos || one.scope.end < use.end) continue;
      if (best === undefined || one.scope.end - one.scope.pos <= best.scope.end - best.scope.pos) best = one;
    }
    const imported = this.imports.get(name);
    return best?.origin ?? (imported === undefined ? undefined : { kind: 'import', ...imported });
  }

  assignedTo(member: string): readonly ts.Expression[] {
    return this.members.get(member) ?? [];
  }

  typeOfMember(member: string): string {
    return this.memberTypes.get(member) ?? '';
  }

  /** Calls of a function or method of that name within the file. */
  callsOf(name: string): readonly ts.CallExpression[] {
    return this.calls.get(name) ?? [];
  }

  private declare(name: string, origin: NameOrigin, scope: ts.Node): void {
    const known = this.declared.get(name);
    if (known === undefined) this.declared.set(name, [{ origin, scope }]);
    else known.push({ origin, scope });
  }

  private visit(node: ts.Node): void {
    if (ts.isImportDeclaration(node)) this.addImport(node);
    else if (ts.isVariableDeclaration(node) && node.initializer !== undefined) this.bind(node.name, node.initializer, [], scopeOf(node));
    else if (ts.isFunctionDeclaration(node) && node.name !== undefined) this.declare(node.name.text, { kind: 'function', declaration: node }, scopeOf(node));
    else if (ts.isPropertyDeclaration(node)) this.addProperty(node);
    else if (ts.isParameter(node)) this.addParameter(node);
    else if (ts.isCallExpression(node)) this.addCall(node);
    else if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken) this.addAssignment(node);
    ts.forEachChild(node, (child) => { this.visit(child); });
  }

  private addImport(node: ts.ImportDeclaration): void {
    if (!ts.isStringLiteral(node.moduleSpecifier)) return;
    const module = node.moduleSpecifier.text;
    const { importClause: clause } = node;
    if (clause?.name !== undefined) this.imports.set(clause.name.text, { module, imported: 'default' });
    const bindings = clause?.namedBindings;
    if (bindings === undefined) return;
    if (ts.isNamespaceImport(bindings)) this.imports.set(bindings.name.text, { module, imported: '*' });
    else for (const { name, propertyName } of bindings.elements) this.imports.set(name.text, { module, imported: (propertyName ?? name).text });
  }

  private bind(name: ts.BindingName, initializer: ts.Expression, path: readonly string[], scope: ts.Node): void {
    if (ts.isIdentifier(name)) {
      this.declare(name.text, { kind: 'value', initializer, path }, scope);
      return;
    }
    for (const element of name.elements) {
      if (!ts.isBindingElement(element)) continue;
      const key = element.propertyName ?? element.name;
      this.bind(element.name, initializer, [...path, ts.isIdentifier(key) || ts.isStringLiteral(key) ? key.text : ''], scope);
    }
  }

  private addProperty(node: ts.PropertyDeclaration): void {
    const name = node.name.getText(this.source);
    if (node.type !== undefined) this.memberTypes.set(name, node.type.getText(this.source));
    if (node.initializer !== undefined) this.addMember(name, node.initializer);
  }

  private addParameter(node: ts.ParameterDeclaration): void {
    const owner = node.parent;
    if (ts.isIndexSignatureDeclaration(owner) || ts.isFunctionTypeNode(owner)) return;
    const type = node.type?.getText(this.source) ?? '';
    const bind = (name: ts.BindingName, path: readonly string[]): void => {
      if (ts.isIdentifier(name)) {
        this.declare(name.text, { kind: 'parameter', owner, index: owner.parameters.indexOf(node), type, path }, owner);
        if (node.modifiers !== undefined && ts.isConstructorDeclaration(owner)) this.memberTypes.set(name.text, type);
        return;
      }
      for (const element of name.elements) {
        if (ts.isBindingElement(element)) bind(element.name, [...path, (element.propertyName ?? element.name).getText(this.source)]);
      }
    };
    bind(node.name, []);
  }

  private addCall(node: ts.CallExpression): void {
    const name = calleeName(node);
    if (name === '') return;
    const known = this.calls.get(name);
    if (known === undefined) this.calls.set(name, [node]);
    else known.push(node);
  }

  private addAssignment({ left, right }: ts.BinaryExpression): void {
    if (ts.isPropertyAccessExpression(left) && left.expression.kind === ts.SyntaxKind.ThisKeyword) this.addMember(left.name.text, right);
    else if (ts.isIdentifier(left)) this.declare(left.text, { kind: 'value', initializer: right, path: [] }, scopeOf(left));
  }

  private addMember(name: string, value: ts.Expression): void {
    const known = this.members.get(name);
    if (known === undefined) this.members.set(name, [value]);
    else known.push(value);
  }
}

const kept = new WeakMap<ts.SourceFile, FileNames>();

/** Names of a file, read once for all sources. */
export function namesOf(source: ts.SourceFile): FileNames {
  const known = kept.get(source) ?? new FileNames(source);
  kept.set(source, known);
  return known;
}

/** The block, function or file within which a declaration is visible. */
function scopeOf(node: ts.Node): ts.Node {
  let at = node.parent;
  while (!ts.isBlock(at) && !ts.isSourceFile(at) && !ts.isFunctionLike(at) && !ts.isForStatement(at) && !ts.isForOfStatement(at) && !ts.isCaseBlock(at)) at = at.parent;
  return at;
}

/** Without parentheses, casts, `await` and `!`. */
export function bare(node: ts.Expression): ts.Expression {
  let at = node;
  while (
    ts.isParenthesizedExpression(at) || ts.isAsExpression(at) || ts.isSatisfiesExpression(at) || ts.isNonNullExpression(at) || ts.isAwaitExpression(at) ||
    ts.isTypeAssertionExpression(at)
  ) at = at.expression;
  return at;
}

/** The nearest function around a node; undefined at the top of the file. */
export function functionAround(node: ts.Node): ts.SignatureDeclaration | undefined {
  for (let at = node.parent; !ts.isSourceFile(at); at = at.parent) if (ts.isFunctionLike(at)) return at;
  return undefined;
}

/** Last name of what is called: `c` of `a.b.c()`; empty when it has none. */
export function calleeName({ expression }: ts.CallExpression | ts.NewExpression): string {
  const callee = bare(expression);
  if (ts.isIdentifier(callee)) return callee.text;
  if (ts.isPropertyAccessExpression(callee)) return callee.name.text;
  return ts.isElementAccessExpression(callee) && ts.isStringLiteralLike(callee.argumentExpression) ? callee.argumentExpression.text : '';
}

/** What a method is called on; undefined for a plain function. */
export function receiverOf({ expression }: ts.CallExpression): ts.Expression | undefined {
  const callee = bare(expression);
  return ts.isPropertyAccessExpression(callee) || ts.isElementAccessExpression(callee) ? bare(callee.expression) : undefined;
}

/** Last name of an expression: `b` of `a.b`, `b` of `a.b()`, `a` of `a`; empty for others. */
export function lastName(node: ts.Expression): string {
  const inner = bare(node);
  if (ts.isIdentifier(inner)) return inner.text;
  if (ts.isPropertyAccessExpression(inner)) return inner.name.text;
  if (ts.isElementAccessExpression(inner)) return ts.isStringLiteralLike(inner.argumentExpression) ? inner.argumentExpression.text : lastName(inner.expression);
  if (ts.isCallExpression(inner)) return calleeName(inner);
  return inner.kind === ts.SyntaxKind.ThisKeyword ? 'this' : '';
}

/** Name of a function, method, or of the variable or property that holds it; empty for others. */
export function functionName(node: ts.Node): string {
  if ((ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isFunctionExpression(node) || ts.isAccessor(node)) && node.name !== undefined) return node.name.getText();
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  const { parent } = node;
  if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent)) return parent.name.getText();
  return '';
}

/** Name of a property of an object literal; empty for computed ones. */
export function propertyName(node: ts.ObjectLiteralElementLike): string {
  const { name } = node;
  if (name === undefined) return '';
  if (ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name)) return name.text;
  return ts.isComputedPropertyName(name) && ts.isStringLiteralLike(name.expression) ? name.expression.text : '';
}

/** Value of a property of an object literal, shorthand too. */
export function propertyOf(node: ts.ObjectLiteralExpression, ...names: readonly string[]): ts.Expression | undefined {
  for (const property of node.properties) {
    if (!names.includes(propertyName(property))) continue;
    if (ts.isPropertyAssignment(property)) return property.initializer;
    if (ts.isShorthandPropertyAssignment(property)) return property.name;
  }
  return undefined;
}

/** Every node below, the node itself first. */
export function eachNode(node: ts.Node, take: (node: ts.Node) => void): void {
  take(node);
  ts.forEachChild(node, (child) => { eachNode(child, take); });
}
