import ts from 'typescript';

import type { Row, SourceUnit, SyntaxSource } from '../fact-source.js';
import { textOf } from './expression-text.js';
import { bare, calleeName, eachNode, functionAround, functionName, lastName, namesOf, propertyName, propertyOf, receiverOf, type FileNames } from './file-names.js';

const TOKEN_PARAMETER = /[?&](access_?token|api_?key|auth|bearer|credential|id_?token|jwt|key|passwo?r?d|secret|sig|token)=/i;
const TOKEN_NAME = /^(access_?token|api_?key|authorization|bearer|id_?token|jwt|passwo?r?d|secret|token)$/i;
const SQL_CALL = /^(all|exec|execute|get|iterate|prepare|query|queryRaw|raw|run|sql|unsafe|\$queryRawUnsafe|\$executeRawUnsafe)$/;
const SQL_START = /^\s*(alter|attach|begin|create|delete|drop|explain|insert|merge|pragma|replace|select|truncate|update|upsert|vacuum|with)\b/i;
const EVERY_ADDRESS = /^(0\.0\.0\.0|::|\[::\]|::0|0:0:0:0:0:0:0:0)(:\d+)?$/;
const FROM_OUTSIDE = /^(args|arguments|attributes|body|content|data|envelope|event|frame|headers?|input|message|metadata|msg|params?|payload|query|req|request|searchParams|value)$/;
const TENANT = /^tenant(_?id)?$/i;

function urlToken(node: ts.Node, names: FileNames): { readonly form: string; readonly name: string } | undefined {
  const isJoined = ts.isCallExpression(node) && /^(join|concat)$/.test(calleeName(node));
  if (isJoined || ts.isTemplateExpression(node) || (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken)) {
    const { text } = textOf(node, names);
    const match = TOKEN_PARAMETER.exec(text);
    const follows = match === null ? '' : text.slice(match.index + match[0].length);
    return match !== null && follows.startsWith('{') ? { form: 'url', name: match[1] ?? '' } : undefined;
  }
  return ts.isCallExpression(node) || ts.isNewExpression(node) ? queryToken(node) : undefined;
}

/** A token among the parameters of a query, set or read. */
function queryToken(node: ts.CallExpression | ts.NewExpression): { readonly form: string; readonly name: string } | undefined {
  const first = node.arguments?.[0];
  if (first === undefined) return undefined;
  if (ts.isNewExpression(node)) {
    if (lastName(node.expression) !== 'URLSearchParams' || !ts.isObjectLiteralExpression(first)) return undefined;
    const name = first.properties.map(propertyName).find((one) => TOKEN_NAME.test(one));
    return name === undefined ? undefined : { form: 'URLSearchParams', name };
  }
  const isQuery = /^(set|append|get|getAll|has)$/.test(calleeName(node)) && /searchParams|query$|URLSearchParams/i.test(receiverOf(node)?.getText() ?? '');
  return isQuery && ts.isStringLiteralLike(first) && TOKEN_NAME.test(first.text) ? { form: calleeName(node), name: first.text } : undefined;
}

function sqlText(node: ts.CallExpression, names: FileNames): { readonly op: string; readonly statement: string } | undefined {
  const [first] = node.arguments;
  const op = calleeName(node);
  if (first === undefined || !SQL_CALL.test(op)) return undefined;
  const at = bare(first);
  const inner = ts.isObjectLiteralExpression(at) ? propertyOf(at, 'text', 'sql') : at;
  if (inner === undefined) return undefined;
  const replaced = replacedStatement(inner, names);
  if (replaced !== undefined) return { op, statement: replaced };
  const { text, form } = textOf(inner, names);
  if (SQL_START.test(text) && isExtended(inner, names)) return { op, statement: (SQL_START.exec(text)?.[1] ?? '').toLowerCase() };
  return (form === 'template' || form === 'concat') && SQL_START.test(text) && text.includes('{') ? { op, statement: (SQL_START.exec(text)?.[1] ?? '').toLowerCase() } : undefined;
}

/** First word of a statement into which a value is put by `replace`. */
function replacedStatement(node: ts.Expression, names: FileNames): string | undefined {
  const at = bare(node);
  if (!ts.isCallExpression(at) || !/^replace(All)?$/.test(calleeName(at))) return undefined;
  const [receiver, value] = [receiverOf(at), at.arguments[1]];
  if (receiver === undefined || value === undefined || textOf(value, names).form === 'literal') return undefined;
  return SQL_START.exec(textOf(receiver, names).text)?.[1]?.toLowerCase();
}

/** Whether values are appended to a variable in the function around it: `text += id`. */
function isExtended(node: ts.Expression, names: FileNames): boolean {
  const at = bare(node);
  if (!ts.isIdentifier(at)) return false;
  let found = false;
  eachNode(functionAround(at) ?? at.getSourceFile(), (one) => {
    if (!ts.isBinaryExpression(one) || one.operatorToken.kind !== ts.SyntaxKind.PlusEqualsToken || bare(one.left).getText() !== at.text) return;
    const { text, form } = textOf(one.right, names);
    if (form === 'unknown' || form === 'builder' || text.includes('{')) found = true;
  });
  return found;
}

/** A text that is put together; empty for one that is written out, which is read by itself. */
function madeText(node: ts.Expression | undefined, names: FileNames): string {
  return node === undefined || ts.isStringLiteralLike(bare(node)) ? '' : textOf(node, names).text;
}

/** An address that means every interface, or a listener that names none. */
function boundHost(node: ts.Node, names: FileNames): { readonly host: string; readonly form: string } | undefined {
  if (ts.isStringLiteralLike(node)) return EVERY_ADDRESS.test(node.text) && !ts.isImportDeclaration(node.parent) ? { host: node.text, form: 'literal' } : undefined;
  if (!ts.isCallExpression(node) || calleeName(node) !== 'listen' || receiverOf(node) === undefined) return undefined;
  const [first, second] = node.arguments;
  if (first === undefined) return { host: '', form: 'listen' };
  const at = bare(first);
  if (ts.isObjectLiteralExpression(at)) {
    const isOpen = propertyOf(at, 'host', 'hostname', 'path', 'fd', 'socket') === undefined && !at.properties.some(ts.isSpreadAssignment) && propertyOf(at, 'port') !== undefined;
    const named = madeText(propertyOf(at, 'host', 'hostname'), names);
    if (EVERY_ADDRESS.test(named)) return { host: named, form: 'listen' };
    return isOpen ? { host: '', form: 'listen' } : undefined;
  }
  const host = madeText(second, names);
  if (EVERY_ADDRESS.test(host)) return { host, form: 'listen' };
  const isPort = ts.isNumericLiteral(at) || /port$/i.test(lastName(at)) || (ts.isCallExpression(at) && calleeName(at) === 'Number');
  const isHostless = second === undefined || ts.isFunctionLike(bare(second));
  return isPort && isHostless ? { host: '', form: 'listen' } : undefined;
}

function chainOf(node: ts.Expression): readonly string[] {
  const at = bare(node);
  if (ts.isIdentifier(at)) return [at.text];
  if (ts.isPropertyAccessExpression(at)) return [...chainOf(at.expression), at.name.text];
  if (ts.isCallExpression(at)) return chainOf(at.expression);
  return ts.isElementAccessExpression(at) ? chainOf(at.expression) : [];
}

function enclosing(node: ts.Node): string {
  for (let at = node.parent; !ts.isSourceFile(at); at = at.parent) {
    const name = ts.isFunctionLike(at) ? functionName(at) : '';
    if (name !== '') return name;
  }
  return '';
}

/** A tenant that is read out of what a client sent. */
function sentTenant(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node) && TENANT.test(node.name.text)) {
    const chain = chainOf(node.expression);
    return comesFromOutside(chain) ? [...chain, node.name.text].join('.') : undefined;
  }
  if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression) && /tenant/i.test(node.argumentExpression.text)) {
    const chain = chainOf(node.expression);
    return comesFromOutside(chain) ? [...chain, node.argumentExpression.text].join('.') : undefined;
  }
  if (ts.isCallExpression(node) && /^(get|header|getHeader)$/.test(calleeName(node))) {
    const [first] = node.arguments;
    return first !== undefined && ts.isStringLiteralLike(first) && /tenant/i.test(first.text) ? [...chainOf(node.expression), first.text].join('.') : undefined;
  }
  return ts.isBindingElement(node) ? boundTenant(node) : undefined;
}

/** `const { tenant } = payload`, and `const { payload: { tenant } } = request`. */
function boundTenant(node: ts.BindingElement): string | undefined {
  if (!TENANT.test((node.propertyName ?? node.name).getText())) return undefined;
  const keys: string[] = [];
  let owner: ts.Node = node.parent.parent;
  while (ts.isBindingElement(owner)) {
    keys.unshift((owner.propertyName ?? owner.name).getText());
    owner = owner.parent.parent;
  }
  const root = ts.isVariableDeclaration(owner) && owner.initializer !== undefined ? chainOf(owner.initializer) : [];
  const source = [...root, ...keys];
  return comesFromOutside(source) ? [...source, 'tenant'].join('.') : undefined;
}

function comesFromOutside(chain: readonly string[]): boolean {
  return chain.some((part) => FROM_OUTSIDE.test(part)) && !chain.some((part) => /^(session|claims|verdict|seat)$/i.test(part));
}

/** Tokens in URLs, statements of SQL put together from values, open listeners, and tenants taken from what a client sent. */
export const unsafeTextSource: SyntaxSource = {
  name: 'unsafe-texts',
  tables: {
    /** form: url for a text, else the method or class; name: the parameter; test: in test code. */
    url_tokens: ['form', 'name', 'test'],
    /** op: method that got it; statement: first word of the SQL text, which holds values; test. */
    sql_texts: ['op', 'statement', 'test'],
    /** host: an address of all interfaces, empty where none is named; form: literal or listen; test. */
    open_binds: ['host', 'form', 'test'],
    /** source: the expression a tenant is read from, dotted; function: the nearest named function; test. */
    sent_tenants: ['source', 'function', 'test'],
  },
  selects: (file) => !file.isGenerated,
  read: (unit: SourceUnit) => {
    const names = namesOf(unit.source);
    const test = unit.file.isTest;
    const rows = { url_tokens: [] as Row[], sql_texts: [] as Row[], open_binds: [] as Row[], sent_tenants: [] as Row[] };
    eachNode(unit.source, (node) => {
      const token = urlToken(node, names);
      if (token !== undefined) rows.url_tokens.push({ ...unit.at(node), ...token, test });
      const sql = ts.isCallExpression(node) ? sqlText(node, names) : undefined;
      if (sql !== undefined) rows.sql_texts.push({ ...unit.at(node), ...sql, test });
      const bound = boundHost(node, names);
      if (bound !== undefined) rows.open_binds.push({ ...unit.at(node), ...bound, test });
      const tenant = sentTenant(node);
      if (tenant !== undefined) rows.sent_tenants.push({ ...unit.at(node), source: tenant, function: enclosing(node), test });
    });
    return rows;
  },
};
