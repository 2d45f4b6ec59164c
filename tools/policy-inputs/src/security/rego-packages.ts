import type { Row, WorkspaceSource } from '../fact-source.js';
import type { Workspace } from '../workspace.js';

const RUNTIME = 'policies/runtime/';
const CAPABILITIES = 'policies/capabilities.json';
const KEYWORDS = new Set(['as', 'contains', 'default', 'else', 'every', 'if', 'import', 'in', 'not', 'package', 'set', 'some', 'with']);
const ALLOWING = /"(allow|allowed|permit|permitted|accept|ok|valid)":true/;
const DENYING = /^(false|"deny"|"block"|"refuse"|set\(\)|\[\]|\{\}|undefined)$|"(allow|allowed|permit|permitted|accept|ok|valid)":false/;

interface Token {
  readonly text: string;
  readonly line: number;
  /** Whether nothing but spaces stands before it on its line. */
  readonly startsLine: boolean;
}

/** Words, texts and signs of a Rego module; comments are left out, and texts keep their quotes. */
export function regoTokens(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let isLineStart = true;
  const pattern = /\n|[^\S\n]+|#[^\n]*|"(?:\\.|[^"\\])*"|`[^`]*`|[A-Za-z_][A-Za-z0-9_]*|\d+(?:\.\d+)?|:=|[^\s]/gy;
  for (const [part] of text.matchAll(pattern)) {
    if (part === '\n') {
      line += 1;
      isLineStart = true;
    } else if (/^[^\S\n]/.test(part) || part.startsWith('#')) continue;
    else {
      tokens.push({ text: part, line, startsLine: isLineStart });
      isLineStart = false;
      line += part.split('\n').length - 1;
    }
  }
  return tokens;
}

/** Dotted name that ends at `at`, as in `net.cidr_contains`. */
function dottedName(tokens: readonly Token[], at: number): string {
  let name = tokens[at]?.text ?? '';
  for (let index = at; tokens[index - 1]?.text === '.' && /^[A-Za-z_]/.test(tokens[index - 2]?.text ?? ''); index -= 2) name = `${tokens[index - 2]?.text ?? ''}.${name}`;
  return name;
}

interface Module {
  readonly package: string;
  /** Names of the rules and functions that stand at the beginning of a line. */
  readonly rules: ReadonlySet<string>;
  readonly imports: ReadonlySet<string>;
  /** `default` rules: name and value without spaces. */
  readonly defaults: readonly { readonly name: string; readonly value: string }[];
  /** Calls by dotted name, with their line. */
  readonly calls: readonly { readonly name: string; readonly line: number }[];
}

/** The value behind `default name :=`, up to the next line that begins a rule. */
function valueFrom(tokens: readonly Token[], from: number): string {
  const parts: string[] = [];
  let depth = 0;
  for (const { text, startsLine } of tokens.slice(from)) {
    if (startsLine && depth === 0 && parts.length > 0) break;
    if ('([{'.includes(text)) depth += 1;
    if (')]}'.includes(text)) depth -= 1;
    parts.push(text);
  }
  return parts.join('');
}

function readImport(tokens: readonly Token[], from: number): string {
  let last = '';
  for (const { text, startsLine } of tokens.slice(from)) {
    if (startsLine) break;
    if (/^[A-Za-z_]/.test(text) && text !== 'as') last = text;
  }
  return last;
}

/** Whether the word at `at` is called on its own line; the head of a `default` function is not. */
function isCall(tokens: readonly Token[], at: number): boolean {
  const [before, word, next] = [tokens[at - 1], tokens[at], tokens[at + 1]];
  return word !== undefined && next?.text === '(' && next.line === word.line && !KEYWORDS.has(word.text) && before?.text !== 'default';
}

/** Value of the `default` rule or function at `at`. */
function defaultAt(tokens: readonly Token[], at: number): { name: string; value: string } {
  const name = tokens[at + 1]?.text ?? '';
  const closing = tokens[at + 2]?.text === '(' ? tokens.findIndex(({ text }, index) => index > at && text === ')') : at + 1;
  return { name, value: valueFrom(tokens, closing + 2) };
}

/** Reads a Rego module by its tokens: as much as these facts need. */
export function readModule(text: string): Module {
  const tokens = regoTokens(text);
  const rules = new Set<string>();
  const imports = new Set<string>();
  const defaults: { name: string; value: string }[] = [];
  const calls: { name: string; line: number }[] = [];
  let packageName = '';
  let depth = 0;
  tokens.forEach(({ text: word, line, startsLine }, at) => {
    if ('([{'.includes(word)) depth += 1;
    if (')]}'.includes(word)) depth -= 1;
    const isWord = /^[A-Za-z_]/.test(word);
    if (startsLine && depth === 0 && isWord) {
      if (word === 'package') packageName = tokens.slice(at + 1).filter((token) => token.line === line).map((token) => token.text).join('');
      else if (word === 'import') imports.add(readImport(tokens, at + 1));
      else if (word === 'default') defaults.push(defaultAt(tokens, at));
      else if (!KEYWORDS.has(word)) rules.add(word);
    }
    if (isWord && isCall(tokens, at) && !(startsLine && depth === 0)) calls.push({ name: dottedName(tokens, at), line });
  });
  return { package: packageName, rules, imports, defaults, calls };
}

interface Capabilities {
  readonly builtins?: readonly { readonly name: string; readonly infix?: string }[];
}

function capableOf(workspace: Workspace): ReadonlySet<string> {
  const { builtins = [] } = JSON.parse(workspace.read(CAPABILITIES)) as Capabilities;
  return new Set(builtins.map(({ name }) => name));
}

/** Packages of Rego: their defaults, and builtins that WebAssembly lacks. */
export const regoPackageSource: WorkspaceSource = {
  name: 'rego-packages',
  tables: {
    /**
     * Packages under policies/runtime, which become the WebAssembly that the bus runs. package; rules: names of its rules; denying, allowing: names of its
     * `default` rules that say no, or yes; library: functions for other packages; test.
     */
    runtime_packages: ['package', 'rules', 'denying', 'allowing', 'library', 'test'],
    /** Calls, outside of tests, of functions that neither the package, nor an import, nor policies/capabilities.json has. name; runtime: under policies/runtime. */
    foreign_builtins: ['name', 'runtime'],
  },
  read: (workspace) => {
    const capable = capableOf(workspace);
    const modules = workspace.files.filter(({ path }) => path.endsWith('.rego')).map(({ path, project }) => ({ path, project, module: readModule(workspace.read(path)) }));
    const rulesOf = new Map<string, Set<string>>();
    for (const { module } of modules) rulesOf.set(module.package, new Set([...(rulesOf.get(module.package) ?? []), ...module.rules]));
    const runtime_packages = modules.filter(({ path }) => path.startsWith(RUNTIME)).map(({ path, project, module }): Row => ({
      file: path, line: 1, project, package: module.package, rules: [...module.rules].sort(), library: path.startsWith(`${RUNTIME}lib/`), test: path.endsWith('_test.rego'),
      denying: module.defaults.filter(({ value }) => DENYING.test(value) && !ALLOWING.test(value)).map(({ name }) => name),
      allowing: module.defaults.filter(({ value }) => value === 'true' || value === '"allow"' || ALLOWING.test(value)).map(({ name }) => name),
    }));
    const foreign_builtins = modules.filter(({ path }) => !path.endsWith('_test.rego')).flatMap(({ path, project, module }) => {
      const own = rulesOf.get(module.package) ?? new Set();
      const foreign = module.calls.filter(({ name }) => !own.has(name) && !module.imports.has(name.split('.')[0] ?? '') && !name.startsWith('data.') && !capable.has(name));
      return foreign.map(({ name, line }): Row => ({ file: path, line, project, name, runtime: path.startsWith(RUNTIME) }));
    });
    return { runtime_packages, foreign_builtins };
  },
};
