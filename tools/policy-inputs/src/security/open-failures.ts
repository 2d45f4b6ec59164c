import ts from 'typescript';

import type { Row, SourceUnit, SyntaxSource } from '../fact-source.js';
import { returnedBy } from './expression-text.js';
import { bare, calleeName, eachNode, functionAround, functionName, lastName, namesOf, propertyName, type FileNames } from './file-names.js';

const ALLOWING_WORDS = new Set(['accept', 'accepted', 'admit', 'admitted', 'allow', 'allowed', 'authorized', 'clean', 'grant', 'granted', 'ok', 'pass', 'permit', 'permitted', 'valid']);
const ALLOWING_FLAG = /^(is|was|has)?(accept|admit|allow|authenticat|authori[sz]|covers?|grant|ok|pass|permi|proceed|safe|trusted|valid|verified)/i;
const DECIDING = /^(action|decision|effect|intended|kind|outcome|result|status|verdict)$/i;
const ADMITTING_CALLS = new Set(['accept', 'admit', 'allow', 'grant', 'handleUpgrade', 'next', 'permit', 'upgrade']);
const SETTLING_CALLS = new Set(['callback', 'cb', 'done', 'resolve']);
/** Functions whose no lets someone in: `isRevoked`, `mustRefuse`. */
const DENYING_NAME = /^[#_]?(is|are|was|has|have|must|should|needs?|does|in)[A-Za-z0-9]*(Denied|Deny|Denies|Denylisted|Revoked|Blocked|Blocks?|Blacklisted|Banned|Barred|Expired|Forbidden|Rejected|Rejects?|Refused?|Refuses|Suspended|Locked|LockedOut|Throttled|Exceeded|Exhausted|Compromised|Infected|Stolen|Retired|OverLimit|OverQuota)$/;
const ERROR_NAME = /^(e|err|error|failure|cause|reason|ex|exception)$/i;

/** Whether a value says yes. */
function saysYes(node: ts.Expression, names: FileNames, depth = 0): boolean {
  const at = bare(node);
  if (depth > 4) return false;
  if (at.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (ts.isStringLiteralLike(at)) return ALLOWING_WORDS.has(at.text.toLowerCase()) || /^allow/i.test(at.text);
  if (ts.isPrefixUnaryExpression(at)) return at.operator === ts.SyntaxKind.ExclamationToken && (at.operand.kind === ts.SyntaxKind.FalseKeyword || at.operand.getText() === '0');
  if (ts.isConditionalExpression(at)) return saysYes(at.whenTrue, names, depth + 1) || saysYes(at.whenFalse, names, depth + 1);
  if (ts.isObjectLiteralExpression(at)) return at.properties.some((property) => propertySaysYes(property, names, depth + 1));
  if (ts.isCallExpression(at)) return admits(at, names, depth + 1);
  // Yes to some failures is yes.
  if (ts.isBinaryExpression(at) && at.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword) return ERROR_NAME.test(at.left.getText());
  if (ts.isBinaryExpression(at)) return saysYes(at.right, names, depth + 1) && at.operatorToken.kind !== ts.SyntaxKind.AmpersandAmpersandToken && !isComparison(at.operatorToken.kind);
  return isYesName(at, names, depth);
}

/** `Decision.Allow`, a constant that holds yes, or an imported one that is named for it. */
function isYesName(at: ts.Expression, names: FileNames, depth: number): boolean {
  if (ts.isPropertyAccessExpression(at)) return ALLOWING_WORDS.has(at.name.text.toLowerCase()) && /^[A-Z]/.test(lastName(at.expression));
  if (!ts.isIdentifier(at)) return false;
  const origin = names.find(at.text, at);
  if (origin?.kind === 'value') return origin.path.length === 0 && saysYes(origin.initializer, names, depth + 1);
  return origin?.kind === 'import' && /^(ALLOW|allow|ACCEPT|PERMIT)(ed|All|Everything|_[A-Z]+)?$/.test(at.text);
}

function isComparison(kind: ts.SyntaxKind): boolean {
  return [ts.SyntaxKind.EqualsEqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsEqualsToken, ts.SyntaxKind.EqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsToken].includes(kind);
}

function propertySaysYes(property: ts.ObjectLiteralElementLike, names: FileNames, depth: number): boolean {
  if (!ts.isPropertyAssignment(property)) return false;
  const name = propertyName(property);
  const value = bare(property.initializer);
  if (ALLOWING_FLAG.test(name)) return value.kind === ts.SyntaxKind.TrueKeyword || saysYes(value, names, depth);
  return DECIDING.test(name) && saysYes(value, names, depth);
}

/** Whether a call lets someone in: `next()`, `accept(…)`, `resolve(true)`, `done(null, true)`. */
function admits(node: ts.CallExpression, names: FileNames, depth = 0): boolean {
  const name = calleeName(node);
  const given = node.arguments;
  if (name === 'next') return given.length === 0;
  if (ADMITTING_CALLS.has(name) || /^(allow|accept|admit|grant|permit)[A-Z]/.test(name)) return !given.some((argument) => bare(argument).kind === ts.SyntaxKind.FalseKeyword);
  if (!SETTLING_CALLS.has(name)) {
    const returned = returnedBy(node, names);
    return returned !== undefined && saysYes(returned, names, depth + 1);
  }
  const last = given.at(-1);
  return last !== undefined && saysYes(last, names, depth + 1);
}

/** Whether a value says no. */
function saysNo(node: ts.Expression, names: FileNames, depth = 0): boolean {
  const at = bare(node);
  if (depth > 4) return false;
  if (at.kind === ts.SyntaxKind.FalseKeyword || at.kind === ts.SyntaxKind.NullKeyword || at.getText() === 'undefined') return true;
  if (ts.isPrefixUnaryExpression(at)) return at.operator === ts.SyntaxKind.ExclamationToken && at.operand.kind === ts.SyntaxKind.TrueKeyword;
  if (ts.isConditionalExpression(at)) return saysNo(at.whenTrue, names, depth + 1) || saysNo(at.whenFalse, names, depth + 1);
  if (ts.isCallExpression(at)) {
    const [first] = at.arguments;
    return /^(resolve|Boolean)$/.test(calleeName(at)) && first !== undefined && saysNo(first, names, depth + 1);
  }
  const origin = ts.isIdentifier(at) ? names.find(at.text, at) : undefined;
  return origin?.kind === 'value' && origin.path.length === 0 && saysNo(origin.initializer, names, depth + 1);
}

/** Whether the nearest function with a name says by it that yes keeps someone out. */
function isDenying(node: ts.Node): boolean {
  for (let at: ts.Node | undefined = node; at !== undefined && !ts.isSourceFile(at); at = at.parent) {
    const name = ts.isFunctionLike(at) ? functionName(at) : '';
    if (name !== '') return DENYING_NAME.test(name);
  }
  return false;
}

/** How a statement or body of a function that denies answers no; empty when it does not. */
function missing(body: ts.Node, names: FileNames): string {
  if (ts.isExpression(body) && !ts.isFunctionLike(body)) return saysNo(body, names) ? 'answers no to a denial' : '';
  let found = '';
  const visit = (node: ts.Node): void => {
    if (found !== '' || (node !== body && ts.isFunctionLike(node))) return;
    if (ts.isReturnStatement(node) && (node.expression === undefined || saysNo(node.expression, names))) found = 'returns no to a denial';
    else ts.forEachChild(node, visit);
  };
  visit(body);
  return found;
}

/** How a statement or body lets someone in; empty when it does not. Functions within it are not looked at. */
function opening(body: ts.Node, names: FileNames): string {
  if (isDenying(body)) return missing(body, names);
  if (ts.isExpression(body) && !ts.isFunctionLike(body)) return saysYes(body, names) ? 'answers yes' : '';
  let found = '';
  const visit = (node: ts.Node): void => {
    if (found !== '' || (node !== body && ts.isFunctionLike(node))) return;
    if (ts.isReturnStatement(node) && node.expression !== undefined && saysYes(node.expression, names)) found = 'returns yes';
    else if (ts.isExpressionStatement(node) && ts.isCallExpression(bare(node.expression)) && admits(bare(node.expression) as ts.CallExpression, names)) found = 'lets through';
    else if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken && (ALLOWING_FLAG.test(lastName(node.left)) || DECIDING.test(lastName(node.left))) && saysYes(node.right, names)) found = `sets ${lastName(node.left)}`;
    else ts.forEachChild(node, visit);
  };
  visit(body);
  return found;
}

function endsAbruptly(block: ts.Block): boolean {
  const last = block.statements.at(-1);
  if (last === undefined) return false;
  if (ts.isReturnStatement(last) || ts.isThrowStatement(last) || ts.isContinueStatement(last) || ts.isBreakStatement(last)) return true;
  return ts.isIfStatement(last) && last.elseStatement !== undefined && [last.thenStatement, last.elseStatement].every((branch) => !ts.isBlock(branch) || endsAbruptly(branch));
}

/** What follows a try whose catch block goes on: the answer that everybody then gets. */
function afterwards(node: ts.TryStatement, names: FileNames): string {
  let at: ts.Node = node;
  while (!ts.isFunctionLike(at) && !ts.isSourceFile(at)) {
    const { parent } = at;
    if (ts.isBlock(parent)) {
      const following = parent.statements.slice(parent.statements.indexOf(at as ts.Statement) + 1);
      const end = following.find((statement) => ts.isReturnStatement(statement) || ts.isThrowStatement(statement) || opening(statement, names) !== '');
      if (end !== undefined) return ts.isThrowStatement(end) || opening(end, names) === '' ? '' : isDenying(end) ? 'goes on and answers no to a denial' : 'goes on and answers yes';
    }
    at = parent;
  }
  return '';
}

/** Statements that do no more than tell of the failure. */
function onlyTells(block: ts.Block): boolean {
  return block.statements.every((statement) => {
    if (ts.isEmptyStatement(statement)) return true;
    if (ts.isReturnStatement(statement)) return statement.expression === undefined;
    if (!ts.isExpressionStatement(statement)) return false;
    const call = bare(statement.expression);
    return ts.isVoidExpression(call) || (ts.isCallExpression(call) && /^(debug|info|warn|error|critical|log|note|report|trace|increment|inc|add)$/.test(calleeName(call)));
  });
}

function hasAnswer(node: ts.Node): boolean {
  let found = false;
  eachNode(node, (at) => { if (ts.isReturnStatement(at) && at.expression !== undefined) found = true; });
  return found;
}

function ofTry(node: ts.TryStatement, names: FileNames): readonly { at: ts.Node; site: string; outcome: string }[] {
  const found: { at: ts.Node; site: string; outcome: string }[] = [];
  const { catchClause, finallyBlock } = node;
  if (catchClause !== undefined) {
    const { block } = catchClause;
    const within = opening(block, names);
    const outcome = within === '' && !endsAbruptly(block) ? afterwards(node, names) : within;
    const owner = functionAround(node);
    if (outcome !== '') found.push({ at: catchClause, site: 'catch', outcome });
    else if (onlyTells(block) && owner !== undefined && !hasAnswer(owner) && mayRefuse(node.tryBlock)) found.push({ at: catchClause, site: 'catch', outcome: 'swallows the refusal' });
  }
  if (finallyBlock !== undefined) found.push({ at: finallyBlock, site: 'finally', outcome: opening(finallyBlock, names) });
  return found;
}

/** Whether a block refuses by throwing, itself or in a function that is named for it. */
function mayRefuse(block: ts.Block): boolean {
  let found = false;
  eachNode(block, (node) => {
    if (ts.isThrowStatement(node) || (ts.isCallExpression(node) && /^(verify|authori[sz]e|authenticate|check|require|assert|ensure|enforce|admit|inspect|validate)/i.test(calleeName(node)))) found = true;
  });
  return found;
}

/** Names of the functions around a node, outermost first. */
function functionsAround(node: ts.Node): readonly string[] {
  const found: string[] = [];
  for (let at = functionAround(node); at !== undefined; at = functionAround(at)) {
    const name = functionName(at);
    if (name !== '') found.unshift(name);
  }
  return found;
}

function callbackBody(node: ts.Expression | undefined): ts.Node | undefined {
  if (node === undefined) return undefined;
  const at = bare(node);
  return ts.isArrowFunction(at) || ts.isFunctionExpression(at) ? at.body : undefined;
}

function ofCall(node: ts.CallExpression, names: FileNames): readonly { at: ts.Node; site: string; outcome: string }[] {
  const name = calleeName(node);
  const index = name === 'catch' ? 0 : name === 'then' ? 1 : undefined;
  const body = index === undefined ? undefined : callbackBody(node.arguments[index]);
  if (body !== undefined) return [{ at: body, site: 'rejection', outcome: opening(body, names) }];
  const late = name === 'setTimeout' ? callbackBody(node.arguments[0]) : undefined;
  return late === undefined ? [] : [{ at: late, site: 'timeout', outcome: opening(late, names) }];
}

/** `if (err) return next()` of callbacks that are told of a failure. */
function ofErrorBranch(node: ts.IfStatement, names: FileNames): readonly { at: ts.Node; site: string; outcome: string }[] {
  const test = bare(node.expression);
  const subject = ts.isBinaryExpression(test) && [ts.SyntaxKind.ExclamationEqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsToken, ts.SyntaxKind.InstanceOfKeyword].includes(test.operatorToken.kind) ? bare(test.left) : test;
  if (!ts.isIdentifier(subject) || !ERROR_NAME.test(subject.text)) return [];
  return [{ at: node, site: 'error branch', outcome: opening(node.thenStatement, names) }];
}

function ofFallback(node: ts.BinaryExpression, names: FileNames): readonly { at: ts.Node; site: string; outcome: string }[] {
  const { kind } = node.operatorToken;
  if (kind !== ts.SyntaxKind.QuestionQuestionToken && kind !== ts.SyntaxKind.BarBarToken) return [];
  const right = bare(node.right);
  const isPlain = right.kind === ts.SyntaxKind.TrueKeyword || ts.isStringLiteralLike(right) || ts.isObjectLiteralExpression(right);
  if (isDenying(node)) return [{ at: node, site: 'fallback', outcome: right.kind === ts.SyntaxKind.FalseKeyword && kind === ts.SyntaxKind.QuestionQuestionToken ? 'answers no to a denial' : '' }];
  return [{ at: node, site: 'fallback', outcome: isPlain && saysYes(right, names) ? 'answers yes' : '' }];
}

/** `answer.status === 'fulfilled' ? answer.value : true`: what a rejection is turned into. */
function ofSettled(node: ts.ConditionalExpression, names: FileNames): readonly { at: ts.Node; site: string; outcome: string }[] {
  const test = bare(node.condition);
  if (!ts.isBinaryExpression(test) || !/^[!=]==?$/.test(test.operatorToken.getText()) || !/(^|\.)status$/.test(bare(test.left).getText())) return [];
  const state = bare(test.right);
  if (!ts.isStringLiteralLike(state) || !/^(fulfilled|rejected)$/.test(state.text)) return [];
  const isFirst = (state.text === 'rejected') === test.operatorToken.getText().startsWith('=');
  return [{ at: node, site: 'rejection', outcome: opening(isFirst ? node.whenTrue : node.whenFalse, names) }];
}

/** `Promise.race([check(), limit.then(() => true)])`: the answer of the one that is no check. */
function ofRace(node: ts.CallExpression, names: FileNames): readonly { at: ts.Node; site: string; outcome: string }[] {
  const [list] = node.arguments;
  if (!/^Promise\.(race|any)$/.test(node.expression.getText()) || list === undefined || !ts.isArrayLiteralExpression(list)) return [];
  return list.elements.map(bare).flatMap((element) => {
    const isThen = ts.isCallExpression(element) && calleeName(element) === 'then';
    const body = isThen ? callbackBody(element.arguments[0]) : undefined;
    const answer = ts.isCallExpression(element) && calleeName(element) === 'setTimeout' ? element.arguments[1] : undefined;
    const at = body ?? answer;
    return at === undefined ? [] : [{ at, site: 'timeout', outcome: opening(at, names) }];
  });
}

function sitesOf(node: ts.Node, names: FileNames): readonly { at: ts.Node; site: string; outcome: string }[] {
  if (ts.isConditionalExpression(node)) return ofSettled(node, names);
  if (ts.isTryStatement(node)) return ofTry(node, names);
  if (ts.isCallExpression(node)) return [...ofCall(node, names), ...ofRace(node, names)];
  if (ts.isDefaultClause(node)) {
    const outcome = node.statements.map((statement) => opening(statement, names)).find((one) => one !== '') ?? '';
    return [{ at: node, site: 'default', outcome }];
  }
  if (ts.isIfStatement(node)) return ofErrorBranch(node, names);
  return ts.isBinaryExpression(node) ? ofFallback(node, names) : [];
}

/** Places where a failure, or a case that nobody thought of, is answered with yes. */
export const openFailureSource: SyntaxSource = {
  name: 'open-failures',
  tables: {
    /**
     * site: catch, finally, rejection, timeout, default, error branch or fallback; outcome: what happens there; functions: names of the functions around,
     * outermost first; test: in test code. Only sites that let someone in are listed.
     */
    open_failures: ['site', 'outcome', 'functions', 'test'],
  },
  selects: (file) => !file.isGenerated,
  read: (unit: SourceUnit) => {
    const names = namesOf(unit.source);
    const rows: Row[] = [];
    eachNode(unit.source, (node) => {
      for (const { at, site, outcome } of sitesOf(node, names)) {
        if (outcome !== '') rows.push({ ...unit.at(at), site, outcome, functions: functionsAround(at), test: unit.file.isTest });
      }
    });
    return { open_failures: rows };
  },
};
