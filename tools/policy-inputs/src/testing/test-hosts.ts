import ts from 'typescript';

import type { Row, SourceUnit, SyntaxSource } from '../fact-source.js';

import { bare, briefText, chainOf, isTestCode, originsOf, resolveCallee, visitAll } from './test-code.js';

const CONNECTING_CALL = /^(fetch|connect|createConnection|request|get|post|put|delete|head|patch|open|openSession|goto|lookup|resolve4?|createClient|dial|upgrade|stream|axios|got|ky|WebSocket|EventSource|Client|Pool|Redis|Agent|XMLHttpRequest)$/;
const ADDRESS_OPTION = /^(url|urls|uri|host|hostname|servers?|endpoint|baseUrl|baseURL|address|connectionString|origin)$/;
const PROCESS_CALL = /^(exec|execSync|execFile|execFileSync|spawn|spawnSync)$/;
const FETCHING_COMMAND = /\b(curl|wget|nc|ping|dig|nslookup|git (clone|fetch|ls-remote))\b/;
const ADDRESS = /^(?:[a-z][a-z0-9+.-]*:\/\/)(?:[^@/\s]*@)?(\[[^\]]+\]|[^:/?#\s]+)/i;
const BARE_HOST = /^(?=.*[a-z])(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?$|^\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?$/i;

/** Host of an address; `''` when it is none or depends on a value. */
function hostOf(text: string, isHostOnly: boolean): string {
  const host = ADDRESS.exec(text)?.[1] ?? (isHostOnly && BARE_HOST.test(text) ? text.replace(/:\d+$/, '') : '');
  return /[${}]/.test(host) ? '' : host.toLowerCase().replace(/^\[|\]$/g, '');
}

/** Constant strings of a file by name. */
function constants(unit: SourceUnit): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  visitAll(unit, (node) => {
    if (!ts.isVariableDeclaration(node) || node.initializer === undefined) return;
    const value = bare(node.initializer);
    if (ts.isStringLiteralLike(value)) found.set(node.name.getText(), value.text);
  });
  return found;
}

/** Text that an expression begins with, as far as the file tells; `$` stands for what it does not. */
function textOf(expression: ts.Expression, known: ReadonlyMap<string, string>): string {
  const node = bare(expression);
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isIdentifier(node)) return known.get(node.text) ?? '$';
  if (ts.isTemplateExpression(node)) return node.head.text + node.templateSpans.map((span) => textOf(span.expression, known) + span.literal.text).join('');
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) return textOf(node.left, known) + textOf(node.right, known);
  const [argument] = ts.isNewExpression(node) && node.expression.getText() === 'URL' ? (node.arguments ?? []) : [];
  return argument === undefined ? '$' : textOf(argument, known);
}

/** Addresses that a call is given: its first argument, or those of its options. */
function addressesOf(call: ts.CallExpression | ts.NewExpression, known: ReadonlyMap<string, string>, isLookup: boolean): { text: string; isHostOnly: boolean }[] {
  const found: { text: string; isHostOnly: boolean }[] = [];
  const add = (expression: ts.Expression, isHostOnly: boolean): void => {
    const node = bare(expression);
    if (ts.isArrayLiteralExpression(node)) for (const element of node.elements) add(element, isHostOnly);
    else if (ts.isObjectLiteralExpression(node)) {
      for (const property of node.properties) if (ts.isPropertyAssignment(property) && ADDRESS_OPTION.test(property.name.getText())) add(property.initializer, true);
    } else found.push({ text: textOf(node, known), isHostOnly });
  };
  const [first, ...others] = call.arguments ?? [];
  if (first !== undefined) add(first, isLookup);
  // `connect(port, host)` gives the host second.
  for (const other of others) add(other, true);
  return found;
}

function commandHosts(call: ts.CallExpression, known: ReadonlyMap<string, string>): string[] {
  const texts = call.arguments.flatMap((argument) => {
    const node = bare(argument);
    return ts.isArrayLiteralExpression(node) ? node.elements.map((element) => textOf(element, known)) : [textOf(node, known)];
  });
  const words = texts.join(' ');
  return FETCHING_COMMAND.test(words) ? words.split(/[\s'"]+/).map((word) => hostOf(word, true)).filter((host) => host !== '') : [];
}

/** Hosts that test code connects to, where the file says which. */
export const testHostSource: SyntaxSource = {
  name: 'test hosts',
  tables: {
    // host: without port and brackets, in lower case; call: the call that is given it.
    test_hosts: ['host', 'call'],
  },
  selects: isTestCode,
  read: (unit) => {
    const known = constants(unit);
    const origins = originsOf(unit);
    const rows: Row[] = [];
    visitAll(unit, (node) => {
      if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return;
      const name = chainOf(node.expression).at(-1) ?? '';
      const isLookup = /^dns(\/promises)?$/.test(resolveCallee(node.expression, origins).module);
      const hosts = isLookup || CONNECTING_CALL.test(name) ? addressesOf(node, known, isLookup).map(({ text, isHostOnly }) => hostOf(text, isHostOnly)) : PROCESS_CALL.test(name) && ts.isCallExpression(node) ? commandHosts(node, known) : [];
      for (const host of hosts) if (host !== '') rows.push({ ...unit.at(node), host, call: briefText(node) });
    });
    return { test_hosts: rows };
  },
};
