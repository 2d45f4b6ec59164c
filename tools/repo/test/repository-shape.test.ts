import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { findImportCycles, readImportGraph, readPackageEntries } from '../src/import-cycles.js';
import { WORKSPACE_ROOT, packageRoots, trackedFiles } from '../src/workspace.js';

interface Manifest {
  readonly name: string;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly engines?: { readonly node?: string };
  readonly allowScripts?: Record<string, boolean>;
  readonly nx?: { readonly tags?: string[] };
}

const MAX_FILE_LINES = 500;
const GENERATED = 'libs/proto/src/gen/';

const read = (file: string): string => readFileSync(join(WORKSPACE_ROOT, file), 'utf8');
const manifestOf = (folder: string): Manifest => JSON.parse(read(join(folder, 'package.json'))) as Manifest;

const tracked = trackedFiles();
const roots = packageRoots();
const manifests = [{ root: '.', ...manifestOf('.') }, ...roots.map((root) => ({ root, ...manifestOf(root) }))];
const sources = tracked.filter((file) => /\.(ts|mts|mjs|js|py)$/.test(file) && !file.startsWith(GENERATED));
const texts = tracked.filter((file) => !/\.(binpb|wasm|png|ico|woff2?)$/.test(file) && file !== 'package-lock.json');

function versionsOf(manifest: Manifest): [string, string][] {
  return [manifest.dependencies, manifest.devDependencies, manifest.peerDependencies].flatMap((section) => Object.entries(section ?? {}));
}

describe('top level', () => {
  it.each([
    'nx.json',
    'package.json',
    'apps',
    'libs',
    'proto',
    'policies',
    'tools',
    'docs',
    '.github',
    'README.md',
    'LICENSE',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    'SECURITY.md',
  ])('has %s (A24)', (entry) => {
    expect(tracked.some((file) => file === entry || file.startsWith(`${entry}/`))).toBe(true);
  });

  it('is under the full text of the Apache License 2.0', () => {
    const license = read('LICENSE');
    expect(license).toContain('Apache License\n                           Version 2.0, January 2004');
    expect(license).toContain('END OF TERMS AND CONDITIONS');
    for (const manifest of manifests) expect(JSON.parse(read(join(manifest.root, 'package.json')))).toMatchObject({ license: 'Apache-2.0' });
  });

  it('has one lockfile', () => {
    const locks = tracked.filter((file) => ['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock'].includes(basename(file)));
    expect(locks).toEqual(['package-lock.json']);
  });
});

describe('dependencies', () => {
  it.each(['nx', 'uWebSockets.js', '@bufbuild/protobuf', '@bufbuild/buf', 'jose', 'vitest', '@opentelemetry/sdk-node'])('use %s (A25)', (name) => {
    expect(manifests.flatMap(versionsOf).map(([dependency]) => dependency)).toContain(name);
  });

  it('have exact versions, workspace packages aside', () => {
    const workspaceNames = new Set(manifests.map(({ name }) => name));
    const loose = manifests.flatMap((manifest) =>
      versionsOf(manifest)
        .filter(([name, version]) => (workspaceNames.has(name) ? version !== '*' : !/^(npm:[^@]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)))
        .map(([name, version]) => `${manifest.root}: ${name}@${version}`),
    );
    expect(loose).toEqual([]);
  });

  it('have one version each', () => {
    const versions = new Map<string, Set<string>>();
    for (const [name, version] of manifests.flatMap(versionsOf)) versions.set(name, (versions.get(name) ?? new Set()).add(version));
    expect([...versions].filter(([, found]) => found.size > 1)).toEqual([]);
  });

  it('come from a lockfile that names no registry', () => {
    const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, { resolved?: string; link?: boolean }> };
    const resolved = Object.entries(lock.packages).filter(([, entry]) => entry.resolved !== undefined && entry.link !== true);
    expect(resolved).toEqual([]);
  });

  it('install one copy of the Protobuf runtime for all workspace packages', () => {
    const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, { version?: string }> };
    const nested = roots.filter((root) => lock.packages[`${root}/node_modules/@bufbuild/protobuf`] !== undefined);
    expect(nested).toEqual([]);
    expect(lock.packages['node_modules/@bufbuild/protobuf']?.version).toBe('2.17.0');
  });

  it('run no install script', () => {
    const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, { hasInstallScript?: boolean }> };
    const wanting = Object.entries(lock.packages).filter(([, entry]) => entry.hasInstallScript === true);
    const names = wanting.map(([path]) => path.replace(/^.*node_modules\//, ''));
    const decided = manifestOf('.').allowScripts ?? {};
    expect(names.filter((name) => decided[name] !== false && name !== 'fsevents')).toEqual([]);
    expect(read('.npmrc')).toContain('strict-allow-scripts=true');
  });
});

describe('Node version (A29)', () => {
  it('is the same lowest one in .nvmrc, engines and the check command', () => {
    const lowest = read('.nvmrc').trim();
    expect(manifestOf('.').engines?.node).toBe(`>=${lowest}`);
    const [major, minor] = lowest.split('.');
    expect(read('tools/repo/bin/check.mjs')).toContain(`LOWEST_MAJOR = ${String(major)};\nconst LOWEST_MINOR = ${String(minor)};`);
  });

  it('is tested in CI, with the next long-term version', () => {
    const major = read('.nvmrc').split('.')[0] ?? '';
    expect(read('.github/workflows/ci.yml')).toContain(`node: ['${major}', '22']`);
  });
});

describe('CI', () => {
  it('runs the script that people run', () => {
    expect(read('.github/workflows/ci.yml')).toContain('run: bash .ci/run');
    expect(read('.ci/run')).toMatch(/npm ci\nnpm test\n$/);
  });

  it('pins every action to a commit', () => {
    const uses = [...read('.github/workflows/ci.yml').matchAll(/uses: (\S+)/g)].map(([, action]) => action ?? '');
    expect(uses).not.toEqual([]);
    expect(uses.filter((action) => !/@[0-9a-f]{40}$/.test(action))).toEqual([]);
  });
});

describe('projects', () => {
  it.each(roots)('%s has exactly one role and one layer (A4)', (root) => {
    const tags = manifestOf(root).nx?.tags ?? [];
    expect(tags.filter((tag) => tag.startsWith('role:'))).toHaveLength(1);
    expect(tags.filter((tag) => tag.startsWith('layer:'))).toHaveLength(1);
  });

  it.each(roots)('%s shares the test configuration', (root) => {
    const config = read(`${root}/vitest.config.ts`);
    // A project may name tests that run with content inspection too, and tests that run alone, and nothing else.
    const lists = /^const (?:withCasil|alone) = \[[^\]]*\][^;]*;\n\n|, \{ (?:withCasil|alone)\b.*?\}(?=\);$)/gm;
    expect(config.replace(lists, '')).toBe(read('tools/repo/vitest.config.ts'));
  });

  it('have the roles that exist so far (A4)', () => {
    const roles = roots.flatMap((root) => manifestOf(root).nx?.tags ?? []);
    for (const role of ['role:shield', 'role:spine', 'role:storage']) expect(roles).toContain(role);
  });

  it('have project references in step with their dependencies', () => {
    const env = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', NX_ISOLATE_PLUGINS: 'false' };
    const result = spawnSync(join(WORKSPACE_ROOT, 'node_modules/.bin/nx'), ['sync:check'], { cwd: WORKSPACE_ROOT, encoding: 'utf8', env });
    expect(result.status, result.stdout + result.stderr).toBe(0);
  });
});

describe('files', () => {
  it(`have at most ${String(MAX_FILE_LINES)} lines`, () => {
    expect(sources.filter((file) => read(file).split('\n').length - 1 > MAX_FILE_LINES)).toEqual([]);
  });

  it('are not named after nothing', () => {
    const vague = /^(utils?|common|shared|helpers?|misc|tools?)(\.[a-z]+)*\.(ts|mjs|js|py)$/;
    expect(sources.filter((file) => vague.test(basename(file)))).toEqual([]);
    expect(roots.filter((root) => /\/(utils?|common|shared|helpers?|core|misc)$/.test(root))).toEqual([]);
  });

  it('have kebab-case names', () => {
    const typescript = sources.filter((file) => /^(apps|libs|tools)\/.*\.ts$/.test(file));
    expect(typescript.filter((file) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.ts$/.test(basename(file)))).toEqual([]);
  });

  it('list what they export by name', () => {
    expect(sources.filter((file) => file.endsWith('.ts') && /^export \*/m.test(read(file)))).toEqual([]);
  });

  it('import each other without cycles, of values and of types (S8)', () => {
    const typescript = sources.filter((file) => file.endsWith('.ts')).map((file) => join(WORKSPACE_ROOT, file));
    const entries = readPackageEntries(roots.map((root) => join(WORKSPACE_ROOT, root)));
    expect(findImportCycles(readImportGraph(typescript, entries), WORKSPACE_ROOT)).toEqual([]);
  });

  it('name no path of one machine', () => {
    const machinePath = /(^|[\s"'`(=:])\/(work|root|Users|home\/[a-z][\w-]*)\//m;
    expect(texts.filter((file) => machinePath.test(read(file)))).toEqual([]);
  });

  it('name no package registry', () => {
    const hosts = [['registry', 'npmjs', 'org'], ['registry', 'yarnpkg', 'com'], ['files', 'pythonhosted', 'org'], ['proxy', 'golang', 'org'], ['deb', 'debian', 'org']];
    const named = hosts.map((parts) => parts.join('.'));
    expect([...texts, 'package-lock.json'].filter((file) => named.some((host) => read(file).includes(host)))).toEqual([]);
  });

  it('switch a lint rule off only by name and with a reason', () => {
    const directive = new RegExp(`${['eslint', 'disable'].join('-')}.*`, 'g');
    const bare = sources.flatMap((file) => [...read(file).matchAll(directive)].map(([text]) => `${file}: ${text}`));
    expect(bare.filter((text) => !/disable(-next-line|-line)? [@\w/, -]+ -- .{10,}/.test(text))).toEqual([]);
  });

  it('leave no work for later in a comment', () => {
    const marker = new RegExp(`\\b(${['TO', 'DO'].join('')}|${['FIX', 'ME'].join('')})\\b`);
    expect(sources.filter((file) => marker.test(read(file)))).toEqual([]);
  });
});

describe('npm scripts', () => {
  it('start files that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const files = Object.values(scripts).flatMap((script) => script.match(/\b(tools|apps)\/\S+\.(ts|mjs)\b/g) ?? []);
    expect(files.filter((file) => !existsSync(join(WORKSPACE_ROOT, file)))).toEqual([]);
  });
});
