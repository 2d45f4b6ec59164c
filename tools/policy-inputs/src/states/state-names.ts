import ts from 'typescript';

import { unwrap } from '../architecture/resolved-names.js';

const STATE_WORDS = new Set(['state', 'states', 'phase', 'phases', 'status', 'statuses', 'stage', 'stages', 'lifecycle', 'fsm']);

/** Whether a name ends with a word for states: `state`, `linkPhase`, `JOB_STATUS`, `#state`. */
export function isStateName(name: string): boolean {
  const words = name.replace(/^[#_]+|_+$/g, '').replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase().split(/[_-]/);
  return STATE_WORDS.has(words.at(-1) ?? '');
}

/** Text of a declared name; empty for patterns and computed names. */
export function declaredName(name: ts.Node | undefined): string {
  if (name === undefined) return '';
  if (ts.isIdentifier(name) || ts.isPrivateIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name)) return name.text.replace(/^#/, '');
  if (ts.isComputedPropertyName(name)) return declaredName(name.expression);
  return '';
}

/** What a type says of the strings it allows: its own, and the names it takes others from. */
export interface TypeMembers {
  readonly literals: readonly string[];
  readonly references: readonly string[];
}

const nothing: TypeMembers = { literals: [], references: [] };

function join(parts: readonly TypeMembers[]): TypeMembers {
  return { literals: parts.flatMap(({ literals }) => literals), references: parts.flatMap(({ references }) => references) };
}

/** Reads literals, names, `(typeof x)[number]` and `keyof typeof x` of a type, through unions, parentheses and `readonly`. */
export function membersOfType(type: ts.TypeNode | undefined): TypeMembers {
  if (type === undefined) return nothing;
  if (ts.isUnionTypeNode(type)) return join(type.types.map((each) => membersOfType(each)));
  if (ts.isParenthesizedTypeNode(type)) return membersOfType(type.type);
  if (ts.isLiteralTypeNode(type)) {
    const { literal } = type;
    return ts.isStringLiteralLike(literal) || ts.isNumericLiteral(literal) ? { literals: [literal.text], references: [] } : nothing;
  }
  if (ts.isTypeOperatorNode(type)) {
    const inner = membersOfType(type.type);
    return type.operator === ts.SyntaxKind.KeyOfKeyword ? { literals: [], references: inner.references.map((name) => `keyof ${name}`) } : inner;
  }
  if (ts.isTypeQueryNode(type)) return { literals: [], references: [type.exprName.getText()] };
  if (ts.isIndexedAccessTypeNode(type)) return membersOfType(type.objectType);
  if (!ts.isTypeReferenceNode(type)) return nothing;
  const name = type.typeName.getText();
  // A part of another set is no set of its own.
  if (name === 'Exclude' || name === 'Extract' || name === 'Readonly' || name === 'NonNullable') return { literals: [], references: membersOfType(type.typeArguments?.[0]).references };
  return { literals: [], references: [name] };
}

/** Literal texts that an expression can result in: of conditionals, `??`, `||` and `&&` all sides. */
export function literalResults(expression: ts.Expression): string[] {
  const node = unwrap(expression);
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isConditionalExpression(node)) return [...literalResults(node.whenTrue), ...literalResults(node.whenFalse)];
  if (ts.isBinaryExpression(node)) return [...literalResults(node.left), ...literalResults(node.right)];
  return [];
}

/** Name of the class, interface, type or function around a node; empty at the top of a file. */
export function ownerOf(node: ts.Node): string {
  for (let at = node.parent as ts.Node | undefined; at !== undefined; at = at.parent) {
    if (ts.isClassLike(at) || ts.isInterfaceDeclaration(at) || ts.isTypeAliasDeclaration(at) || ts.isFunctionDeclaration(at) || ts.isMethodDeclaration(at)) {
      if (at.name !== undefined && !ts.isMethodDeclaration(at)) return declaredName(at.name);
    }
    if (ts.isArrowFunction(at) && ts.isVariableDeclaration(at.parent)) return declaredName(at.parent.name);
  }
  return '';
}
