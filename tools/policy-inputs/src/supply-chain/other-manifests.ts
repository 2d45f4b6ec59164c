import type { Row } from '../fact-source.js';
import type { Workspace, WorkspaceFile } from '../workspace.js';
import { tomlEntries, type TomlEntry } from './toml-entries.js';

/** Manifests that nothing here reads: whatever they require is taken for not pinned. */
const UNREAD: readonly (readonly [RegExp, string])[] = [
  [/(^|\/)(setup\.(py|cfg)|environment\.ya?ml|conda\.ya?ml)$/, 'python'],
  [/(^|\/)(Gemfile|[^/]+\.gemspec)$/, 'ruby'],
  [/(^|\/)composer\.json$/, 'php'],
  [/(^|\/)(pom\.xml|build\.gradle(\.kts)?|build\.sbt|ivy\.xml)$/, 'java'],
  [/(^|\/)([^/]+\.(cs|fs|vb)proj|packages\.config|Directory\.Packages\.props)$/, 'dotnet'],
  [/(^|\/)(mix\.exs|rebar\.config)$/, 'erlang'],
  [/(^|\/)(Podfile|Package\.swift)$/, 'swift'],
  [/(^|\/)(conanfile\.(py|txt)|vcpkg\.json)$/, 'c'],
  [/(^|\/)pubspec\.ya?ml$/, 'dart'],
  [/(^|\/)(stack\.yaml|[^/]+\.cabal)$/, 'haskell'],
  [/(^|\/)(deno\.jsonc?|bower\.json|jsr\.json)$/, 'javascript'],
];

const PYTHON_LOCKS = ['uv.lock', 'poetry.lock', 'pdm.lock', 'pylock.toml', 'Pipfile.lock'];
/** Tables whose keys are packages. */
const PACKAGE_TABLE = /^(tool\.poetry(\.group\.[^.]+)?\.(dev-)?dependencies|packages|dev-packages|(workspace\.|target\..+\.)?(dev-|build-)?dependencies)$/;
/** Tables and keys that hold lists of requirements. */
const REQUIREMENT_TABLE = /^(project\.optional-dependencies|dependency-groups|tool\.pdm\.dev-dependencies)$/;
const REQUIREMENT_KEY = /^(dependencies|requires|dev-dependencies|constraint-dependencies|override-dependencies)$/;

interface Requirement {
  readonly line: number;
  readonly name: string;
  readonly version: string;
  readonly exact: boolean;
  readonly replaced: boolean;
}

/** `name==1.0; marker`, as PEP 508 writes it. */
function listed(line: number, text: string): Requirement {
  const name = /^[\w.-]+/.exec(text.trim())?.[0] ?? text;
  const version = /==\s*([^\s;,]+)/.exec(text)?.[1] ?? '';
  return { line, name, version, exact: /^\d[\w.!+-]*$/.test(version) && !text.includes(','), replaced: /@\s*[a-z+]+:/.test(text) };
}

/** `name = "1.0"` or `name = { version = "1.0" }`. */
function keyed({ line, section, key, texts, fields }: TomlEntry): Requirement {
  const version = fields.get('version') ?? (fields.size === 0 ? texts[0]?.text ?? '' : '');
  // A bare version is exact to Poetry, and a range to Cargo.
  const pattern = section.startsWith('tool.poetry') ? /^(==)?\s*\d+(\.\d+)+[\w.+-]*$/ : /^==?\s*\d+(\.\d+)+[\w.+-]*$/;
  return { line, name: key, version: version.replace(/^=+\s*/, ''), exact: pattern.test(version), replaced: ['git', 'url', 'path', 'file'].some((from) => fields.has(from)) };
}

function requirementsIn(entry: TomlEntry): Requirement[] {
  if (PACKAGE_TABLE.test(entry.section)) return entry.key === 'python' || fieldsOnlyInherit(entry) ? [] : [keyed(entry)];
  const isList = entry.isArray && (REQUIREMENT_TABLE.test(entry.section) || REQUIREMENT_KEY.test(entry.key));
  return isList ? entry.texts.filter(({ text }) => /^[A-Za-z]/.test(text)).map(({ line, text }) => listed(line, text)) : [];
}

/** `name.workspace = true` of Cargo: the workspace's manifest says the version. */
function fieldsOnlyInherit({ key }: TomlEntry): boolean {
  return key.endsWith('.workspace');
}

function tomlRows(file: WorkspaceFile, workspace: Workspace): Row[] {
  const isCargo = file.path.endsWith('Cargo.toml');
  const folder = file.path.slice(0, file.path.lastIndexOf('/') + 1);
  const checksummed = (isCargo ? ['Cargo.lock'] : PYTHON_LOCKS).some((name) => workspace.exists(`${folder}${name}`));
  return tomlEntries(workspace.read(file.path)).flatMap(requirementsIn).map((requirement): Row => ({ file: file.path, project: file.project, ecosystem: isCargo ? 'rust' : 'python', ...requirement, checksummed }));
}

/** Requirements of manifests beside those of npm and Go and the requirement files of pip. */
export function readOtherManifests(workspace: Workspace): Row[] {
  return workspace.files.flatMap((file): Row[] => {
    const { path, project } = file;
    if (/(^|\/)(pyproject\.toml|Pipfile|Cargo\.toml)$/.test(path)) return tomlRows(file, workspace);
    const ecosystem = UNREAD.find(([pattern]) => pattern.test(path))?.[1];
    return ecosystem === undefined ? [] : [{ file: path, line: 1, project, ecosystem, name: path.slice(path.lastIndexOf('/') + 1), version: '', exact: false, checksummed: false, replaced: false }];
  });
}
