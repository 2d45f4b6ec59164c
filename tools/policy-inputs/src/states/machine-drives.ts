import ts from 'typescript';

import { unwrap } from '../architecture/resolved-names.js';
import { declaredName } from './state-names.js';

const IDLE = new Set(['skip', 'todo', 'skipIf', 'fails']);
const SUITE = /^(describe|suite|it|test)$/;
const INVARIANT = /\bI-[1-9][0-9]*\b/g;

interface Driven {
  readonly drives: readonly { readonly document: string; readonly reach: readonly string[]; readonly events: readonly string[]; readonly live: boolean }[];
  readonly titles: readonly { readonly id: string; readonly live: boolean }[];
}

/** Names along `it.each(…).skip`, outermost first. */
function chainOf(expression: ts.Expression): string[] {
  const node = unwrap(expression);
  if (ts.isIdentifier(node)) return [node.text];
  if (ts.isPropertyAccessExpression(node)) return [...chainOf(node.expression), node.name.text];
  return ts.isCallExpression(node) || ts.isTaggedTemplateExpression(node) ? chainOf(ts.isCallExpression(node) ? node.expression : node.tag) : [];
}

function isIdle(chain: readonly string[]): boolean {
  return chain.some((name) => IDLE.has(name)) || /^x(it|test|describe)$/.test(chain[0] ?? '');
}

/** Whether nothing around the call keeps it from running. */
function isLive(call: ts.CallExpression): boolean {
  for (let at: ts.Node = call; !ts.isSourceFile(at); at = at.parent) {
    if (ts.isCallExpression(at) && isIdle(chainOf(at.expression))) return false;
    // What stands in a condition may never run.
    if (ts.isIfStatement(at) || ts.isConditionalExpression(at)) return false;
  }
  return true;
}

/** Keys of an object literal, also of one that a variable of the file holds. */
function keysOf(value: ts.Expression | undefined): string[] {
  if (value === undefined) return [];
  const node = unwrap(value);
  if (ts.isIdentifier(node)) {
    let declared: ts.Expression | undefined;
    const visit = (each: ts.Node): void => {
      if (ts.isVariableDeclaration(each) && declaredName(each.name) === node.text) declared = each.initializer;
      ts.forEachChild(each, visit);
    };
    visit(node.getSourceFile());
    return declared !== undefined && !ts.isIdentifier(unwrap(declared)) ? keysOf(declared) : [];
  }
  if (!ts.isObjectLiteralExpression(node)) return [];
  return node.properties.map((property) => declaredName(property.name)).filter((name) => name !== '');
}

function propertyOf(object: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  for (const property of object.properties) {
    if (declaredName(property.name) !== name) continue;
    if (ts.isPropertyAssignment(property)) return property.initializer;
    if (ts.isShorthandPropertyAssignment(property)) return property.name;
  }
  return undefined;
}

/** What a call of a test file proves: a machine that is driven over its document, invariants that a title names. */
export function readDrive(call: ts.CallExpression): Driven {
  const chain = chainOf(call.expression);
  const [first, second] = call.arguments;
  if (chain.length === 1 && chain[0] === 'driveMachine' && first !== undefined && second !== undefined) {
    const options = unwrap(second);
    if (!ts.isObjectLiteralExpression(options)) return { drives: [], titles: [] };
    const document = propertyOf(options, 'document');
    const name = document !== undefined && ts.isStringLiteralLike(document) ? document.text : '';
    const live = isLive(call) && !isIdle(chainOf(first));
    return { drives: [{ document: name, reach: keysOf(propertyOf(options, 'reach')), events: keysOf(propertyOf(options, 'events')), live }], titles: [] };
  }
  if (!SUITE.test(chain[0] ?? '') || chain[0] === 'describe' || chain[0] === 'suite' || first === undefined || second === undefined) return { drives: [], titles: [] };
  const title = ts.isStringLiteralLike(first) ? first.text : ts.isTemplateExpression(first) ? first.getText() : '';
  const live = isLive(call);
  return { drives: [], titles: [...new Set(title.match(INVARIANT) ?? [])].map((id) => ({ id, live })) };
}
