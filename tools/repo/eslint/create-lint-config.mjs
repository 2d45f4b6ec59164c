import eslint from '@eslint/js';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

import { PRODUCTION_BOUNDARIES, TEST_BOUNDARIES } from './depends-on.mjs';
import { ROLE_ROWS } from './layer-table.mjs';
import { BROWSER_BANS, SPINE_LAYER_BANS, moduleBansFor, toRuleOptions } from './module-bans.mjs';
import { EVERYWHERE, NO_DEFAULT_EXPORT, NO_ENVIRONMENT, NO_REGEXP, PRODUCTION, PURE, PURE_GLOBALS } from './syntax-bans.mjs';
import { STYLE_RULES, TYPED_RULES } from './style-rules.mjs';

const TEST_FILES = ['**/*.test.ts', '**/*.contract.ts', '**/*.fixture.ts', '**/test/**/*.ts', 'apps/*/bench/**/*.{ts,mjs}', 'libs/*/bench/**/*.{ts,mjs}'];
const CONFIG_FILES = ['**/vitest.config.ts', '**/*.config.mjs', 'vitest.project.mjs'];
const COMPOSITION_ROOTS = ['src/main.ts', 'src/composition-root.ts', 'src/compose*.ts'];
/** Files of the SDK that only Node loads; all others may end up in a browser bundle. */
const SDK_NODE_FILES = ['src/node.ts', 'src/node-*.ts', 'src/node/**/*.ts'];

const ENTRY_POINTS = ['src/main.ts', 'src/bin.ts', 'bin/**'];
const READS_ENVIRONMENT = ['role:config', 'layer:tool', 'layer:testing'];

function isPure(tags) {
  return tags.includes('layer:domain') || tags.includes('layer:contract');
}

function syntaxFor(tags, bans, { entryPoint = false, regExp = true } = {}) {
  const mayReadEnvironment = entryPoint || tags.some((tag) => READS_ENVIRONMENT.includes(tag));
  return [
    'error',
    ...EVERYWHERE,
    ...NO_DEFAULT_EXPORT,
    ...PRODUCTION,
    ...(isPure(tags) ? PURE : []),
    ...(mayReadEnvironment ? [] : NO_ENVIRONMENT),
    ...(regExp ? [] : NO_REGEXP),
    ...toRuleOptions(bans).syntax,
  ];
}

function fileSet(project, { name, files, ignores = [], bans, entryPoint = false, regExp = true }) {
  return {
    name: `arqonbus/${project.root}/${name}`,
    files: files.map((pattern) => `${project.root}/${pattern}`),
    ignores: [...TEST_FILES, ...CONFIG_FILES, ...ignores.map((pattern) => `${project.root}/${pattern}`)],
    rules: {
      'no-restricted-imports': toRuleOptions(bans).imports,
      'no-restricted-syntax': syntaxFor(project.tags, bans, { entryPoint, regExp }),
      ...(isPure(project.tags) ? { 'no-restricted-globals': ['error', ...PURE_GLOBALS] } : {}),
    },
  };
}

/** Rules of one project's production files; which ones follows from its tags alone. */
function projectConfigs(project) {
  const extra = project.tags.includes('role:spine') ? SPINE_LAYER_BANS : [];
  const bans = [...moduleBansFor(project.tags), ...extra];
  const configs = [
    fileSet(project, { name: 'production', files: ['**/*.ts', '**/*.mjs'], bans }),
    fileSet(project, {
      name: 'entry-points',
      files: [...ENTRY_POINTS, ...(project.tags.includes('layer:app') ? COMPOSITION_ROOTS : [])],
      bans: [...moduleBansFor(project.tags, { compositionRoot: project.tags.includes('layer:app') }), ...extra],
      entryPoint: true,
    }),
  ];
  for (const { regExpFiles } of project.tags.flatMap((tag) => ROLE_ROWS[tag] ?? [])) {
    if (regExpFiles !== undefined) configs.push(fileSet(project, { name: 'without-regexp', files: ['src/**/*.ts'], ignores: regExpFiles, bans, regExp: false }));
  }
  if (!project.tags.includes('layer:sdk')) return configs;
  return [...configs, fileSet(project, { name: 'browser', files: ['src/**/*.ts'], ignores: SDK_NODE_FILES, bans: [...bans, ...BROWSER_BANS] })];
}

const GENERAL_CONFIGS = [
  { name: 'arqonbus/ignored', ignores: ['**/dist/**', '**/coverage/**', '**/.nx/**', '**/.cache/**', '**/.arqon/**', '**/.venv/**', 'libs/proto/src/gen/**'] },
  { name: 'arqonbus/linter', linterOptions: { reportUnusedDisableDirectives: 'error', reportUnusedInlineConfigs: 'error' } },
  eslint.configs.recommended,
  ...tseslint.configs.strict.map((config) => ({ ...config, files: config.files ?? ['**/*.ts', '**/*.mjs'] })),
  { name: 'arqonbus/style', files: ['**/*.ts', '**/*.mjs'], plugins: { '@nx': nx }, rules: STYLE_RULES },
  {
    name: 'arqonbus/boundaries',
    files: ['**/*.ts', '**/*.mjs'],
    rules: {
      '@nx/enforce-module-boundaries': ['error', PRODUCTION_BOUNDARIES],
      'no-restricted-syntax': ['error', ...EVERYWHERE, ...NO_DEFAULT_EXPORT],
    },
  },
];

function typedConfig(workspaceRoot) {
  return {
    name: 'arqonbus/typed',
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: workspaceRoot } },
    rules: TYPED_RULES,
  };
}

const OVERRIDES = [
  {
    name: 'arqonbus/tests',
    files: TEST_FILES,
    rules: {
      '@nx/enforce-module-boundaries': ['error', TEST_BOUNDARIES],
      'max-lines-per-function': 'off',
      'no-console': 'off',
      'no-restricted-globals': 'off',
      'no-restricted-imports': 'off',
      'no-restricted-syntax': ['error', ...EVERYWHERE, ...NO_DEFAULT_EXPORT],
    },
  },
  { name: 'arqonbus/console-owners', files: ['apps/cli/**', 'tools/**'], rules: { 'no-console': 'off' } },
  {
    name: 'arqonbus/config-files',
    files: CONFIG_FILES,
    rules: { 'no-restricted-syntax': ['error', ...EVERYWHERE], '@nx/enforce-module-boundaries': 'off' },
  },
  { name: 'arqonbus/scripts', files: ['**/*.mjs'], languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly' } } },
];

/**
 * The flat ESLint configuration of the workspace.
 * @param {{ workspaceRoot: string, projects: { root: string, tags: string[] }[] }} options `projects` decide which layer rules apply
 *   to which folder, so a new project is covered by its tags
 */
export function createLintConfig({ workspaceRoot, projects }) {
  return [...GENERAL_CONFIGS, typedConfig(workspaceRoot), ...projects.flatMap(projectConfigs), ...OVERRIDES];
}
