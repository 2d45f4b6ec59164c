import ts from 'typescript';

import type { Row, SyntaxSource } from '../fact-source.js';

/** Files that declare settings; the source `configuration` reads them. */
export const schemaFileSource: SyntaxSource = {
  name: 'schema-files',
  tables: {
    // Each call of `defineSettings` in production code. `local`: the name it is called by there, `by_name`: not as a member of something else.
    setting_schemas: ['local', 'by_name'],
  },
  inner: ['setting_schemas'],
  selects: ({ path, isTest, isGenerated }) => !isTest && !isGenerated && /^(apps|libs|tools)\//.test(path) && !path.startsWith('libs/config/src/') && /\.[cm]?[jt]sx?$/.test(path),
  read: (unit) => {
    const rows: Row[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isImportSpecifier(node) && (node.propertyName ?? node.name).text === 'defineSettings') rows.push({ ...unit.at(node), local: node.name.text, by_name: true });
      else if (ts.isPropertyAccessExpression(node) && node.name.text === 'defineSettings') rows.push({ ...unit.at(node), local: node.getText(), by_name: false });
      ts.forEachChild(node, visit);
    };
    visit(unit.source);
    return { setting_schemas: rows };
  },
};
