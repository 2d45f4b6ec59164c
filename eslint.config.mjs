import { createLintConfig } from './tools/repo/eslint/create-lint-config.mjs';
import { readProjects } from './tools/repo/eslint/projects.mjs';

const workspaceRoot = import.meta.dirname;

export default createLintConfig({ workspaceRoot, projects: readProjects(workspaceRoot) });
