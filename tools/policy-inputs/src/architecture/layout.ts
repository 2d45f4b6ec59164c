import type { Row, WorkspaceSource } from '../fact-source.js';
import type { Workspace } from '../workspace.js';

const SCRIPT = /\.[cm]?[jt]sx?$/;
const parents = ['apps', 'libs', 'tools'];
/** Words that forbid nothing: whatever has no place ends up under them. */
const vagueWords = new Set(['util', 'utils', 'utility', 'utilities', 'common', 'commons', 'shared', 'helper', 'helpers', 'misc', 'miscellaneous', 'stuff', 'various']);

function vagueWordOf(segment: string): string {
  const words = segment.replaceAll(/([a-z])([A-Z])/g, '$1-$2').toLowerCase().split(/[^a-z]+/);
  return words.find((word) => vagueWords.has(word)) ?? '';
}

/** Folders directly under apps, libs and tools, and these themselves when they hold files directly. */
function folderRows(workspace: Workspace): Row[] {
  const byRoot = new Map<string, { file: string; scripts: number; manifest: boolean }>();
  for (const { path } of workspace.files) {
    const parts = path.split('/');
    if (!parents.includes(parts[0] ?? '')) continue;
    const root = parts.slice(0, Math.min(parts.length - 1, 2)).join('/');
    const folder = byRoot.get(root) ?? { file: path, scripts: 0, manifest: false };
    const isManifest = path === `${root}/package.json` || path === `${root}/project.json`;
    byRoot.set(root, {
      file: isManifest || (SCRIPT.test(path) && !SCRIPT.test(folder.file) && !folder.manifest) ? path : folder.file,
      scripts: folder.scripts + (SCRIPT.test(path) ? 1 : 0), manifest: folder.manifest || (isManifest && parts.length === 3),
    });
  }
  return [...byRoot].map(([root, { file, scripts, manifest }]) => ({ file, line: 1, project: workspace.projectOf(file), root, has_manifest: manifest, scripts }));
}

function namedPathRows(workspace: Workspace): Row[] {
  const byPath = new Map<string, Row>();
  for (const { path, project, isGenerated } of workspace.files) {
    if (isGenerated || !parents.includes(path.split('/')[0] ?? '')) continue;
    const parts = path.split('/');
    parts.forEach((segment, index) => {
      const word = vagueWordOf(segment);
      const prefix = parts.slice(0, index + 1).join('/');
      if (word !== '' && !byPath.has(prefix)) byPath.set(prefix, { file: path, line: 1, project, path: prefix, word });
    });
  }
  for (const { name, manifest } of workspace.projects) {
    const word = vagueWordOf(name);
    if (word !== '') byPath.set(`package ${name}`, { file: manifest, line: 1, project: name, path: name, word });
  }
  return [...byPath.values()];
}

function topLevelRows(workspace: Workspace): Row[] {
  const byName = new Map<string, Row>();
  for (const { path } of workspace.files) {
    const [name = '', rest] = path.split('/');
    if (!byName.has(name)) byName.set(name, { file: path, line: 1, project: 'workspace', name, folder: rest !== undefined });
  }
  return [...byName.values()];
}

/** Where things lie. */
export const layoutSource: WorkspaceSource = {
  name: 'layout',
  tables: {
    // root: a folder directly under apps, libs or tools, or one of these when files lie in it directly; scripts: their number.
    project_folders: ['root', 'has_manifest', 'scripts'],
    // path: a folder, file or package whose name has a word that says nothing; word: that word.
    vague_names: ['path', 'word'],
    // name: an entry of the top level that holds at least one file of the repository.
    top_level_entries: ['name', 'folder'],
  },
  read: (workspace) => ({ project_folders: folderRows(workspace), vague_names: namedPathRows(workspace), top_level_entries: topLevelRows(workspace) }),
};
