import ts from 'typescript';

import { resolveImports } from '../architecture/import-graph.js';
import type { Row, SourceUnit, SyntaxSource, WorkspaceSource } from '../fact-source.js';

import { bare, briefText, chainOf, isTestCode, originsOf, resolveCallee, some, symbolAround, visitAll, type Origin } from './test-code.js';

/** How a delay is written. */
type Form = 'turn_loop' | 'promise_timer' | 'dropped_timer' | 'timers_promises' | 'promisified' | 'helper' | 'atomics' | 'sleep_process' | 'busy_loop' | 'timeout_signal';

interface Delay {
  readonly form: Form;
  /** The length as written; empty when there is none. */
  readonly delay: ts.Expression | undefined;
}

type Origins = ReadonlyMap<string, Origin>;

const TIMER_MODULES = new Set(['', 'timers']);
const HELPER_NAME = /^(sleep|delay|snooze|nap|wait|pause|settle|stall)(ms|for|forms|millis|milliseconds|sec|secs|seconds|sync|async)?$/i;
const HELPER_METHOD = /^(sleep|sleepSync|sleepMs|waitForTimeout|delay|snooze)$/;
const SLEEP_COMMAND = /(^|[\s;&|(]|\/)(sleep|usleep|timeout)\s+[\d.$]|Start-Sleep/;
const PROCESS_CALL = /^(exec|execSync|execFile|execFileSync|spawn|spawnSync|execa|execaSync|\$|execaCommand|fork)$/;
const CLOCK = /^(Date|(\w+\.)*(Date\.now|performance\.now|hrtime(\.bigint)?|process\.uptime))$/;

const isFunction = (node: ts.Node): node is ts.ArrowFunction | ts.FunctionExpression => ts.isArrowFunction(node) || ts.isFunctionExpression(node);

/** Milliseconds of an expression of plain numbers; -1 when it is none. */
export function millisecondsOf(expression: ts.Expression | undefined): number {
  if (expression === undefined) return 0;
  const node = bare(expression);
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (!ts.isBinaryExpression(node)) return -1;
  const [left, right] = [millisecondsOf(node.left), millisecondsOf(node.right)];
  if (left < 0 || right < 0) return -1;
  if (node.operatorToken.kind === ts.SyntaxKind.AsteriskToken) return left * right;
  return node.operatorToken.kind === ts.SyntaxKind.PlusToken ? left + right : -1;
}

/** Names of the promise executors' parameters around a node: what resolves, and what rejects. */
function settlersAround(node: ts.Node): { resolve: Set<string>; reject: Set<string> } {
  const found = { resolve: new Set<string>(), reject: new Set<string>() };
  for (let at: ts.Node | undefined = node.parent; at !== undefined; at = at.parent) {
    if (!isFunction(at) || !ts.isNewExpression(at.parent) || at.parent.expression.getText() !== 'Promise') continue;
    const [resolve, reject] = at.parameters;
    if (resolve !== undefined) found.resolve.add(resolve.name.getText());
    if (reject !== undefined) found.reject.add(reject.name.getText());
  }
  return found;
}

/** Whether the callback does nothing but fail: it rejects, throws or kills, as the bound of a wait does. */
function onlyFails(callback: ts.Expression, settlers: ReturnType<typeof settlersAround>): boolean {
  const node = bare(callback);
  if (ts.isIdentifier(node)) return settlers.reject.has(node.text);
  if (!isFunction(node)) return false;
  const calls = (names: ReadonlySet<string>): boolean => some(node.body, (inner) => ts.isCallExpression(inner) && names.has(chainOf(inner.expression)[0] ?? ''));
  return !calls(settlers.resolve) && (calls(settlers.reject) || some(node.body, ts.isThrowStatement));
}

/** Whether what the call returns is kept under a name that the file gives to `clearTimeout` or takes off the loop by `unref`. */
function isCancelled(call: ts.CallExpression, text: string): boolean {
  let at: ts.Node = call.parent;
  while (ts.isConditionalExpression(at) || ts.isParenthesizedExpression(at) || ts.isPropertyAccessExpression(at) || (ts.isCallExpression(at) && chainOf(at.expression).at(-1) === 'unref')) at = at.parent;
  const name = ts.isVariableDeclaration(at) ? at.name.getText() : ts.isBinaryExpression(at) && at.operatorToken.kind === ts.SyntaxKind.EqualsToken ? at.left.getText() : undefined;
  return name !== undefined && text.includes(`clearTimeout(${name}`);
}

function timerDelay(call: ts.CallExpression, text: string): Delay | undefined {
  const [callback, delay] = call.arguments;
  if (callback === undefined) return undefined;
  const settlers = settlersAround(call);
  if (isCancelled(call, text) || onlyFails(callback, settlers)) return undefined;
  const resolves = some(callback, (node) => ts.isIdentifier(node) && settlers.resolve.has(node.text));
  return { form: resolves ? 'promise_timer' : 'dropped_timer', delay };
}

function commandText(call: ts.CallExpression): string {
  const [command, args] = call.arguments;
  if (command === undefined || !ts.isStringLiteralLike(bare(command))) return '';
  const words = args !== undefined && ts.isArrayLiteralExpression(bare(args)) ? (bare(args) as ts.ArrayLiteralExpression).elements.map((element) => (ts.isStringLiteralLike(element) ? element.text : '$')) : [];
  return [(bare(command) as ts.StringLiteralLike).text, ...words].join(' ');
}

function isLength(argument: ts.Expression): boolean {
  const node = bare(argument);
  if (millisecondsOf(node) >= 0) return true;
  return !isFunction(node) && /(ms|millis|milliseconds|seconds|delay|duration|interval|timeout|pause|period)$/i.test(chainOf(node).at(-1) ?? '');
}

function helperDelay(call: ts.CallExpression, { module, name }: Origin): Delay | undefined {
  const [first] = call.arguments;
  if (first === undefined) return undefined;
  const last = name.split('.').at(-1) ?? '';
  const isNamed = !name.includes('.') && HELPER_NAME.test(last) && (module !== '' || ts.isIdentifier(call.expression)) && (isLength(first) || /^sleep/i.test(last));
  const isMethod = (name.includes('.') || module === '?') && HELPER_METHOD.test(last) && isLength(first);
  return isNamed || isMethod ? { form: 'helper', delay: first } : undefined;
}

/** Timers, and promises of timers. */
function timedDelay(call: ts.CallExpression, { module, name }: Origin, text: string): Delay | undefined {
  const inPromises = module === 'timers' ? name.replace(/^promises\./, 'timers/promises:') : `${module}:${name}`;
  if (/^timers\/promises:(setTimeout|setInterval|scheduler\.wait)$/.test(inPromises)) return { form: 'timers_promises', delay: call.arguments[0] };
  if (!TIMER_MODULES.has(module) || !/^(setTimeout|setInterval)(\.(call|apply|bind))?$/.test(name)) return undefined;
  const found = timerDelay(call, text);
  // An interval is a delay when a promise waits for its turns.
  return name.startsWith('setTimeout') || found?.form === 'promise_timer' ? found : undefined;
}

/** What the file's variable of that name holds at first. */
function initialOf(name: ts.Identifier): ts.Expression | undefined {
  let found: ts.Expression | undefined;
  some(name.getSourceFile(), (inner) => {
    if (ts.isVariableDeclaration(inner) && inner.name.getText() === name.text) found ??= inner.initializer;
    return found !== undefined;
  });
  return found;
}

/** `AbortSignal.timeout(…)`, also by the name of a constant. */
function isTimeoutSignal(expression: ts.Expression): boolean {
  const node = bare(expression);
  if (ts.isCallExpression(node)) return chainOf(node).join('.') === 'AbortSignal.timeout';
  const initial = ts.isIdentifier(node) ? initialOf(node) : undefined;
  return initial !== undefined && ts.isCallExpression(bare(initial)) && isTimeoutSignal(initial);
}

/** Ways around a timer: its promisified form, a blocked thread, another process, a signal that only times out. */
function indirectDelay(call: ts.CallExpression, last: string, origins: Origins): Delay | undefined {
  const [first] = call.arguments;
  if (PROCESS_CALL.test(last)) return SLEEP_COMMAND.test(commandText(call)) ? { form: 'sleep_process', delay: first } : undefined;
  if (call.expression.getText() === 'Atomics.wait') return call.arguments.length === 4 ? { form: 'atomics', delay: call.arguments[3] } : undefined;
  if (first === undefined) return undefined;
  if (last === 'promisify') return /(^|\.)setTimeout$/.test(resolveCallee(first, origins).name) ? { form: 'promisified', delay: undefined } : undefined;
  return last === 'once' && isTimeoutSignal(first) ? { form: 'timeout_signal', delay: first } : undefined;
}

function callDelay(call: ts.CallExpression, origins: Origins, text: string): Delay | undefined {
  const callee = resolveCallee(call.expression, origins);
  return timedDelay(call, callee, text) ?? indirectDelay(call, callee.name.split('.').at(-1) ?? '', origins) ?? helperDelay(call, callee);
}

const isClockCall = (node: ts.Node): boolean => (ts.isCallExpression(node) || ts.isNewExpression(node)) && CLOCK.test(node.expression.getText());

/** A call that is neither the clock's nor arithmetic. */
const isWork = (node: ts.Node): boolean => ts.isAwaitExpression(node) || ts.isYieldExpression(node) || (ts.isCallExpression(node) && !isClockCall(node) && !/^(Atomics|Math|Number|BigInt)\b/.test(node.expression.getText()) && !/\.(getTime|valueOf)$/.test(node.expression.getText()));

/** A loop that looks at the clock and does nothing else. */
function isBusyLoop(node: ts.Node): boolean {
  if (!ts.isWhileStatement(node) && !ts.isDoStatement(node) && !ts.isForStatement(node)) return false;
  const parts = ts.isForStatement(node) ? [node.condition, node.incrementor, node.statement] : [node.expression, node.statement];
  const present = parts.filter((part) => part !== undefined);
  return present.some((part) => some(part, isClockCall)) && !present.some((part) => some(part, isWork));
}

/** Turns of a loop as written in its head: `5` of `for (let i = 0; i < 5; i += 1)`; undefined when that is no plain number. */
function turnsOf(node: ts.IterationStatement): number | undefined {
  const condition = ts.isForStatement(node) && node.condition !== undefined ? bare(node.condition) : undefined;
  if (condition === undefined || !ts.isBinaryExpression(condition) || !/^<=?$/.test(condition.operatorToken.getText())) return undefined;
  const limit = bare(condition.right);
  const named = ts.isIdentifier(limit) ? initialOf(limit) : undefined;
  const count = millisecondsOf(named ?? limit);
  return count < 0 ? undefined : count;
}

/** So few turns let what is queued run, and are no time to speak of. */
const MOST_TURNS = 20;
const TURN = /^(setImmediate|process\.nextTick|queueMicrotask|scheduler\.yield|promises\.setImmediate|promises\.scheduler\.yield)$/;

/** Whether an awaited expression only lets a turn of the event loop pass. */
function isTurn(awaited: ts.Expression, origins: Origins): boolean {
  const node = bare(awaited);
  const isNamed = (callee: ts.Expression): boolean => TURN.test(resolveCallee(callee, origins).name);
  if (ts.isCallExpression(node)) return isNamed(node.expression) || node.getText() === 'Promise.resolve()';
  if (!ts.isNewExpression(node) || node.expression.getText() !== 'Promise') return false;
  const [executor] = node.arguments ?? [];
  if (executor === undefined) return false;
  return ts.isIdentifier(executor) || ts.isPropertyAccessExpression(executor) ? isNamed(executor) : some(executor, (inner) => ts.isCallExpression(inner) && isNamed(inner.expression));
}

/** A loop that awaits turns and does nothing else, nor looks at anything but its counter. */
function isTurnLoop(node: ts.Node, origins: Origins): boolean {
  if (!ts.isForStatement(node) && !ts.isWhileStatement(node) && !ts.isDoStatement(node) && !ts.isForOfStatement(node)) return false;
  const statements = ts.isBlock(node.statement) ? node.statement.statements : [node.statement];
  const condition = ts.isForStatement(node) ? node.condition : ts.isForOfStatement(node) ? undefined : node.expression;
  const looks = condition !== undefined && some(condition, (inner) => ts.isCallExpression(inner) || ts.isPropertyAccessExpression(inner) || ts.isAwaitExpression(inner));
  if (looks || statements.length === 0 || (turnsOf(node) ?? Number.POSITIVE_INFINITY) <= MOST_TURNS) return false;
  return statements.every((statement) => {
    const expression = ts.isExpressionStatement(statement) ? bare(statement.expression) : undefined;
    if (expression === undefined) return false;
    if (ts.isAwaitExpression(expression)) return isTurn(expression.expression, origins);
    return ts.isPostfixUnaryExpression(expression) || ts.isPrefixUnaryExpression(expression) || (ts.isBinaryExpression(expression) && /^[-+]=$/.test(expression.operatorToken.getText()));
  }) && statements.some((statement) => ts.isExpressionStatement(statement) && ts.isAwaitExpression(bare(statement.expression)));
}

function delayAt(node: ts.Node, origins: Origins, text: string): Delay | undefined {
  if (ts.isCallExpression(node)) return callDelay(node, origins, text);
  if (ts.isTaggedTemplateExpression(node) && PROCESS_CALL.test(chainOf(node.tag).at(-1) ?? '') && SLEEP_COMMAND.test(node.template.getText().slice(1))) return { form: 'sleep_process', delay: undefined };
  if (isTurnLoop(node, origins)) return { form: 'turn_loop', delay: undefined };
  return isBusyLoop(node) ? { form: 'busy_loop', delay: undefined } : undefined;
}

/** A function that does nothing but let time pass, by which name it can be imported. */
function delayFunctions(unit: SourceUnit, origins: Origins): Row[] {
  const rows: Row[] = [];
  const passesTime = (body: ts.Node): boolean => {
    const only = ts.isBlock(body) && body.statements.length === 1 ? body.statements[0] : body;
    const expression = only !== undefined && (ts.isReturnStatement(only) || ts.isExpressionStatement(only)) ? only.expression : only;
    const inner = expression !== undefined && ts.isAwaitExpression(expression) ? expression.expression : expression;
    if (inner === undefined) return false;
    if (ts.isNewExpression(inner) && inner.expression.getText() === 'Promise') return some(inner, (node) => ts.isCallExpression(node) && callDelay(node, origins, '')?.form === 'promise_timer');
    return ts.isCallExpression(inner) && ['timers_promises', 'promisified', 'atomics'].includes(callDelay(inner, origins, '')?.form ?? '');
  };
  const add = (node: ts.Node, name: string): void => { rows.push({ ...unit.at(node), name }); };
  for (const statement of unit.source.statements) {
    const isExported = ts.canHaveModifiers(statement) && (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (!isExported) continue;
    if (ts.isFunctionDeclaration(statement) && statement.name !== undefined && statement.body !== undefined && passesTime(statement.body)) add(statement, statement.name.text);
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, initializer } of statement.declarationList.declarations) {
      const isDelay = initializer !== undefined && (isFunction(initializer) ? passesTime(initializer.body) : ts.isCallExpression(initializer) && callDelay(initializer, origins, '')?.form === 'promisified');
      if (isDelay) add(statement, name.getText());
    }
  }
  return rows;
}

/** Delays in test code, and functions anywhere that are nothing but a delay. */
export const testDelaySource: SyntaxSource = {
  name: 'test delays',
  tables: {
    /**
     * form: promise_timer (a promise that a timer resolves), dropped_timer (a timer that nothing cancels), timers_promises, promisified,
     * helper (a function named for it), atomics, sleep_process, busy_loop, timeout_signal or turn_loop (turns of the event loop, more than a few); delay: its length as written; ms: -1 when it is no plain
     * number; symbol: the function around it; fake_timers: the file replaces the clock.
     */
    test_delays: ['form', 'call', 'delay', 'ms', 'symbol', 'fake_timers'],
    // name: an exported function that only lets time pass.
    delay_functions: ['name'],
  },
  inner: ['delay_functions'],
  selects: (file) => !file.isGenerated,
  read: (unit) => {
    const origins = originsOf(unit);
    const text = unit.source.text;
    const rows: Row[] = [];
    const hasDelay = /setTimeout|setImmediate|nextTick|sleep|wait|delay|pause|timer|Date|performance|hrtime|AbortSignal|snooze|settle|stall|nap/i.test(text);
    if (!hasDelay) return {};
    if (isTestCode(unit.file)) {
      const fake = text.includes('useFakeTimers');
      visitAll(unit, (node) => {
        const found = delayAt(node, origins, text);
        if (found === undefined) return;
        rows.push({
          ...unit.at(node), form: found.form, call: briefText(node), delay: found.delay === undefined ? '' : briefText(found.delay), ms: ['promise_timer', 'dropped_timer', 'timers_promises', 'helper', 'atomics'].includes(found.form) ? millisecondsOf(found.delay) : -1,
          symbol: symbolAround(node), fake_timers: fake,
        });
      });
    }
    return { test_delays: rows, delay_functions: delayFunctions(unit, origins) };
  },
};

/** Imports of functions that only let time pass, by test code. */
export const delayImportSource: WorkspaceSource = {
  name: 'delay imports',
  tables: {
    // name: the function as its module exports it.
    delay_imports: ['name', 'module'],
  },
  read: (workspace, syntaxRows) => {
    const delays = new Map<string, Set<unknown>>();
    for (const { file, name } of syntaxRows.delay_functions ?? []) delays.set(file, (delays.get(file) ?? new Set()).add(name));
    const tests = new Set(workspace.files.filter(isTestCode).map(({ path }) => path));
    return {
      delay_imports: resolveImports(workspace, syntaxRows).flatMap(({ row, target }): Row[] => {
        const names = tests.has(row.file) && Array.isArray(row.names) ? row.names.filter((name) => delays.get(target)?.has(name)) : [];
        return names.map((name) => ({ file: row.file, line: row.line, project: row.project, name: String(name), module: String(row.module) }));
      }),
    };
  },
};
