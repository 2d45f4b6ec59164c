import { join } from 'node:path';

import type { ProjectGraph, ProjectGraphProjectNode } from '@nx/devkit';
import { createProjectGraphAsync } from '@nx/devkit';
import { createProjectRootMappings } from '@nx/devkit/internal';
import { TargetProjectLocator } from '@nx/js/internal';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

import { createLintConfig } from '../eslint/create-lint-config.mjs';
import { WORKSPACE_ROOT } from '../src/workspace.js';

/** A project that a row of the layer table names and that does not exist yet. */
export interface PlannedProject {
  readonly name: string;
  readonly root: string;
  readonly tags: string[];
}

/** The rules that enforce the layer table. */
export const BOUNDARY_RULES = ['@nx/enforce-module-boundaries', 'no-restricted-imports', 'no-restricted-syntax', 'no-restricted-globals'] as const;

/** Lints a text as if it were a file of the workspace. */
export type BoundaryLinter = (filePath: string, code: string) => Promise<string[]>;

function plannedNode({ name, root, tags }: PlannedProject): ProjectGraphProjectNode {
  const js = { packageName: name, packageVersion: '0.1.0', packageExports: { '.': './src/index.ts' }, isInPackageManagerWorkspaces: true };
  return { name, type: 'lib', data: { root, tags, targets: {}, metadata: { js } } };
}

function withPlanned(graph: ProjectGraph, planned: readonly PlannedProject[]): ProjectGraph {
  const missing = planned.filter(({ name }) => graph.nodes[name] === undefined);
  return {
    ...graph,
    nodes: { ...graph.nodes, ...Object.fromEntries(missing.map((project) => [project.name, plannedNode(project)])) },
    dependencies: { ...graph.dependencies, ...Object.fromEntries(missing.map(({ name }) => [name, []])) },
  };
}

/**
 * Hands the project graph to the rule. Without one the rule is skipped in silence; it takes the one from these globals only when it
 * believes to run under the ESLint command, which it recognises by the name of the script.
 */
function publishGraph(graph: ProjectGraph): void {
  process.argv[1] = join(WORKSPACE_ROOT, 'node_modules/eslint/bin/eslint.js');
  Object.assign(globalThis, {
    projectGraph: graph,
    projectRootMappings: createProjectRootMappings(graph.nodes),
    projectFileMap: Object.fromEntries(Object.keys(graph.nodes).map((name) => [name, []])),
    targetProjectLocator: new TargetProjectLocator(graph.nodes, graph.externalNodes),
  });
}

/** Boundaries need no types, and planned projects have no tsconfig. */
const UNTYPED = { ...tseslint.configs.disableTypeChecked, files: ['**/*.ts'] };

/**
 * Prepares linting with the configuration of the repository.
 *
 * @param planned projects to add to the real ones
 * @returns a function that lints a text under a path relative to the repository and returns the ids of the boundary rules that refuse it
 */
export async function createBoundaryLinter(planned: readonly PlannedProject[]): Promise<BoundaryLinter> {
  process.env['NX_DAEMON'] = 'false';
  publishGraph(withPlanned(await createProjectGraphAsync({ exitOnError: false }), planned));
  const real = new ESLint({ cwd: WORKSPACE_ROOT, overrideConfigFile: join(WORKSPACE_ROOT, 'eslint.config.mjs'), overrideConfig: [UNTYPED] });
  const future = new ESLint({
    cwd: WORKSPACE_ROOT,
    overrideConfigFile: true,
    baseConfig: [...createLintConfig({ workspaceRoot: WORKSPACE_ROOT, projects: [...planned] }), UNTYPED] as ESLint.Options['baseConfig'],
  });
  return async (filePath, code) => {
    const eslint = planned.some(({ root }) => filePath.startsWith(`${root}/`)) ? future : real;
    const [result] = await eslint.lintText(code, { filePath: join(WORKSPACE_ROOT, filePath) });
    const messages = result?.messages ?? [];
    const fatal = messages.find((message) => message.fatal === true);
    if (result === undefined || fatal !== undefined) throw new Error(`Cannot lint ${filePath}: ${fatal?.message ?? 'no result'}`);
    const rules: readonly string[] = BOUNDARY_RULES;
    return [...new Set(messages.map((message) => message.ruleId ?? '').filter((rule) => rules.includes(rule)))].sort();
  };
}
