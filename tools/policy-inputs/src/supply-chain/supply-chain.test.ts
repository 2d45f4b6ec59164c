import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import type { Row, Rows } from '../fact-source.js';
import { openWorkspace } from '../workspace.js';
import { findRegistryHosts } from './committed-files.js';
import { dockerfileImages, yamlImages } from './container-images.js';
import { isOneEditApart, resembledPackage } from './similar-names.js';
import { supplyChainSource } from './supply-chain.js';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

async function factsOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<Rows> {
  const root = mkdtempSync(join(tmpdir(), 'arqon-supply-'));
  folders.push(root);
  for (const [path, content] of Object.entries({ 'package.json': '{"name":"top"}', ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return supplyChainSource.read(openWorkspace({ root, now: '2026-01-01' }), {});
}

const only = (rows: readonly Row[] | undefined, ...columns: string[]): unknown[] => (rows ?? []).map((row) => columns.map((column) => row[column]));

const lock = (packages: Readonly<Record<string, unknown>>): string => JSON.stringify({ lockfileVersion: 3, packages }, null, 2);

describe('manifests', () => {
  it('tell each dependency, and what the lockfile has for it', async () => {
    const rows = await factsOf({
      'libs/a/package.json': '{"name":"@x/a","dependencies":{"ws":"^8.0.0","@x/b":"*"},"overrides":{"ws":{"y":"1.0.0"}}}',
      'libs/b/package.json': '{"name":"@x/b","private":true}',
      'package-lock.json': lock({ 'libs/a': { dependencies: { ws: '^8.0.0', '@x/b': '*' } }, 'libs/b': { version: '0.1.0' }, 'node_modules/@x/b': { resolved: 'libs/b', link: true }, 'node_modules/ws': { version: '8.23.0' } }),
    });
    expect(only(rows.dependencies, 'name', 'section', 'kind', 'own', 'own_private', 'publishable', 'locked_version', 'locked_spec')).toEqual([
      ['ws', 'dependencies', 'range', false, false, true, '8.23.0', '^8.0.0'],
      ['@x/b', 'dependencies', 'any', true, true, true, '0.1.0', '*'],
      ['y', 'overrides', 'exact', false, false, true, '', ''],
    ]);
  });

  it('point at the line of what they tell', async () => {
    const rows = await factsOf({ 'package.json': '{\n  "name": "top",\n  "scripts": {\n    "postinstall": "x"\n  },\n  "allowScripts": {\n    "nx": true\n  }\n}' });
    expect(only(rows.package_scripts, 'line', 'name')).toEqual([[4, 'postinstall']]);
    expect(only(rows.script_decisions, 'line', 'name', 'decision')).toEqual([[7, 'nx', 'allowed']]);
  });

  it('that are no JSON are an error', async () => {
    await expect(factsOf({ 'package.json': '{' })).rejects.toThrow('package.json');
  });
});

describe('the lockfile', () => {
  it('tells what vouches for a package and what it wants to run', async () => {
    const rows = await factsOf({
      'package-lock.json': lock({ '': {}, 'node_modules/a/node_modules/@b/c': { version: '2.1.0', license: 'MIT OR ISC', integrity: `sha512-${Buffer.alloc(64).toString('base64')}`, hasInstallScript: true, dev: true }, 'node_modules/d': { name: 'real', resolved: 'git+ssh://git@host.test/d.git#abc' } }),
      'yarn.lock': '',
    });
    expect(only(rows.locked_packages, 'folder', 'name', 'major', 'source', 'integrity_algorithm', 'integrity_bytes', 'install_script', 'dev')).toEqual([
      ['@b/c', '@b/c', '2', 'registry', 'sha512', 64, true, true],
      ['d', 'real', '', 'git', '', 0, false, false],
    ]);
    expect(only(rows.lockfiles, 'file', 'lock_version', 'entries')).toEqual([['package-lock.json', 3, 2], ['yarn.lock', 0, 0]]);
  });
});

describe('settings and toolchains', () => {
  it('keep no value that could be a credential, and no address', async () => {
    const rows = await factsOf({ '.npmrc': ['# a', 'fund=false', '//host.test/:_authToken=abc', '@x:registry = https://host.test', 'save-exact'].join('\n') });
    expect(only(rows.npm_settings, 'line', 'key', 'value', 'credential')).toEqual([[2, 'fund', 'false', false], [3, 'registry', '', true], [4, 'registry', '', false], [5, 'save-exact', 'true', false]]);
  });

  it('read requirements of Go and Python', async () => {
    const rows = await factsOf({
      'go.mod': 'module x\n\ngo 1.26\n\nrequire (\n\ta.test/b v1.2.3\n\tc.test/d v0.1.0 // indirect\n)\n\nreplace a.test/b => ../b\n',
      'go.sum': 'a.test/b v1.2.3 h1:abc\n',
      'requirements.txt': 'a==1.0 --hash=sha256:00\nb>=2\n-e git+https://host.test/c\n',
    });
    expect(only(rows.other_dependencies, 'ecosystem', 'name', 'exact', 'checksummed', 'replaced')).toEqual([
      ['go', 'a.test/b', true, true, false], ['go', 'c.test/d', true, false, false], ['go', 'a.test/b', false, false, true],
      ['python', 'a', true, true, false], ['python', 'b', false, false, false], ['python', 'git+https://host.test/c', false, false, true],
    ]);
  });
});

describe('manifests of other ecosystems', () => {
  const read = async (files: Record<string, string>): Promise<unknown[]> => only((await factsOf(files)).other_dependencies, 'line', 'ecosystem', 'name', 'exact', 'checksummed', 'replaced');

  it('are read from pyproject.toml, whatever tool reads it', async () => {
    expect(await read({ 'pyproject.toml': [
      '[project]', 'name = "a"', 'dependencies = [', '  "requests>=2", # a range', '  "b==1.0",', '  "c @ git+https://host.test/c",', ']', 'requires-python = ">=3.11"', '[project.optional-dependencies]', 'dev = ["pytest~=8.0"]', '[build-system]', 'requires = ["hatchling"]',
      '[dependency-groups]', 'lint = ["ruff==0.4.1"]', '[tool.poetry.group.dev.dependencies]', 'python = "^3.11"', 'httpx = "^0.27"', 'd = { version = "1.2.3", extras = ["x"] }', 'e = { git = "https://host.test/e" }',
    ].join('\n') })).toEqual([
      [4, 'python', 'requests', false, false, false], [5, 'python', 'b', true, false, false], [6, 'python', 'c', false, false, true], [10, 'python', 'pytest', false, false, false], [12, 'python', 'hatchling', false, false, false],
      [14, 'python', 'ruff', true, false, false], [17, 'python', 'httpx', false, false, false], [18, 'python', 'd', true, false, false], [19, 'python', 'e', false, false, true],
    ]);
  });

  it('have checksums in the lockfile beside them', async () => {
    expect(await read({ 'a/pyproject.toml': '[project]\ndependencies = ["b==1.0"]\n', 'a/uv.lock': '' })).toEqual([[2, 'python', 'b', true, true, false]]);
  });

  it('are read from Pipfile and Cargo.toml, where a bare version is a range', async () => {
    expect(await read({ 'Cargo.toml': '[package]\nname = "x"\nversion = "1.0.0"\n[dependencies]\nserde = "1"\ntokio = { version = "=1.40.0" }\n[target."cfg(unix)".dependencies]\nlibc = "0.2"\n', Pipfile: '[packages]\nrequests = "*"\nb = "==1.0"\n' })).toEqual([
      [5, 'rust', 'serde', false, false, false], [6, 'rust', 'tokio', true, false, false], [8, 'rust', 'libc', false, false, false], [2, 'python', 'requests', false, false, false], [3, 'python', 'b', true, false, false],
    ]);
  });

  it.each([['Gemfile', 'ruby'], ['a/pom.xml', 'java'], ['setup.py', 'python'], ['requirements/dev.txt', 'python']])('%s is not taken for pinned', async (path, ecosystem) => {
    expect(await read({ [path]: 'x\n' })).toEqual([[1, ecosystem, path === 'requirements/dev.txt' ? 'x' : path.replace('a/', ''), false, false, false]]);
  });
});

describe('container images', () => {
  it('are read from a Dockerfile, stages of its own apart', () => {
    const images = dockerfileImages(['ARG NODE=node:20', '# FROM comment:1', 'FROM --platform=linux/amd64 ${NODE} AS build', 'RUN --mount=type=bind,from=alpine:3,target=/x \\', '  ls', 'FROM scratch', 'COPY --from=build /a /a', 'COPY --from=nginx:1 /b /b', 'COPY --from=0 /c /c', 'from redis@sha256:00 as Last', 'FROM last'].join('\n'));
    expect(images.map(({ line, image, form }) => [line, image, form])).toEqual([[3, 'node:20', 'from'], [4, 'alpine:3', 'mount'], [8, 'nginx:1', 'copy'], [10, 'redis@sha256:00', 'from']]);
  });

  it('are read from every key of that name in YAML', () => {
    const images = yamlImages(['services:', '  a: { image: "nats:2.10" }', '  b:', '    build: .', '    image: own', '---', 'spec:', '  containers:', '    - name: x', '      image: redis:7', '---', 'image:', '  repository: arqon/shield', '  tag: "1"', '  digest: sha256:00'].join('\n'));
    expect(images.map(({ line, image, form }) => [line, image, form])).toEqual([[2, 'nats:2.10', 'key'], [10, 'redis:7', 'key'], [12, 'arqon/shield:1@sha256:00', 'key']]);
    expect(yamlImages('a: [').map(({ form }) => form)).toEqual(['unreadable']);
  });

  it('are found wherever they lie, but in workflows', async () => {
    const rows = await factsOf({ 'tools/x/Dockerfile.dev': 'FROM a:1', 'compose.yaml': 'services: { b: { image: b } }', '.devcontainer/devcontainer.json': '{ "image": "c" /* latest */ }', '.github/workflows/a.yml': 'jobs: { x: { container: { image: d } } }' });
    expect(only(rows.container_images, 'file', 'image')).toEqual([['tools/x/Dockerfile.dev', 'a:1'], ['compose.yaml', 'b'], ['.devcontainer/devcontainer.json', 'c']].sort((a, b) => (a[0] ?? '').localeCompare(b[0] ?? '')));
  });
});

describe('files', () => {
  it('are told when they are large, programs, or named like settings and keys', async () => {
    const rows = await factsOf({ 'big.txt': 'a'.repeat(200_000), 'run': Buffer.from('\x7fELF\0\0', 'latin1'), '.env.local': '', 'server.key': '', 'small.txt': 'a', 'a.tgz': '' });
    expect(only(rows.committed_files, 'path', 'kind').sort()).toEqual([['.env.local', 'environment'], ['a.tgz', 'archive'], ['big.txt', 'other'], ['run', 'program'], ['server.key', 'credential']]);
  });

  it('are searched for hosts of registries', () => {
    const host = ['registry', 'npmjs', 'org'].join('.');
    expect(findRegistryHosts(`a\nhttps://${host}/ws`)).toEqual([{ registry: 'npm', line: 2 }]);
    expect(findRegistryHosts(`my-${host}x ${host}anization`)).toEqual([]);
  });
});

describe('names', () => {
  it.each([['lodahs', 'lodash'], ['expresss', 'express'], ['typescript-js', 'typescript'], ['cros-env', 'cross-env'], ['crossenv', 'cross-env'], ['ioredi', 'ioredis']])('%s could be taken for %s', (name, known) => {
    expect(resembledPackage(name)).toBe(known);
  });

  it.each(['lodash', 'ws', 'pino', 'yaml', '@eslint/js', 'eslint-scope'])('%s could not', (name) => {
    expect(resembledPackage(name)).toBe('');
  });

  it('are one edit apart by insertion, replacement and swap', () => {
    expect([isOneEditApart('abcd', 'abxd'), isOneEditApart('abcd', 'abd'), isOneEditApart('abcd', 'abdc'), isOneEditApart('abcd', 'abcd'), isOneEditApart('abcd', 'axyd')]).toEqual([true, true, true, false, false]);
  });
});
