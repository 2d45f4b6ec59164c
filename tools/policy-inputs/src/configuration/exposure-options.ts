import ts from 'typescript';

import type { Row, SourceUnit, SyntaxSource } from '../fact-source.js';

const TLS_OPTIONS = new Set(['minVersion', 'maxVersion', 'secureProtocol', 'rejectUnauthorized', 'checkServerIdentity', 'ssl_ciphers', 'ciphers', 'requestCert']);
const EVERY_ADDRESS = new Set(['0.0.0.0', '::', '[::]']);

/** Local names of the functions that open a listener with TLS: of `createServer`, and of the modules that have it. */
function readServers(source: ts.SourceFile): { readonly functions: ReadonlySet<string>; readonly modules: ReadonlySet<string> } {
  const functions = new Set<string>();
  const modules = new Set<string>();
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier) || !/^(node:)?(https|tls|http2)$/.test(statement.moduleSpecifier.text)) continue;
    const clause = statement.importClause;
    if (clause?.name !== undefined) modules.add(clause.name.text);
    const bindings = clause?.namedBindings;
    if (bindings === undefined) continue;
    if (ts.isNamespaceImport(bindings)) modules.add(bindings.name.text);
    else for (const { name, propertyName } of bindings.elements) if (/^create(Secure)?Server$/.test((propertyName ?? name).text)) functions.add(name.text);
  }
  return { functions, modules };
}

/** Whether a call opens a listener with TLS whose options name no least version. */
function leavesVersionOpen(node: ts.CallExpression, { functions, modules }: ReturnType<typeof readServers>): boolean {
  const { expression } = node;
  const isNamed = ts.isIdentifier(expression) && functions.has(expression.text);
  const isMember = ts.isPropertyAccessExpression(expression) && /^create(Secure)?Server$/.test(expression.name.text) && ts.isIdentifier(expression.expression) && modules.has(expression.expression.text);
  if (!isNamed && !isMember) return false;
  return !node.arguments.some((one) => ts.isObjectLiteralExpression(one) && one.properties.some((property) => property.name?.getText() === 'minVersion'));
}

/** Options that decide how safe a connection is, and addresses that take connections from everywhere, as literals. */
function readExposures(unit: SourceUnit): Row[] {
  const rows: Row[] = [];
  const servers = readServers(unit.source);
  const note = (node: ts.Node, option: string, value: string): void => {
    rows.push({ ...unit.at(node), option, value, test: unit.file.isTest });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && TLS_OPTIONS.has(node.name.getText().replaceAll(/['"]/g, ''))) {
      const value = ts.isStringLiteralLike(node.initializer) ? node.initializer.text : node.initializer.getText();
      note(node, node.name.getText().replaceAll(/['"]/g, ''), value.slice(0, 80));
    } else if (ts.isStringLiteralLike(node) && EVERY_ADDRESS.has(node.text) && isListenAddress(node)) note(node, 'address', node.text);
    else if (ts.isPropertyAccessExpression(node) && node.name.text === 'NODE_TLS_REJECT_UNAUTHORIZED') note(node, 'NODE_TLS_REJECT_UNAUTHORIZED', '');
    else if (ts.isStringLiteralLike(node) && node.text === 'NODE_TLS_REJECT_UNAUTHORIZED') note(node, 'NODE_TLS_REJECT_UNAUTHORIZED', '');
    if (ts.isCallExpression(node) && leavesVersionOpen(node, servers)) note(node, 'minVersion', 'not set');
    ts.forEachChild(node, visit);
  };
  visit(unit.source);
  return rows;
}

/** An argument of a call, or a value named host or address; separators of addresses are neither. */
function isListenAddress(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isCallExpression(parent)) return /(^|\.)listen\w*$/i.test(parent.expression.getText());
  if (ts.isPropertyAssignment(parent)) return /^(host|hostname|address|default)$/i.test(parent.name.getText());
  return (ts.isVariableDeclaration(parent) || ts.isParameter(parent)) && /(host|address)/i.test(parent.name.getText());
}

/** What code sets of a connection's safety without a setting. */
export const exposureSource: SyntaxSource = {
  name: 'exposure-options',
  tables: {
    // `option`: minVersion, maxVersion, secureProtocol, rejectUnauthorized, checkServerIdentity, ciphers, ssl_ciphers, requestCert, NODE_TLS_REJECT_UNAUTHORIZED,
    // or address (a literal that means every address of the machine). `value` as written, without quotes; `not set` for a TLS listener without minVersion.
    exposure_options: ['option', 'value', 'test'],
  },
  selects: ({ path, isGenerated }) => !isGenerated && /^(apps|libs)\//.test(path) && /\.[cm]?[jt]sx?$/.test(path),
  read: (unit) => ({ exposure_options: readExposures(unit) }),
};
