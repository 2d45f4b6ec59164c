import ts from 'typescript';

import type { Row, SourceUnit, SyntaxSource } from '../fact-source.js';
import { unwrap } from './resolved-names.js';

const collectionClass = /^(Weak)?(Map|Set)$|^Array$|Cache|Queue$|^LRU/i;
const collectionType = /^((Weak)?(Map|Set)|Array|Record)$|Cache|Queue$|^LRU/i;

/** Whether a type says that its value holds any number of things and can take more. */
function isCollectionType(type: ts.TypeNode | undefined): boolean {
  if (type === undefined) return false;
  if (ts.isParenthesizedTypeNode(type)) return isCollectionType(type.type);
  // `readonly T[]` is an operator over an array: nothing is added to it here.
  if (ts.isArrayTypeNode(type)) return true;
  if (ts.isUnionTypeNode(type)) return type.types.some(isCollectionType);
  if (ts.isTypeLiteralNode(type)) return type.members.some(ts.isIndexSignatureDeclaration);
  return ts.isTypeReferenceNode(type) && ts.isIdentifier(type.typeName) && collectionType.test(type.typeName.text);
}

function isCollection(value: ts.Expression | undefined): boolean {
  if (value === undefined) return false;
  const node = unwrap(value);
  if (ts.isArrayLiteralExpression(node)) return node.elements.length === 0;
  return ts.isNewExpression(node) && ts.isIdentifier(node.expression) && collectionClass.test(node.expression.text);
}

/** Arrays that nobody may add to, by their type: what fills them replaces them. */
function isReadonlyArray(type: ts.TypeNode | undefined): boolean {
  return type !== undefined && ts.isTypeOperatorNode(type) && type.operator === ts.SyntaxKind.ReadonlyKeyword;
}

function ownerOf(node: ts.Node): string {
  const { parent } = node;
  if (ts.isClassLike(parent) || ts.isInterfaceDeclaration(parent)) return parent.name?.text ?? '';
  return ts.isTypeAliasDeclaration(parent.parent) ? parent.parent.name.text : '';
}

function read(unit: SourceUnit): Row[] {
  const rows: Row[] = [];
  const visit = (node: ts.Node): void => {
    if ((ts.isPropertyDeclaration(node) || ts.isPropertySignature(node)) && ownerOf(node) !== '') {
      const initializer = ts.isPropertyDeclaration(node) ? node.initializer : undefined;
      if (isCollectionType(node.type) || (isCollection(initializer) && !isReadonlyArray(node.type))) rows.push({ ...unit.at(node), owner: ownerOf(node), name: node.name.getText() });
    }
    ts.forEachChild(node, visit);
  };
  visit(unit.source);
  return rows;
}

/** What objects of the Shield keep from one message to the next. */
export const keptCollectionSource: SyntaxSource = {
  name: 'kept collections',
  tables: {
    /** owner: class, interface or type; name: its field, which is a map, a set, an array or the like that can grow. */
    kept_collections: ['owner', 'name'],
  },
  selects: ({ path, isTest, isGenerated }) => /^apps\//.test(path) && !isTest && !isGenerated,
  read: (unit) => ({ kept_collections: unit.tags.includes('role:shield') || unit.file.path.startsWith('apps/shield/') ? read(unit) : [] }),
};
