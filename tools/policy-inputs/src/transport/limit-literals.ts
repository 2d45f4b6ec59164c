import ts from 'typescript';

import { namesOf, unwrap, type NameResolver } from '../architecture/resolved-names.js';
import type { Row, SourceUnit, SyntaxSource } from '../fact-source.js';

/** Options of WebSocket implementations that bound what one message may hold, or how long a connection may be silent. */
const PAYLOAD = /^(maxPayload|maxPayloadLength|maxFrameSize|maxReceivedFrameSize|maxReceivedMessageSize|maxHttpBufferSize)$/;
/** The same in our own listeners. */
const OWN_PAYLOAD = /^max(Message|Frame|Envelope)Bytes$/;
const SILENCE = /^(idleTimeout)$/;
/** Constructors whose own default lies above every cap. */
const UNBOUNDED = /^ws#(default\.)?(WebSocket|WebSocketServer|Server|WebSocket\.Server)?$/;
const CAP = /^(@arqonbus\/errors|\.\/[\w./-]*governed[\w.-]*)#hardCaps\./;
const maxDepth = 8;

type Value = number | 'raised' | undefined;

const arithmetic: Readonly<Partial<Record<ts.SyntaxKind, (a: number, b: number) => number>>> = {
  [ts.SyntaxKind.AsteriskToken]: (a, b) => a * b,
  [ts.SyntaxKind.AsteriskAsteriskToken]: (a, b) => a ** b,
  [ts.SyntaxKind.PlusToken]: (a, b) => a + b,
  [ts.SyntaxKind.MinusToken]: (a, b) => a - b,
  [ts.SyntaxKind.SlashToken]: (a, b) => a / b,
  [ts.SyntaxKind.LessThanLessThanToken]: (a, b) => a << b,
};

function ofBinary(names: NameResolver, node: ts.BinaryExpression, depth: number): Value {
  const apply = arithmetic[node.operatorToken.kind];
  const [left, right] = [numberOf(names, node.left, depth + 1), numberOf(names, node.right, depth + 1)];
  if (left === 'raised' || right === 'raised') return 'raised';
  if (apply !== undefined && typeof left === 'number' && typeof right === 'number') return apply(left, right);
  // More than a cap by its own words: `hardCaps.frameBytes * 8`.
  const grows = [ts.SyntaxKind.AsteriskToken, ts.SyntaxKind.AsteriskAsteriskToken, ts.SyntaxKind.PlusToken, ts.SyntaxKind.LessThanLessThanToken].includes(node.operatorToken.kind);
  const isOfCap = (side: ts.Expression): boolean => CAP.test(names.nameOf(side) ?? '');
  if (grows && (isOfCap(node.left) || isOfCap(node.right))) return 'raised';
  // `given ?? 16_777_216`: what holds when nothing is given.
  return node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken || node.operatorToken.kind === ts.SyntaxKind.BarBarToken ? right : undefined;
}

/** A number that the file itself writes, by whatever name; `raised` for more than a hard cap; undefined for what comes from elsewhere. */
function numberOf(names: NameResolver, expression: ts.Expression, depth = 0): Value {
  const node = unwrap(expression);
  if (depth > maxDepth) return undefined;
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (ts.isBinaryExpression(node)) return ofBinary(names, node, depth);
  if (ts.isConditionalExpression(node)) return most([numberOf(names, node.whenTrue, depth + 1), numberOf(names, node.whenFalse, depth + 1)]);
  if (ts.isCallExpression(node)) return ofCall(names, node, depth);
  const name = names.nameOf(node) ?? '';
  if (/^#(Number\.)?(Infinity|POSITIVE_INFINITY|MAX_SAFE_INTEGER|MAX_VALUE)$/.test(name)) return 'raised';
  const declaration = ts.isIdentifier(node) ? names.declarationOf(node) : undefined;
  const isConstant = declaration !== undefined && ts.isVariableDeclaration(declaration) && ts.isIdentifier(declaration.name);
  return isConstant && declaration.initializer !== undefined ? numberOf(names, declaration.initializer, depth + 1) : undefined;
}

function most(values: readonly Value[]): Value {
  if (values.includes('raised')) return 'raised';
  const numbers = values.filter((value) => typeof value === 'number');
  return numbers.length === 0 ? undefined : Math.max(...numbers);
}

/** `Number('9e9')`, and the larger of a cap and something else. */
function ofCall(names: NameResolver, call: ts.CallExpression, depth: number): Value {
  const name = names.nameOf(call.expression);
  const [first] = call.arguments;
  if (name === '#Number' || name === '#Number.parseInt' || name === '#parseInt') {
    const text = first === undefined ? undefined : names.textOf(first);
    return text === undefined ? undefined : Number(text);
  }
  if (name !== '#Math.max') return undefined;
  return call.arguments.some((one) => CAP.test(names.nameOf(one) ?? '')) ? 'raised' : most(call.arguments.map((one) => numberOf(names, one, depth + 1)));
}

/** The option that a node sets, and what it sets it to. */
function setting(node: ts.Node, names: NameResolver): { readonly option: string; readonly value: ts.Expression } | undefined {
  if (ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node)) {
    const { name } = node;
    const option = ts.isComputedPropertyName(name) ? names.textOf(name.expression) : ts.isIdentifier(name) || ts.isStringLiteralLike(name) ? name.text : undefined;
    return option === undefined ? undefined : { option, value: ts.isPropertyAssignment(node) ? node.initializer : node.name };
  }
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.EqualsToken) return undefined;
  const { left, right } = node;
  if (ts.isPropertyAccessExpression(left)) return { option: left.name.text, value: right };
  const option = ts.isElementAccessExpression(left) ? names.textOf(left.argumentExpression) : undefined;
  return option === undefined ? undefined : { option, value: right };
}

/** Whether a WebSocket is made without a bound of its own: options written in place that have none, or no options. */
function isUnbounded(node: ts.NewExpression, names: NameResolver): boolean {
  const name = names.nameOf(node.expression) ?? '';
  if (!UNBOUNDED.test(name)) return false;
  const literals = (node.arguments ?? []).map(unwrap);
  const options = literals.find(ts.isObjectLiteralExpression);
  const isGiven = options === undefined
    ? literals.length > 1 || (/Server$/.test(name) && literals.length > 0)
    : options.properties.some((property) => ts.isSpreadAssignment(property) || (property.name !== undefined && PAYLOAD.test(property.name.getText().replace(/['"]/g, ''))));
  return !isGiven;
}

/** Bounds of messages and silence that code writes beside the settings. */
export const limitLiteralSource: SyntaxSource = {
  name: 'limit literals',
  tables: {
    /** option: as written; kind: payload or silence; value: the number, 0 where there is none; form: number, raised (above a hard cap by its own words) or none (no bound is given). */
    limit_literals: ['option', 'kind', 'value', 'form'],
  },
  selects: ({ path, isTest, isGenerated }) => /^(apps|libs)\//.test(path) && !isTest && !isGenerated,
  read: (unit: SourceUnit) => {
    const names = namesOf(unit);
    const rows: Row[] = [];
    const visit = (node: ts.Node): void => {
      const found = setting(node, names);
      const kind = found === undefined ? undefined : PAYLOAD.test(found.option) || OWN_PAYLOAD.test(found.option) ? 'payload' : SILENCE.test(found.option) ? 'silence' : undefined;
      if (found !== undefined && kind !== undefined) {
        const value = numberOf(names, found.value);
        if (value !== undefined) rows.push({ ...unit.at(node), option: found.option, kind, value: value === 'raised' || !Number.isFinite(value) ? 0 : value, form: value === 'raised' || !Number.isFinite(value) ? 'raised' : 'number' });
      }
      if (ts.isNewExpression(node) && isUnbounded(node, names)) rows.push({ ...unit.at(node), option: 'maxPayload', kind: 'payload', value: 0, form: 'none' });
      ts.forEachChild(node, visit);
    };
    visit(unit.source);
    return { limit_literals: rows };
  },
};
