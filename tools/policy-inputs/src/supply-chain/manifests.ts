import type { Row, Rows } from '../fact-source.js';
import type { Workspace } from '../workspace.js';
import { parseSpec } from './dependency-spec.js';
import { parseLinedJson, recordOf, textOf, textsOf, type LinedJson } from './json-lines.js';
import type { Lock } from './lockfile.js';
import { licenceAlternatives } from './spdx.js';

/** A manifest and the folder that it describes; the empty one is the top. */
interface Manifest extends LinedJson {
  readonly file: string;
  readonly root: string;
  readonly project: string;
}

const SECTIONS = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'] as const;
const PINS = ['overrides', 'resolutions'] as const;

/** Every package.json that npm would read: the top one and those of workspaces. */
export function readManifests(workspace: Workspace): Manifest[] {
  return workspace.files
    .filter(({ path }) => path === 'package.json' || path.endsWith('/package.json'))
    .map(({ path, project }) => ({ ...parseLinedJson(path, workspace.read(path)), file: path, root: path === 'package.json' ? '' : path.slice(0, -'/package.json'.length), project }));
}

function packageRow(manifest: Manifest): Row {
  const { value, file, project, lineOf } = manifest;
  const publish = recordOf(value.publishConfig);
  const license = textOf(value.license);
  return {
    file, line: lineOf('name'), project,
    root: manifest.root, name: textOf(value.name), version: textOf(value.version), description: textOf(value.description),
    license, license_alternatives: licenceAlternatives(license),
    private: value.private === true, files: textsOf(value.files), has_exports: Object.keys(recordOf(value.exports)).length > 0,
    has_repository: textOf(value.repository) !== '' || textOf(recordOf(value.repository).url) !== '',
    provenance: publish.provenance === true, access: textOf(publish.access), node_engine: textOf(recordOf(value.engines).node),
  };
}

/** Names and versions in `overrides`, which may be nested; `.` stands for the package around it. */
function flattenPins(pins: Readonly<Record<string, unknown>>, trail: readonly string[] = []): { readonly name: string; readonly spec: string; readonly path: readonly string[] }[] {
  return Object.entries(pins).flatMap(([key, value]) => {
    const path = [...trail, key];
    if (typeof value === 'string') return [{ name: (key === '.' ? (trail.at(-1) ?? key) : key).replace(/(?<=.)@.*$/, ''), spec: value, path }];
    return flattenPins(recordOf(value), path);
  });
}

/** @param own names of the workspace's packages */
function dependencyRows(manifest: Manifest, own: ReadonlyMap<string, boolean>, lock: Lock): Row[] {
  const declared = [
    ...SECTIONS.flatMap((section) => Object.entries(recordOf(manifest.value[section])).map(([name, spec]) => ({ section, name, spec: textOf(spec), path: [section, name] }))),
    ...PINS.flatMap((section) => flattenPins(recordOf(manifest.value[section])).map(({ name, spec, path }) => ({ section, name, spec, path: [section, ...path] }))),
    ...textsOf(manifest.value.bundleDependencies ?? manifest.value.bundledDependencies).map((name) => ({ section: 'bundleDependencies', name, spec: '', path: ['bundleDependencies'] })),
  ];
  const isPin = (section: string): boolean => (PINS as readonly string[]).includes(section);
  return declared.map(({ section, name, spec, path }) => {
    const { kind, alias, version, commit } = parseSpec(spec);
    const locked = lock.find(manifest.root, name);
    return {
      file: manifest.file, line: manifest.lineOf(...path), project: manifest.project,
      name, section, spec, kind, alias, version, commit, own: own.has(name), own_private: own.get(name) ?? false,
      publishable: manifest.value.private !== true, locked: !isPin(section) && locked !== undefined, locked_version: locked?.version ?? '',
      locked_spec: textOf(recordOf(lock.workspaceSection(manifest.root, section))[name]),
    };
  });
}

function scriptRows(manifest: Manifest): Row[] {
  return Object.entries(recordOf(manifest.value.scripts)).map(([name, command]) => ({
    file: manifest.file, line: manifest.lineOf('scripts', name), project: manifest.project, name, command: textOf(command),
  }));
}

function decisionRows(manifest: Manifest): Row[] {
  return Object.entries(recordOf(manifest.value.allowScripts)).map(([name, allowed]) => ({
    file: manifest.file, line: manifest.lineOf('allowScripts', name), project: manifest.project, root: manifest.root, name, decision: allowed === false ? 'denied' : 'allowed',
  }));
}

/** What the manifests say. */
export function readManifestRows(workspace: Workspace, lock: Lock): Rows {
  const manifests = readManifests(workspace);
  const own = new Map(manifests.filter(({ root }) => root !== '').map(({ value }) => [textOf(value.name), value.private === true]));
  return {
    packages: manifests.map(packageRow),
    dependencies: manifests.flatMap((manifest) => dependencyRows(manifest, own, lock)),
    package_scripts: manifests.flatMap(scriptRows),
    script_decisions: manifests.flatMap(decisionRows),
  };
}
