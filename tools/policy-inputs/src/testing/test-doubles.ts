import ts from 'typescript';

import type { Row, SyntaxSource, WorkspaceSource } from '../fact-source.js';

import { bare, briefText, isTestCode, originsOf, resolveCallee, visitAll, type Origin } from './test-code.js';

const RUNNER_DOUBLES = /^(vi|vitest|jest|mock|td|sinon)\.(.+)$/;
const METHODS = /^(mock|doMock|unstable_mockModule|importMock|mocked|mockObject|spyOn|method|getter|setter|module|fn|hoisted|stubGlobal|stubEnv|stub|spy|fake|replace|useFakeTimers|setSystemTime|timers\.enable|createMockFromModule)$/;
const RUNNERS = /^(vitest|@jest\/globals|test|sinon|testdouble)$/;

function kindOf(method: string): string {
  if (/^(mock|doMock|unstable_mockModule|importMock|module|createMockFromModule)$/.test(method)) return 'module';
  if (/^(spyOn|method|getter|setter|stub|spy|replace|mockObject|mocked)$/.test(method)) return 'member';
  if (/^(useFakeTimers|setSystemTime|timers\.enable)$/.test(method)) return 'clock';
  if (method === 'stubGlobal') return 'global';
  return method === 'stubEnv' ? 'environment' : method === 'hoisted' ? 'hoisted' : 'function';
}

/** Method of the runner's double that a call makes: `spyOn` of `vi.spyOn(…)`; undefined when it makes none. */
function doubleMethod(call: ts.CallExpression, origins: ReadonlyMap<string, Origin>): string | undefined {
  const { module, name } = resolveCallee(call.expression, origins);
  if (module !== '' && !RUNNERS.test(module)) return undefined;
  const method = RUNNER_DOUBLES.exec(name)?.[2] ?? (module !== '' && /^(sinon|testdouble)$/.test(module) ? name : undefined);
  return method !== undefined && METHODS.test(method) ? method : undefined;
}

function targetOf(call: ts.CallExpression): string {
  const [first, second] = call.arguments;
  if (first === undefined) return '';
  const name = (node: ts.Expression): string => (ts.isStringLiteralLike(bare(node)) ? (bare(node) as ts.StringLiteralLike).text : briefText(node, 60));
  return second !== undefined && ts.isStringLiteralLike(bare(second)) ? `${name(first)}.${name(second)}` : name(first);
}

/** `Date.now = …`, `globalThis.fetch = …` or `Object.defineProperty(globalThis, 'x', …)` in test code. */
function assignedGlobal(node: ts.Node, origins: ReadonlyMap<string, Origin>): string | undefined {
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
    const text = bare(node.left).getText();
    if (/^[\w.]+\.prototype\.\w+$/.test(text)) return text;
    const match = /^(globalThis|global|window|self)\.(\w+)$|^(Date|Math|performance|process|crypto|console|JSON|Object|Array)\.(\w+)$/.exec(text);
    if (match === null || /^process\.(exitCode|title)$/.test(text) || origins.has(match[3] ?? '')) return undefined;
    return match[2] ?? text;
  }
  if (!ts.isCallExpression(node) || !/^(Object|Reflect)\.defineProperty$/.test(node.expression.getText())) return undefined;
  const target = targetOf(node);
  return /^(globalThis|global|window|self|Date|Math|process|performance|crypto)\./.test(target) ? target.replace(/^(globalThis|global|window|self)\./, '') : undefined;
}

const STAND_IN_NAME = /^(Fake|Mock|Mocked|Stub|Stubbed|Dummy|Spy)(?=[A-Z])|(Fake|Mock|Stub|Dummy|Double)$/;
const PORT_NAME = /(Store|Log|Groups|Places|History|Backplane|Producers|Repository)$/;
const PORT_PLACE = /^@arqonbus\/storage(\/|$)/;

/** The storage port that a type names, as `EpisodeStore` of `Partial<Pick<EpisodeStore, 'read'>>`. */
function portIn(type: ts.Node | undefined, origins: ReadonlyMap<string, Origin>): string | undefined {
  let found: string | undefined;
  const visit = (node: ts.Node): void => {
    const origin = ts.isIdentifier(node) ? origins.get(node.text) : undefined;
    if (origin !== undefined && PORT_PLACE.test(origin.module) && PORT_NAME.test(origin.name)) found ??= origin.name;
    ts.forEachChild(node, visit);
  };
  if (type !== undefined) visit(type);
  return found;
}

/** A class that is named as a stand-in or written as a storage port, and an object literal that is given out for one. */
function handmade(node: ts.Node, origins: ReadonlyMap<string, Origin>): string | undefined {
  if (ts.isClassLike(node)) {
    const name = node.name?.text ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name.getText() : '');
    const written = (node.heritageClauses ?? []).filter(({ token }) => token === ts.SyntaxKind.ImplementsKeyword).map((clause) => portIn(clause, origins)).find((port) => port !== undefined);
    return written ?? (STAND_IN_NAME.test(name) ? name : undefined);
  }
  if (ts.isVariableDeclaration(node)) {
    const literal = node.initializer === undefined ? undefined : bare(node.initializer);
    return literal !== undefined && ts.isObjectLiteralExpression(literal) && literal.properties.some(isBehaviour) ? portIn(node.type, origins) : undefined;
  }
  if (!ts.isAsExpression(node) && !ts.isSatisfiesExpression(node)) return undefined;
  const literal = bare(node);
  return ts.isObjectLiteralExpression(literal) && literal.properties.some(isBehaviour) ? portIn(node.type, origins) : undefined;
}

/** A method, or a function as the value of a property: data alone stands in for nothing. */
function isBehaviour(property: ts.ObjectLiteralElementLike): boolean {
  return ts.isMethodDeclaration(property) || (ts.isPropertyAssignment(property) && (ts.isArrowFunction(bare(property.initializer)) || ts.isFunctionExpression(bare(property.initializer))));
}

/** What tests put in the place of the real thing. */
export const testDoubleSource: SyntaxSource = {
  name: 'test doubles',
  tables: {
    // kind: module, member, clock, global, environment, hoisted, function (a recorder of calls), assignment or handmade (a class or an object written as a storage port, or a class named as a stand-in); target: what is replaced, as written.
    test_doubles: ['kind', 'call', 'target'],
  },
  selects: isTestCode,
  read: (unit) => {
    const origins = originsOf(unit);
    const rows: Row[] = [];
    visitAll(unit, (node) => {
      const assigned = assignedGlobal(node, origins);
      if (assigned !== undefined) rows.push({ ...unit.at(node), kind: 'assignment', call: briefText(node), target: assigned });
      const made = handmade(node, origins);
      if (made !== undefined) rows.push({ ...unit.at(node), kind: 'handmade', call: briefText(node, 60), target: made });
      if (!ts.isCallExpression(node)) return;
      const method = doubleMethod(node, origins);
      if (method !== undefined) rows.push({ ...unit.at(node), kind: kindOf(method), call: briefText(node), target: targetOf(node) });
    });
    return { test_doubles: rows };
  },
};

const STAND_INS = /^(sinon|@?testdouble|nock|msw|proxyquire|rewire|mock-(fs|socket|require)|memfs|pg-mem|ioredis-mock|redis-mock|@?jest-(mock|websocket-mock)|jest-mock|ts-mockito|ts-jest-mocker|@golevelup\/ts-\w+|vitest-mock-extended|jest-mock-extended|moq\.ts|aws-sdk-client-mock|undici-mock|fetch-mock|vitest-fetch-mock|mockttp|pretender|@mswjs\/\w+)$/;

/** Packages that test code loads to stand in for the real thing; those that move time or seed chance are none of them. */
export const mockImportSource: WorkspaceSource = {
  name: 'mock imports',
  tables: {
    mock_imports: ['module'],
  },
  read: (workspace, syntaxRows) => {
    const tests = new Set(workspace.files.filter(isTestCode).map(({ path }) => path));
    const loaded = (syntaxRows.scanned_imports ?? []).filter((row) => tests.has(row.file) && STAND_INS.test(String(row.package)));
    return { mock_imports: loaded.map((row): Row => ({ file: row.file, line: row.line, project: row.project, module: String(row.module) })) };
  },
};
