export { coverageSources, keptSources, syntaxSources, workspaceSources } from './all-sources.js';
export { collectFacts, declaredTables, factsSchemaVersion, makeFacts, type CollectOptions, type Facts } from './collect-facts.js';
export { EXEMPTIONS_PATH, readExemptions, type Exemption } from './debt/exemptions.js';
export type { Row, Rows, SourceUnit, SyntaxSource, TableColumns, WorkspaceSource } from './fact-source.js';
export { readKept, writeKept, type Keeping } from './kept-file.js';
export { mergeRows, parseUnit, readSyntax } from './syntax-pass.js';
export { openWorkspace, runGit, type Base, type Project, type Workspace, type WorkspaceFile, type WorkspaceOptions } from './workspace.js';
