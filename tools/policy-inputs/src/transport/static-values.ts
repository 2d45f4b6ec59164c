import { dirname, join, posix } from 'node:path';

import ts from 'typescript';

import type { Workspace } from '../workspace.js';

/** Where a value is written. */
export interface ValuePlace { readonly file: string; readonly line: number }

/** A call that is not evaluated: its name and what it is given. */
export interface CallValue { readonly kind: 'call'; readonly callee: string; readonly args: readonly StaticValue[]; readonly place: ValuePlace }

/** What cannot be known without running the program. */
export interface UnknownValue { readonly kind: 'unknown'; readonly text: string; readonly place: ValuePlace }

/** Properties in order. `places` says where each is written, as far as it is known. */
export interface ObjectValue { readonly kind: 'object'; readonly entries: ReadonlyMap<string, StaticValue>; readonly places: ReadonlyMap<string, ValuePlace> }

export interface ListValue { readonly kind: 'list'; readonly items: readonly StaticValue[] }

/** What an expression is worth, as the text alone tells it. */
export type StaticValue = string | number | boolean | undefined | ObjectValue | ListValue | CallValue | UnknownValue;

type Scope = ReadonlyMap<string, StaticValue>;

/** Where a name comes from: an import's specifier, and its name there. */
interface Origin { readonly from: string; readonly name: string }

interface Module {
  readonly path: string;
  readonly source: ts.SourceFile;
  /** Initializers of constants, and functions, by name. */
  readonly constants: ReadonlyMap<string, ts.Expression>;
  readonly functions: ReadonlyMap<string, ts.FunctionDeclaration>;
  /** Local name to module and name there. */
  readonly imports: ReadonlyMap<string, Origin>;
  readonly reexports: ReadonlyMap<string, Origin>;
  readonly starExports: readonly string[];
}

const MAX_DEPTH = 60;
const NUMBERS: Readonly<Record<string, number>> = { Infinity, NaN };
const NUMBER_MEMBERS: Readonly<Record<string, number>> = {
  MAX_SAFE_INTEGER: Number.MAX_SAFE_INTEGER, MIN_SAFE_INTEGER: Number.MIN_SAFE_INTEGER, MAX_VALUE: Number.MAX_VALUE,
  POSITIVE_INFINITY: Infinity, NEGATIVE_INFINITY: -Infinity, NaN,
};
const EMPTY_SCOPE: Scope = new Map();

export function isObject(value: StaticValue): value is ObjectValue {
  return typeof value === 'object' && value.kind === 'object';
}

export function isList(value: StaticValue): value is ListValue {
  return typeof value === 'object' && value.kind === 'list';
}

export function isCall(value: StaticValue): value is CallValue {
  return typeof value === 'object' && value.kind === 'call';
}

export function isUnknown(value: StaticValue): value is UnknownValue {
  return typeof value === 'object' && value.kind === 'unknown';
}

/** Plain data of a value for writing as JSON; what is not known becomes `{ unreadable: text }`. */
export function toPlain(value: StaticValue): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : { unreadable: String(value) };
  if (typeof value !== 'object') return value ?? { unreadable: 'undefined' };
  if (value.kind === 'list') return value.items.map(toPlain);
  if (value.kind === 'object') return Object.fromEntries([...value.entries].filter(([, one]) => one !== undefined).map(([key, one]) => [key, toPlain(one)]));
  return { unreadable: value.kind === 'call' ? `${value.callee}()` : value.text };
}

function readExports(statement: ts.ExportDeclaration, reexports: Map<string, Origin>, starExports: string[]): void {
  if (statement.moduleSpecifier === undefined || !ts.isStringLiteral(statement.moduleSpecifier)) return;
  const from = statement.moduleSpecifier.text;
  if (statement.exportClause === undefined) starExports.push(from);
  else if (ts.isNamedExports(statement.exportClause)) {
    for (const one of statement.exportClause.elements) reexports.set(one.name.text, { from, name: (one.propertyName ?? one.name).text });
  }
}

function readImports(statement: ts.ImportDeclaration, imports: Map<string, Origin>): void {
  const bindings = statement.importClause?.namedBindings;
  if (!ts.isStringLiteral(statement.moduleSpecifier) || bindings === undefined || !ts.isNamedImports(bindings)) return;
  for (const one of bindings.elements) imports.set(one.name.text, { from: statement.moduleSpecifier.text, name: (one.propertyName ?? one.name).text });
}

function readConstants({ declarationList }: ts.VariableStatement, constants: Map<string, ts.Expression>): void {
  // A variable that may be given another value later is not known.
  if ((declarationList.flags & ts.NodeFlags.Const) === 0) return;
  for (const { name, initializer } of declarationList.declarations) {
    if (ts.isIdentifier(name) && initializer !== undefined) constants.set(name.text, initializer);
  }
}

function readModule(path: string, text: string): Module {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const constants = new Map<string, ts.Expression>();
  const functions = new Map<string, ts.FunctionDeclaration>();
  const imports = new Map<string, Origin>();
  const reexports = new Map<string, Origin>();
  const starExports: string[] = [];
  for (const statement of source.statements) {
    if (ts.isVariableStatement(statement)) readConstants(statement, constants);
    else if (ts.isFunctionDeclaration(statement) && statement.name !== undefined) functions.set(statement.name.text, statement);
    else if (ts.isImportDeclaration(statement)) readImports(statement, imports);
    else if (ts.isExportDeclaration(statement)) readExports(statement, reexports, starExports);
  }
  return { path, source, constants, functions, imports, reexports, starExports };
}

/** Reads constants of the repository's sources without running them. Follows imports between its files and its packages. */
export class StaticValues {
  private readonly modules = new Map<string, Module | undefined>();
  private depth = 0;

  constructor(private readonly workspace: Pick<Workspace, 'read' | 'exists' | 'projects'>) {}

  /** The exported constant of a file; undefined when the file or the constant is not there. */
  exported(path: string, name: string): StaticValue {
    return this.lookUp(path, name)?.();
  }

  /** Values of every call of a function within a file, whatever the name that it was imported under. */
  callsOf(path: string, callee: string): CallValue[] {
    const module = this.module(path);
    if (module === undefined) return [];
    const found: CallValue[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && this.originalName(module, node.expression.text) === callee) {
        found.push(this.callValue(module, node, EMPTY_SCOPE, callee));
      }
      ts.forEachChild(node, visit);
    };
    visit(module.source);
    return found;
  }

  /** The first call, within a function of a file, of one of the named functions: what a wrapper is a form of. */
  wrappedCall(path: string, functionName: string, known: ReadonlySet<string>): string | undefined {
    const module = this.module(path);
    const declaration = module?.functions.get(functionName);
    if (module === undefined || declaration === undefined) return undefined;
    let found: string | undefined;
    const visit = (node: ts.Node): void => {
      if (found === undefined && ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
        const name = this.originalName(module, node.expression.text);
        if (known.has(name)) found = name;
      }
      ts.forEachChild(node, visit);
    };
    visit(declaration);
    return found;
  }

  private originalName(module: Module, local: string): string {
    return module.imports.get(local)?.name ?? local;
  }

  private module(path: string): Module | undefined {
    if (!this.modules.has(path)) this.modules.set(path, this.workspace.exists(path) ? readModule(path, this.workspace.read(path)) : undefined);
    return this.modules.get(path);
  }

  /** Path of the source that an import names, within the repository. */
  private resolve(from: string, specifier: string): string | undefined {
    if (specifier.startsWith('.')) return posix.normalize(posix.join(dirname(from), specifier)).replace(/\.js$/, '.ts');
    const project = this.workspace.projects.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`));
    if (project === undefined || !project.manifest.endsWith('package.json')) return undefined;
    const { exports } = JSON.parse(this.workspace.read(project.manifest)) as { exports?: Record<string, { '@arqonbus/source'?: string }> };
    const entry = exports?.[`.${specifier.slice(project.name.length)}`]?.['@arqonbus/source'];
    return entry === undefined ? undefined : join(project.root, entry);
  }

  private lookUp(path: string, name: string, scope = EMPTY_SCOPE): (() => StaticValue) | undefined {
    const module = this.module(path);
    if (module === undefined) return undefined;
    const initializer = module.constants.get(name);
    if (initializer !== undefined) return () => this.evaluate(module, initializer, scope);
    const source = module.imports.get(name) ?? module.reexports.get(name);
    if (source !== undefined) {
      const target = this.resolve(path, source.from);
      return target === undefined ? undefined : this.lookUp(target, source.name);
    }
    for (const from of module.starExports) {
      const target = this.resolve(path, from);
      const found = target === undefined ? undefined : this.lookUp(target, name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private placeOf(module: Module, node: ts.Node): ValuePlace {
    return { file: module.path, line: module.source.getLineAndCharacterOfPosition(node.getStart(module.source)).line + 1 };
  }

  private unknown(module: Module, node: ts.Node): UnknownValue {
    return { kind: 'unknown', text: node.getText(module.source).slice(0, 80), place: this.placeOf(module, node) };
  }

  private callValue(module: Module, node: ts.CallExpression, scope: Scope, callee: string): CallValue {
    const args = node.arguments.map((one) => this.evaluate(module, one, scope));
    return { kind: 'call', callee, args, place: this.placeOf(module, node) };
  }

  private evaluate(module: Module, node: ts.Expression, scope: Scope): StaticValue {
    if (this.depth >= MAX_DEPTH) return this.unknown(module, node);
    this.depth += 1;
    try {
      return this.evaluateNode(module, node, scope);
    } finally {
      this.depth -= 1;
    }
  }

  private evaluateNode(module: Module, node: ts.Expression, scope: Scope): StaticValue {
    if (ts.isNumericLiteral(node)) return Number(node.text.replaceAll('_', ''));
    if (ts.isStringLiteralLike(node)) return node.text;
    if (node.kind === ts.SyntaxKind.TrueKeyword) return true;
    if (node.kind === ts.SyntaxKind.FalseKeyword) return false;
    if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isParenthesizedExpression(node)) return this.evaluate(module, node.expression, scope);
    if (ts.isObjectLiteralExpression(node)) return this.evaluateObject(module, node, scope);
    if (ts.isArrayLiteralExpression(node)) return this.evaluateList(module, node, scope);
    if (ts.isIdentifier(node)) return this.evaluateName(module, node, scope);
    if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) return this.evaluateMember(module, node, scope);
    if (ts.isPrefixUnaryExpression(node)) return this.evaluateUnary(module, node, scope);
    if (ts.isBinaryExpression(node)) return this.evaluateBinary(module, node, scope);
    if (ts.isConditionalExpression(node)) {
      const condition = this.evaluate(module, node.condition, scope);
      return typeof condition === 'boolean' ? this.evaluate(module, condition ? node.whenTrue : node.whenFalse, scope) : this.unknown(module, node);
    }
    if (ts.isCallExpression(node)) return this.evaluateCall(module, node, scope);
    return this.unknown(module, node);
  }

  private evaluateName(module: Module, node: ts.Identifier, scope: Scope): StaticValue {
    if (node.text === 'undefined') return undefined;
    if (scope.has(node.text)) return scope.get(node.text);
    if (node.text in NUMBERS) return NUMBERS[node.text];
    const found = this.lookUp(module.path, node.text);
    return found === undefined ? this.unknown(module, node) : found();
  }

  private evaluateMember(module: Module, node: ts.PropertyAccessExpression | ts.ElementAccessExpression, scope: Scope): StaticValue {
    const key = ts.isPropertyAccessExpression(node) ? node.name.text : this.evaluate(module, node.argumentExpression, scope);
    if (ts.isIdentifier(node.expression) && node.expression.text === 'Number' && typeof key === 'string' && key in NUMBER_MEMBERS) return NUMBER_MEMBERS[key];
    const owner = this.evaluate(module, node.expression, scope);
    if (isObject(owner) && typeof key === 'string' && owner.entries.has(key)) return owner.entries.get(key);
    if (isList(owner) && typeof key === 'number') return owner.items[key];
    if (isList(owner) && key === 'length') return owner.items.length;
    return this.unknown(module, node);
  }

  private evaluateObject(module: Module, node: ts.ObjectLiteralExpression, scope: Scope): StaticValue {
    const entries = new Map<string, StaticValue>();
    const places = new Map<string, ValuePlace>();
    const set = (key: string, value: StaticValue, place: ValuePlace): void => {
      entries.set(key, value);
      places.set(key, place);
    };
    for (const property of node.properties) {
      const place = this.placeOf(module, property);
      if (ts.isSpreadAssignment(property)) {
        const spread = this.evaluate(module, property.expression, scope);
        if (!isObject(spread)) return this.unknown(module, property);
        for (const [key, value] of spread.entries) set(key, value, spread.places.get(key) ?? place);
      } else if (ts.isShorthandPropertyAssignment(property)) set(property.name.text, this.evaluateName(module, property.name, scope), place);
      else if (ts.isPropertyAssignment(property)) {
        const key = ts.isComputedPropertyName(property.name) ? this.evaluate(module, property.name.expression, scope) : property.name.text;
        if (typeof key !== 'string') return this.unknown(module, property);
        set(key, this.evaluate(module, property.initializer, scope), place);
      } else if (property.name !== undefined && ts.isIdentifier(property.name)) set(property.name.text, this.unknown(module, property), place);
    }
    return { kind: 'object', entries, places };
  }

  private evaluateList(module: Module, node: ts.ArrayLiteralExpression, scope: Scope): StaticValue {
    const items: StaticValue[] = [];
    for (const element of node.elements) {
      if (!ts.isSpreadElement(element)) {
        items.push(this.evaluate(module, element, scope));
        continue;
      }
      const spread = this.evaluate(module, element.expression, scope);
      if (!isList(spread)) return this.unknown(module, element);
      items.push(...spread.items);
    }
    return { kind: 'list', items };
  }

  private evaluateUnary(module: Module, node: ts.PrefixUnaryExpression, scope: Scope): StaticValue {
    const value = this.evaluate(module, node.operand, scope);
    if (node.operator === ts.SyntaxKind.MinusToken && typeof value === 'number') return -value;
    if (node.operator === ts.SyntaxKind.PlusToken && typeof value === 'number') return value;
    if (node.operator === ts.SyntaxKind.ExclamationToken && typeof value === 'boolean') return !value;
    return this.unknown(module, node);
  }

  private evaluateBinary(module: Module, node: ts.BinaryExpression, scope: Scope): StaticValue {
    const left = this.evaluate(module, node.left, scope);
    const right = this.evaluate(module, node.right, scope);
    const { kind } = node.operatorToken;
    if (kind === ts.SyntaxKind.EqualsEqualsEqualsToken || kind === ts.SyntaxKind.ExclamationEqualsEqualsToken) {
      if (isUnknown(left) || isUnknown(right)) return this.unknown(module, node);
      return (left === right) === (kind === ts.SyntaxKind.EqualsEqualsEqualsToken);
    }
    if (typeof left !== 'number' || typeof right !== 'number') return this.unknown(module, node);
    switch (kind) {
      case ts.SyntaxKind.PlusToken: return left + right;
      case ts.SyntaxKind.MinusToken: return left - right;
      case ts.SyntaxKind.AsteriskToken: return left * right;
      case ts.SyntaxKind.SlashToken: return left / right;
      case ts.SyntaxKind.AsteriskAsteriskToken: return left ** right;
      case ts.SyntaxKind.LessThanLessThanToken: return left << right;
      default: return this.unknown(module, node);
    }
  }

  private evaluateCall(module: Module, node: ts.CallExpression, scope: Scope): StaticValue {
    const { expression } = node;
    const [first] = node.arguments;
    if (ts.isPropertyAccessExpression(expression) && expression.getText(module.source) === 'Object.freeze' && first !== undefined) {
      return this.evaluate(module, first, scope);
    }
    if (!ts.isIdentifier(expression)) return this.unknown(module, node);
    const declaration = module.functions.get(expression.text);
    const result = declaration === undefined ? undefined : this.runFunction(module, declaration, node, scope);
    return result?.value ?? this.callValue(module, node, scope, this.originalName(module, expression.text));
  }

  /** Runs a function that only names and returns things; undefined for any other. */
  private runFunction(module: Module, declaration: ts.FunctionDeclaration, call: ts.CallExpression, scope: Scope): { value: StaticValue } | undefined {
    const inner = new Map<string, StaticValue>();
    for (const [index, { name, initializer }] of declaration.parameters.entries()) {
      const given = call.arguments[index];
      const value = given === undefined ? undefined : this.evaluate(module, given, scope);
      if (!this.bind(module, name, value === undefined && initializer !== undefined ? this.evaluate(module, initializer, inner) : value, inner)) return undefined;
    }
    for (const statement of declaration.body?.statements ?? []) {
      if (ts.isReturnStatement(statement) && statement.expression !== undefined) {
        const value = this.evaluate(module, statement.expression, inner);
        if (isUnknown(value) || value === undefined) return undefined;
        // What a wrapper makes is written where the wrapper is called.
        return { value: isCall(value) ? { ...value, place: this.placeOf(module, call) } : value };
      }
      if (!ts.isVariableStatement(statement)) return undefined;
      for (const { name, initializer } of statement.declarationList.declarations) {
        if (initializer === undefined || !this.bind(module, name, this.evaluate(module, initializer, inner), inner)) return undefined;
      }
    }
    return undefined;
  }

  private bind(module: Module, name: ts.BindingName, value: StaticValue, scope: Map<string, StaticValue>): boolean {
    if (ts.isIdentifier(name)) {
      scope.set(name.text, value);
      return true;
    }
    if (!ts.isObjectBindingPattern(name) || !isObject(value)) return false;
    return name.elements.every((element) => {
      if (element.dotDotDotToken !== undefined) return false;
      const key = element.propertyName ?? element.name;
      if (!ts.isIdentifier(key)) return false;
      const given = value.entries.get(key.text);
      return this.bind(module, element.name, given === undefined && element.initializer !== undefined ? this.evaluate(module, element.initializer, scope) : given, scope);
    });
  }
}
