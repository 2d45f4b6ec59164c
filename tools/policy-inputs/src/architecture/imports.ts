import { builtinModules } from 'node:module';

import ts from 'typescript';

import type { Row, SourceUnit, SyntaxSource } from '../fact-source.js';
import { type NameResolver, namesOf } from './resolved-names.js';

const BUILTINS = new Set(builtinModules.map((name) => name.replace(/^node:/, '').split('/')[0]));

interface Found {
  readonly node: ts.Node;
  readonly module: string;
  readonly typeOnly: boolean;
  readonly form: 'static' | 'dynamic' | 'type' | 'require' | 'reexport' | 'worker';
  /** Imported names; `*` for a namespace or everything, `default` for a default import, none for a side effect. */
  readonly names: readonly string[];
}

function importedNames(clause: ts.ImportClause | undefined): string[] {
  if (clause === undefined) return [];
  const names = clause.name === undefined ? [] : ['default'];
  const bindings = clause.namedBindings;
  if (bindings === undefined) return names;
  if (ts.isNamespaceImport(bindings)) return [...names, '*'];
  return [...names, ...bindings.elements.map((element) => (element.propertyName ?? element.name).text)];
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  return clause.name === undefined && bindings !== undefined && ts.isNamedImports(bindings) && bindings.elements.length > 0 && bindings.elements.every((element) => element.isTypeOnly);
}

function isTypeReexport(node: ts.ExportDeclaration): boolean {
  const clause = node.exportClause;
  return node.isTypeOnly || (clause !== undefined && ts.isNamedExports(clause) && clause.elements.length > 0 && clause.elements.every((element) => element.isTypeOnly));
}

function findDeclared(node: ts.Node): Found | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    return { node, module: node.moduleSpecifier.text, typeOnly: isTypeOnly(node.importClause), form: 'static', names: importedNames(node.importClause) };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier)) {
    const names = node.exportClause !== undefined && ts.isNamedExports(node.exportClause) ? node.exportClause.elements.map((element) => (element.propertyName ?? element.name).text) : ['*'];
    return { node, module: node.moduleSpecifier.text, typeOnly: isTypeReexport(node), form: 'reexport', names };
  }
  if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference) && ts.isStringLiteral(node.moduleReference.expression)) {
    return { node, module: node.moduleReference.expression.text, typeOnly: node.isTypeOnly, form: 'require', names: ['*'] };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
    return { node, module: node.argument.literal.text, typeOnly: true, form: 'type', names: ['*'] };
  }
  return undefined;
}

/** What is not known from the file alone is written in parentheses: the rule for unresolved imports sees the expression itself. */
function specifierOf(names: NameResolver, argument: ts.Expression): string {
  return names.textOf(argument) ?? `(${argument.getText()})`;
}

/** `new Worker(new URL('./file.js', import.meta.url))` loads a file too, and so does `register(…)`. */
function findWorker(node: ts.Node, names: NameResolver): Found | undefined {
  if (!ts.isNewExpression(node) || !/^(worker_threads#Worker|#Worker|#SharedWorker)$/.test(names.nameOf(node.expression) ?? '')) return undefined;
  const [first] = node.arguments ?? [];
  if (first === undefined) return undefined;
  const [inner] = ts.isNewExpression(first) ? first.arguments ?? [] : [first];
  return inner === undefined ? undefined : { node, module: specifierOf(names, inner), typeOnly: false, form: 'worker', names: ['*'] };
}

function findIn(node: ts.Node, names: NameResolver): Found | undefined {
  const declared = findDeclared(node);
  if (declared !== undefined) return declared;
  if (!ts.isCallExpression(node)) return findWorker(node, names);
  const loaded = names.loadedBy(node);
  return loaded === undefined ? undefined : { node, module: specifierOf(names, loaded.argument), typeOnly: false, form: loaded.form, names: ['*'] };
}

function kindOf(module: string): 'relative' | 'builtin' | 'workspace' | 'package' | 'computed' | 'other' {
  if (module.startsWith('(')) return 'computed';
  if (module.startsWith('.') || module.startsWith('/')) return 'relative';
  if (module.startsWith('node:') || BUILTINS.has(module.split('/')[0] ?? '')) return 'builtin';
  if (module.startsWith('#') || /^[a-z][a-z+.-]*:/.test(module) || module === '') return 'other';
  return module.startsWith('@arqonbus/') ? 'workspace' : 'package';
}

/** `@scope/name` or `name` of a specifier; a built-in without `node:` and without subpath. */
export function packageOf(module: string): string {
  const parts = module.replace(/^node:/, '').split('/');
  return module.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
}

function toRow(unit: SourceUnit, { node, module, typeOnly, form, names }: Found): Row {
  const kind = kindOf(module);
  const isNamed = kind === 'builtin' || kind === 'workspace' || kind === 'package';
  return { ...unit.at(node), module, kind, package: isNamed ? packageOf(module) : '', type_only: typeOnly, form, names, test: unit.file.isTest };
}

/** Every import of every script: declarations, re-exports, types, `import()`, `require` by any name, and threads. */
export const importSource: SyntaxSource = {
  name: 'scanned imports',
  tables: {
    /**
     * module: the specifier as written; kind: relative, builtin, workspace, package, computed, or other (`#name`, `data:…`); package: npm
     * package or built-in without subpath; type_only: erased by the compiler; form: static, reexport, type, dynamic, require or worker;
     * names: imported names; test: in test code.
     */
    scanned_imports: ['module', 'kind', 'package', 'type_only', 'form', 'names', 'test'],
  },
  inner: ['scanned_imports'],
  selects: (file) => !file.path.startsWith('libs/proto/src/gen/'),
  read: (unit) => {
    const names = namesOf(unit);
    const rows: Row[] = [];
    const visit = (node: ts.Node): void => {
      const found = findIn(node, names);
      if (found !== undefined) rows.push(toRow(unit, found));
      ts.forEachChild(node, visit);
    };
    visit(unit.source);
    return { scanned_imports: rows };
  },
};
