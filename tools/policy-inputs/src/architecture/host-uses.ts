import { builtinModules } from 'node:module';

import ts from 'typescript';

import type { Row, SourceUnit, SyntaxSource } from '../fact-source.js';
import { namesOf, type NameResolver, unwrap } from './resolved-names.js';

const builtins = new Set(builtinModules.map((name) => name.replace(/^node:/, '')));

/** Globals by which code reaches its host, and what they give. A member is listed where the rest of the object is harmless. */
const ambient: readonly (readonly [RegExp, string])[] = [
  [/^#(Date\.now|performance(\..*)?|Date\(\))$/, 'clock'],
  [/^#(Math\.random|crypto(\..*)?)$/, 'random'],
  [/^#(setTimeout|setInterval|setImmediate|queueMicrotask|requestAnimationFrame)$/, 'timer'],
  [/^#(process|Buffer|require|navigator|localStorage|Deno|Bun)(\..*)?$/, 'host'],
  [/^#(fetch|WebSocket|EventSource|XMLHttpRequest|BroadcastChannel|Worker)(\..*)?$/, 'network'],
  [/^#console(\..*)?$/, 'console'],
];

const outbound = /^(#(fetch|WebSocket|EventSource|XMLHttpRequest|navigator\.sendBeacon)|https?#(request|get|ClientRequest)|http2#connect|(net|tls)#(connect|createConnection|Socket|TLSSocket)|dgram#createSocket)(\.(call|apply|bind))?$/;
const maxTargetLength = 200;
const fileModule = /^fs(\/promises)?#(promises(\.|$))?/;
const changing = /^(appendFile|chmod|chown|copyFile|cp|createWriteStream|fchmod|fchown|ftruncate|futimes|lchmod|lchown|link|lutimes|mkdir|mkdtemp|rename|rm|rmdir|symlink|truncate|unlink|utimes|write|writeFile|writev)(Sync)?$/;

function blockingApi(name: string): string | undefined {
  if (/^#Atomics\.wait(\.(call|apply|bind))?$/.test(name)) return 'Atomics.wait';
  const [module = '', rest = ''] = name.split('#');
  const api = rest.replace(/\.(call|apply|bind)$/, '');
  const isBlocking = /Sync$/.test(api) && module !== '' && !module.startsWith('.') && !module.startsWith('@arqonbus/');
  return isBlocking ? `${module}.${api}` : undefined;
}

/** Flags with which `open` only reads. */
function opensToRead(names: NameResolver, access: ts.Node): boolean {
  const call = access.parent;
  if (!ts.isCallExpression(call) || call.expression !== access) return false;
  const [, flags] = call.arguments;
  return flags === undefined || /^rs?$/.test(names.textOf(flags) ?? '') || /\bO_RDONLY$/.test(names.nameOf(flags) ?? '');
}

/** Member of node:fs that changes files; `*` where the module as a whole is handed on. */
function fileChange(names: NameResolver, node: ts.Node, name: string): string | undefined {
  const found = fileModule.exec(name);
  if (found === null) return undefined;
  const api = name.slice(found[0].length).replace(/\.(call|apply|bind)$/, '');
  if (api === '') return ts.isBindingElement(node) || ts.isVariableDeclaration(node.parent) ? undefined : '*';
  if (/^open(Sync)?$/.test(api)) return opensToRead(names, node) ? undefined : api;
  return changing.test(api) || api === '*' ? api : undefined;
}

/** Name of the function around a node; `(anonymous)` for one without, empty at the top of a module. */
export function enclosingFunction(node: ts.Node): string {
  for (let current: ts.Node = node.parent; !ts.isSourceFile(current); current = current.parent) {
    if (!ts.isFunctionLike(current)) continue;
    const { name } = current;
    return name === undefined ? '(anonymous)' : name.getText();
  }
  return '';
}

function environmentRead(name: string): { what: string; name: string } | undefined {
  const found = /^(?:#process\.|process#|#import\.meta\.|#Deno\.|#Bun\.)(env|argv)(?:\.(.+))?$/.exec(name);
  return found === null ? undefined : { what: found[1] ?? '', name: found[2] ?? '*' };
}

/** The text of an address, in which constants of the file are written out; expressions stay as they are. */
function expand(names: NameResolver, expression: ts.Expression, depth = 0): string {
  const node = unwrap(expression);
  const text = names.textOf(node);
  if (text !== undefined || depth > 4) return text ?? node.getText();
  if (ts.isTemplateExpression(node)) {
    return node.head.text + node.templateSpans.map((span) => `\${${expand(names, span.expression, depth + 1)}}${span.literal.text}`).join('');
  }
  if (ts.isNewExpression(node)) return (node.arguments ?? []).map((argument) => expand(names, argument, depth + 1)).join(' ');
  if (ts.isBinaryExpression(node)) return `${expand(names, node.left, depth + 1)} ${expand(names, node.right, depth + 1)}`;
  if (!ts.isIdentifier(node)) return node.getText();
  const declaration = names.declarationOf(node);
  const initializer = declaration !== undefined && ts.isVariableDeclaration(declaration) ? declaration.initializer : undefined;
  return initializer === undefined || ts.isFunctionLike(initializer) ? node.text : `${node.text}=${expand(names, initializer, depth + 1)}`;
}

function targetOf(names: NameResolver, access: ts.Node): string {
  let callee = access;
  while (ts.isParenthesizedExpression(callee.parent) || ts.isAsExpression(callee.parent)) callee = callee.parent;
  const { parent } = callee;
  const first = (ts.isCallExpression(parent) || ts.isNewExpression(parent)) && parent.expression === callee ? parent.arguments?.[0] : undefined;
  return first === undefined ? '' : expand(names, first).replaceAll(/\s+/g, ' ').slice(0, maxTargetLength);
}

class HostReader {
  readonly rows = { blocking_calls: [] as Row[], file_changes: [] as Row[], environment_reads: [] as Row[], outbound_calls: [] as Row[], pure_layer_uses: [] as Row[] };
  private readonly names: NameResolver;
  private readonly isPure: boolean;

  constructor(private readonly unit: SourceUnit) {
    this.names = namesOf(unit);
    this.isPure = unit.tags.includes('layer:domain') || unit.tags.includes('layer:contract');
  }

  read(): HostReader['rows'] {
    const visit = (node: ts.Node): void => {
      if (this.names.isAccess(node) && !this.isPartOfType(node)) this.readName(node, this.names.nameOf(node));
      else if (ts.isBindingElement(node)) this.readName(node, this.names.nameOfBinding(node));
      else this.readMeta(node);
      if (this.isPure) this.readPurity(node);
      ts.forEachChild(node, visit);
    };
    visit(this.unit.source);
    return this.rows;
  }

  private isPartOfType(node: ts.Node): boolean {
    return ts.isExpressionWithTypeArguments(node.parent) && ts.isHeritageClause(node.parent.parent) && node.parent.parent.token === ts.SyntaxKind.ImplementsKeyword;
  }

  private readName(node: ts.Node, name: string | undefined): void {
    if (name === undefined) return;
    const api = blockingApi(name);
    if (api !== undefined) this.rows.blocking_calls.push({ ...this.unit.at(node), api, function: enclosingFunction(node) });
    const change = fileChange(this.names, node, name);
    if (change !== undefined) this.rows.file_changes.push({ ...this.unit.at(node), api: change, function: enclosingFunction(node) });
    const read = environmentRead(name);
    if (read !== undefined) this.rows.environment_reads.push({ ...this.unit.at(node), what: read.what, variable: read.name });
    if (this.isOutbound(name)) this.rows.outbound_calls.push({ ...this.unit.at(node), api: name.replace(/^#/, '').replace('#', '.'), target: targetOf(this.names, node) });
    if (this.isPure) this.readAmbient(node, name);
  }

  /** `import.meta.env` of bundlers is an environment too. */
  private readMeta(node: ts.Node): void {
    if (!ts.isPropertyAccessExpression(node) || !ts.isMetaProperty(node.expression) || node.name.text !== 'env') return;
    this.rows.environment_reads.push({ ...this.unit.at(node), what: 'env', variable: ts.isPropertyAccessExpression(node.parent) ? node.parent.name.text : '*' });
  }

  private isOutbound(name: string): boolean {
    if (outbound.test(name)) return true;
    // Any use of a client library that is no type; which libraries those are is for the rule to say.
    return name === 'ws#' || name === 'ws#WebSocket' || /^(undici|axios|got|ky|node-fetch|superagent|needle|request|cross-fetch|ofetch|phin|@grpc\/grpc-js)#/.test(name);
  }

  private readAmbient(node: ts.Node, name: string): void {
    const found = ambient.find(([pattern]) => pattern.test(name));
    const [module = ''] = name.split('#');
    const kind = found?.[1] ?? (builtins.has(module) ? 'host' : undefined);
    if (kind !== undefined) this.rows.pure_layer_uses.push({ ...this.unit.at(node), kind, name: name.replace(/^#/, '') });
  }

  private readPurity(node: ts.Node): void {
    const push = (kind: string, name: string): void => {
      this.rows.pure_layer_uses.push({ ...this.unit.at(node), kind, name });
    };
    if (ts.isFunctionLike(node) && ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword) === true) push('async', 'async function');
    else if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined)) push('async', 'await');
    else if ((ts.isNewExpression(node) || ts.isPropertyAccessExpression(node)) && /^#Promise$/.test(this.names.nameOf(node.expression) ?? '')) push('async', 'Promise');
    else if (ts.isNewExpression(node) || ts.isCallExpression(node)) this.readDate(node, push);
  }

  private readDate(node: ts.NewExpression | ts.CallExpression, push: (kind: string, name: string) => void): void {
    const [first] = node.arguments ?? [];
    const name = this.names.nameOf(node.expression);
    if (name === '#Date' && ts.isCallExpression(node)) push('clock', 'Date()');
    else if (name === '#Date' && first === undefined) push('clock', 'new Date()');
    else if (name === '#Reflect.construct' && first !== undefined && this.names.nameOf(first) === '#Date') push('clock', 'new Date()');
  }
}

/** How production code of apps and libs reaches the host that it runs on: blocking calls, environment, network, and clocks where the layer is pure. */
export const hostUseSource: SyntaxSource = {
  name: 'host uses',
  tables: {
    /** api: `fs.readFileSync` and the like, by whatever name it was imported; function: the enclosing one, empty at the top of the module. */
    blocking_calls: ['api', 'function'],
    /** api: what of node:fs writes, creates, renames or removes, `*` where the module is handed on or the member computed; function: the enclosing one. */
    file_changes: ['api', 'function'],
    /** what: env or argv; variable: its name, `*` when all or a computed one. */
    environment_reads: ['what', 'variable'],
    /** api: what opens a connection or asks over HTTP; target: the address as written, constants filled in, empty when the function is passed on. */
    outbound_calls: ['api', 'target'],
    /** Only in layers domain and contract. kind: clock, random, timer, host, network, console or async. */
    pure_layer_uses: ['kind', 'name'],
  },
  selects: ({ path, isTest, isGenerated }) => /^(apps|libs)\//.test(path) && !isTest && !isGenerated && !/\.config\.[cm]?[jt]s$/.test(path),
  read: (unit) => ({ ...new HostReader(unit).read() }),
};
