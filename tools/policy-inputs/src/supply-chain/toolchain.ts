import ts from 'typescript';

import type { Row, Rows } from '../fact-source.js';
import type { Workspace } from '../workspace.js';
import { readOtherManifests } from './other-manifests.js';

const VERSION_FILES: Readonly<Record<string, string>> = { '.nvmrc': 'node', '.node-version': 'node', '.python-version': 'python', '.go-version': 'go' };
const COMPARISON = 'verifyEngineBinary';
const CHECKSUM_TABLE = 'engineChecksums';
const CHECKSUM_FILE = 'libs/transport/src/engine-checksums.ts';

const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Settings of every .npmrc, without the value of one that could be a credential. */
function npmSettings(workspace: Workspace): Row[] {
  return workspace.files.filter(({ path }) => fileName(path) === '.npmrc').flatMap(({ path, project }) =>
    workspace.read(path).split('\n').flatMap((text, index) => {
      const found = /^\s*([^#;=\s][^=]*?)\s*(?:=\s*(.*?))?\s*$/.exec(text);
      if (found === null) return [];
      const [, key = '', value = 'true'] = found;
      const credential = /_auth|_password|username|email|certfile|keyfile|^key$|^cert$/i.test(key);
      const names = /registry$/i.test(key) || /^\/\//.test(key);
      return [{ file: path, line: index + 1, project, key: names ? 'registry' : key.replace(/\[\]$/, ''), value: credential || names ? '' : value, credential }];
    }));
}

function pinnedToolchains(workspace: Workspace): Row[] {
  return workspace.files.flatMap(({ path, project }) => {
    const tool = VERSION_FILES[fileName(path)];
    return tool === undefined ? [] : [{ file: path, line: 1, project, tool, version: workspace.read(path).trim().replace(/^v/, '') }];
  });
}

/** `go.mod`: what is required, replaced and whether `go.sum` knows it. */
function goRequirements(workspace: Workspace): Row[] {
  return workspace.files.filter(({ path }) => fileName(path) === 'go.mod').flatMap(({ path, project }) => {
    const sumPath = `${path.slice(0, -'go.mod'.length)}go.sum`;
    const sums = new Set(workspace.exists(sumPath) ? workspace.read(sumPath).split('\n').map((text) => text.split(' ').slice(0, 2).join(' ')) : []);
    let block = '';
    return workspace.read(path).split('\n').flatMap((raw, index) => {
      const text = raw.replace(/\/\/.*$/, '').trim();
      const opened = /^(\w+)\s*\($/.exec(text);
      if (opened !== null) block = opened[1] ?? '';
      if (opened !== null || text === '' || text === ')') {
        if (text === ')') block = '';
        return [];
      }
      const words = text.split(/\s+/);
      const [verb = '', name = '', version = ''] = block === '' ? words : [block, ...words];
      if (verb !== 'require' && verb !== 'replace') return [];
      const checked = sums.has(`${name} ${version}`) || sums.has(`${name} ${version}/go.mod`);
      return [{ file: path, line: index + 1, project, ecosystem: 'go', name, version, exact: /^v\d+\.\d+\.\d+(-[\w.-]+)?(\+incompatible)?$/.test(version), checksummed: checked, replaced: verb === 'replace' }];
    });
  });
}

function pythonRequirements(workspace: Workspace): Row[] {
  return workspace.files.filter(({ path }) => /(^|\/)((requirements|constraints)[\w.-]*|requirements\/[\w.-]+)\.(txt|in)$/.test(path)).flatMap(({ path, project }) => {
    const lines = workspace.read(path).replace(/\\\n/g, ' ').split('\n');
    return lines.flatMap((raw, index) => {
      const text = raw.replace(/(^|\s)#.*$/, '').trim();
      if (text === '' || /^(--?[a-z-]+)\b/i.test(text) && !/^(-e|--editable)\b/.test(text)) return [];
      const name = /^(?:-e\s+|--editable\s+)?([\w.+:/@-]+)/.exec(text)?.[1] ?? text;
      const version = /==\s*([^\s;]+)/.exec(text)?.[1] ?? '';
      return [{ file: path, line: index + 1, project, ecosystem: 'python', name, version, exact: /^\d[\w.!+-]*$/.test(version), checksummed: text.includes('--hash='), replaced: /^(-e|--editable)\b|@\s*\w+:/.test(text) }];
    });
  });
}

/** The table of checksums of native binaries, and how often production code compares with it. */
function binaryChecksums(workspace: Workspace): Row[] {
  if (!workspace.exists(CHECKSUM_FILE)) return [];
  const source = ts.createSourceFile(CHECKSUM_FILE, workspace.read(CHECKSUM_FILE), ts.ScriptTarget.ES2023, true);
  const described = /uws-pack (\d+\.\d+\.\d+)/.exec(source.text)?.[1] ?? '';
  const rows: Row[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && ts.isStringLiteral(node.name)) {
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
      rows.push({ file: CHECKSUM_FILE, line, project: workspace.projectOf(CHECKSUM_FILE), binary: node.name.text, checksum: ts.isStringLiteralLike(node.initializer) ? node.initializer.text : '', described_version: described });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return rows;
}

/** Where production code compares a binary with its checksum, and where it takes the table of checksums. */
function checksumUses(workspace: Workspace): Row[] {
  const files = workspace.files.filter(({ path, isTest }) => path.startsWith('libs/transport/src/') && path.endsWith('.ts') && !isTest);
  return files.flatMap(({ path, project }) => {
    const text = workspace.read(path);
    if (!text.includes(COMPARISON) && !text.includes(CHECKSUM_TABLE)) return [];
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
    const rows: Row[] = [];
    const add = (node: ts.Node, kind: string): void => {
      rows.push({ file: path, line: source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1, project, kind });
    };
    const visit = (node: ts.Node): void => {
      if (ts.isImportDeclaration(node)) return;
      if (ts.isAwaitExpression(node) && ts.isCallExpression(node.expression) && ts.isIdentifier(node.expression.expression) && node.expression.expression.text === COMPARISON) add(node, 'comparison');
      if (ts.isIdentifier(node) && node.text === CHECKSUM_TABLE && !ts.isVariableDeclaration(node.parent)) add(node, 'table');
      ts.forEachChild(node, visit);
    };
    visit(source);
    return rows;
  });
}

/** Versions of tools, dependencies of other ecosystems, checksums of native binaries, settings of npm. */
export function readToolchainRows(workspace: Workspace): Rows {
  return {
    npm_settings: npmSettings(workspace),
    toolchain_versions: pinnedToolchains(workspace),
    other_dependencies: [...goRequirements(workspace), ...pythonRequirements(workspace), ...readOtherManifests(workspace)],
    binary_checksums: binaryChecksums(workspace),
    checksum_uses: checksumUses(workspace),
  };
}
