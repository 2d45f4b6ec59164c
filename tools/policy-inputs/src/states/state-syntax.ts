import ts from 'typescript';

import { unwrap } from '../architecture/resolved-names.js';
import type { Row, SourceUnit, SyntaxSource } from '../fact-source.js';
import { declaredName, isStateName, literalResults, membersOfType, ownerOf } from './state-names.js';
import { readDrive } from './machine-drives.js';
import { readTable, usedTables, writeOf } from './transition-tables.js';

interface Found {
  readonly sets: Row[];
  readonly fields: Row[];
  readonly writes: Row[];
  readonly tables: Row[];
  readonly uses: Row[];
  readonly drives: Row[];
  readonly titles: Row[];
}

type SetForm = 'type' | 'const' | 'enum' | 'object' | 'keys' | 'tag' | 'tagged' | 'inline' | 'untyped';

/** Objects with more keys are tables of something else. */
const maxKeys = 40;

function addSet(unit: SourceUnit, found: Found, node: ts.Node, set: { name: string; form: SetForm; members: readonly string[]; references?: readonly string[] }): void {
  const { name, form, members, references = [] } = set;
  if (members.length > 0 || references.length > 0) found.sets.push({ ...unit.at(node), name, form, members: [...new Set(members)], references: [...references] });
}

/** Tags of a union of object types that are told apart by a state: `{ state: 'a' } | { state: 'b' }`. */
function taggedMembers(type: ts.TypeNode): string[] {
  const parts = ts.isUnionTypeNode(type) ? type.types : [];
  return parts.flatMap((part) => {
    const bare = ts.isTypeReferenceNode(part) && part.typeArguments?.length === 1 ? part.typeArguments[0] : part;
    if (bare === undefined || !ts.isTypeLiteralNode(bare)) return [];
    return bare.members.flatMap((member) => (ts.isPropertySignature(member) && isStateName(declaredName(member.name)) ? membersOfType(member.type).literals : []));
  });
}

function readAlias(unit: SourceUnit, found: Found, node: ts.TypeAliasDeclaration): void {
  const { literals, references } = membersOfType(node.type);
  addSet(unit, found, node, { name: node.name.text, form: 'type', members: literals, references });
  const tags = taggedMembers(node.type);
  if (tags.length > 1) addSet(unit, found, node, { name: `${node.name.text} (tagged)`, form: 'tagged', members: tags });
}

/** A declared name with a type or a first value: a field, variable or parameter. */
type Typed = ts.PropertySignature | ts.PropertyDeclaration | ts.VariableDeclaration | ts.ParameterDeclaration;

function isTyped(node: ts.Node): node is Typed {
  return ts.isPropertySignature(node) || ts.isPropertyDeclaration(node) || ts.isVariableDeclaration(node) || ts.isParameter(node);
}

function isChangeable(node: Typed): boolean {
  if (ts.isPropertyDeclaration(node)) return node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ReadonlyKeyword) !== true;
  return ts.isVariableDeclaration(node) && ts.isVariableDeclarationList(node.parent) && (node.parent.flags & ts.NodeFlags.Const) === 0;
}

/** A member of a union of object types is told apart by one literal; readAlias() has those. */
function readField(unit: SourceUnit, found: Found, node: Typed): void {
  const name = declaredName(node.name);
  if (!isStateName(name)) return;
  const { literals, references } = membersOfType(node.type);
  found.fields.push({ ...unit.at(node), owner: ownerOf(node), field: name, references: [...references] });
  if (literals.length + references.length > 1) addSet(unit, found, node, { name, form: 'inline', members: literals, references });
  if (ts.isPropertySignature(node) && literals.length === 1 && references.length === 0) addSet(unit, found, node, { name: ownerOf(node), form: 'tag', members: literals });
  const first = 'initializer' in node && node.initializer !== undefined ? literalResults(node.initializer) : [];
  const isText = node.type === undefined || node.type.kind === ts.SyntaxKind.StringKeyword;
  if (isText && first.length > 0 && isChangeable(node)) addSet(unit, found, node, { name, form: 'untyped', members: first });
}

function textsOf(nodes: readonly ts.Expression[]): string[] | undefined {
  const texts = nodes.map((node) => unwrap(node)).map((node) => (ts.isStringLiteralLike(node) ? node.text : undefined));
  return texts.some((text) => text === undefined) ? undefined : texts.filter((text) => text !== undefined);
}

/** `['a', 'b'] as const` and `{ A: 'a', B: 'b' } as const`, frozen ones included. */
function readConstant(unit: SourceUnit, found: Found, node: ts.VariableDeclaration): void {
  const name = declaredName(node.name);
  let value = node.initializer === undefined ? undefined : unwrap(node.initializer);
  if (value !== undefined && ts.isCallExpression(value) && value.expression.getText() === 'Object.freeze' && value.arguments[0] !== undefined) value = unwrap(value.arguments[0]);
  if (value === undefined || name === '') return;
  if (ts.isArrayLiteralExpression(value)) {
    const members = textsOf(value.elements);
    if (members !== undefined && members.length > 1) addSet(unit, found, node, { name, form: 'const', members });
  } else if (ts.isObjectLiteralExpression(value)) {
    const keys = value.properties.map((property) => declaredName(property.name)).filter((key) => key !== '');
    if (keys.length > 1 && keys.length <= maxKeys) addSet(unit, found, node, { name: `keyof ${name}`, form: 'keys', members: keys });
    if (!isStateName(name)) return;
    const values = value.properties.map((property) => (ts.isPropertyAssignment(property) ? unwrap(property.initializer) : undefined));
    const members = values.flatMap((each) => (each !== undefined && (ts.isStringLiteralLike(each) || ts.isNumericLiteral(each)) ? [each.text] : []));
    if (members.length > 1 && members.length === values.length) addSet(unit, found, node, { name, form: 'object', members });
  }
}

function readEnum(unit: SourceUnit, found: Found, node: ts.EnumDeclaration): void {
  const members = node.members.map((member) => (member.initializer === undefined ? declaredName(member.name) : literalResults(member.initializer)[0] ?? declaredName(member.name)));
  addSet(unit, found, node, { name: node.name.text, form: 'enum', members });
}

function readProduction(unit: SourceUnit, found: Found, node: ts.Node): void {
  if (ts.isTypeAliasDeclaration(node)) readAlias(unit, found, node);
  else if (ts.isEnumDeclaration(node)) readEnum(unit, found, node);
  if (isTyped(node)) readField(unit, found, node);
  if (ts.isVariableDeclaration(node)) {
    readConstant(unit, found, node);
    const table = readTable(node);
    if (table !== undefined) found.tables.push({ ...unit.at(node), ...table });
  }
  for (const write of writeOf(node)) found.writes.push({ ...unit.at(node), ...write, test: false });
  for (const name of usedTables(node)) found.uses.push({ ...unit.at(node), name });
}

/** What scripts say of states: sets of them, fields that hold one, writes to those, tables of transitions, and what drives machines. */
export const stateSyntaxSource: SyntaxSource = {
  name: 'state-syntax',
  tables: {
    // name: of the type, constant, enum or field; form; members: own texts; references: names of sets it takes others from.
    string_sets: ['name', 'form', 'members', 'references'],
    // owner: class, interface or function; field: its name, which is one for states; references: names in its type.
    state_fields: ['owner', 'field', 'references'],
    /** field: the name written to; values: texts that the written expression can be; by_table: it comes from a table of transitions; test: in test code. */
    state_writes: ['field', 'values', 'by_table', 'test'],
    // name: of the variable; states: its keys; arrows: `from event to`; is_whole: nothing of it is computed.
    transition_tables: ['name', 'states', 'arrows', 'is_whole'],
    // name: of a table of transitions that is looked into.
    table_uses: ['name'],
    // document, reach, events: as given to driveMachine(); live: it runs.
    machine_drives: ['document', 'reach', 'events', 'live'],
    // id: of an invariant that a test's title names; live: the test runs.
    invariant_tests: ['id', 'live'],
  },
  inner: ['string_sets', 'state_fields', 'transition_tables', 'table_uses', 'machine_drives', 'invariant_tests'],
  selects: (file) => !file.isGenerated && !file.path.endsWith('.d.ts') && !file.path.endsWith('.d.mts'),
  read: (unit) => {
    const found: Found = { sets: [], fields: [], writes: [], tables: [], uses: [], drives: [], titles: [] };
    const visit = (node: ts.Node): void => {
      if (!unit.file.isTest) readProduction(unit, found, node);
      else if (ts.isCallExpression(node)) {
        const { drives, titles } = readDrive(node);
        for (const drive of drives) found.drives.push({ ...unit.at(node), ...drive });
        for (const title of titles) found.titles.push({ ...unit.at(node), ...title });
      }
      ts.forEachChild(node, visit);
    };
    visit(unit.source);
    return {
      string_sets: found.sets, state_fields: found.fields, state_writes: found.writes, transition_tables: found.tables,
      table_uses: found.uses, machine_drives: found.drives, invariant_tests: found.titles,
    };
  },
};
