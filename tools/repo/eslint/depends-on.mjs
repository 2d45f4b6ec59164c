import { LAYER_ROWS, ROLE_ROWS, TEST_ONLY_LAYERS } from './layer-table.mjs';

const withSubpaths = (names) => names.flatMap((name) => [name, `${name}/*`]);

function constraint(tag, row) {
  return {
    sourceTag: tag,
    ...(row.mayDependOn === undefined ? {} : { onlyDependOnLibsWithTags: row.mayDependOn }),
    ...(row.mustNotDependOn === undefined ? {} : { notDependOnLibsWithTags: row.mustNotDependOn }),
    ...(row.bannedPackages.length === 0 ? {} : { bannedExternalImports: withSubpaths(row.bannedPackages) }),
    ...(row.onlyExternal === undefined ? {} : { allowedExternalImports: withSubpaths(row.onlyExternal) }),
  };
}

/** Tests may add the test kit and tools to what their project may use, and any package the project declares. */
function testConstraint(tag, row) {
  if (row.mayDependOn === undefined) return [];
  return [{ sourceTag: tag, onlyDependOnLibsWithTags: [...new Set([...row.mayDependOn, ...TEST_ONLY_LAYERS])] }];
}

const rows = [...Object.entries(LAYER_ROWS), ...Object.entries(ROLE_ROWS)];

/** Options of `@nx/enforce-module-boundaries` for production files. */
export const PRODUCTION_BOUNDARIES = {
  allow: [],
  banTransitiveDependencies: true,
  depConstraints: rows.map(([tag, row]) => constraint(tag, row)),
};

/** The same for test files. */
export const TEST_BOUNDARIES = {
  allow: [],
  banTransitiveDependencies: true,
  depConstraints: rows.flatMap(([tag, row]) => testConstraint(tag, row)),
};
