import { append, overwrite, replace, write, type Violation } from '../violation.js';

const REGISTRY = ['registry', 'npmjs', 'org'].join('.');
const LOCK = 'package-lock.json';

/** Entry of a package in the lockfile, before the one that is there first. */
function locked(entry: object): readonly [string, string, string] {
  return [LOCK, '    "node_modules/@bufbuild/buf": {', `    "node_modules/left-over": ${JSON.stringify(entry)},\n    "node_modules/@bufbuild/buf": {`];
}

const CHECKSUM = `sha512-${'A'.repeat(86)}==`;

export const supplyChainViolations: readonly Violation[] = [
  {
    name: 'licence-not-allowed',
    rule: 'supply_chain.licence_allowed',
    did: 'Took in a package whose licence does not fit ours.',
    edits: [replace(...locked({ version: '1.0.0', license: 'AGPL-3.0-only', integrity: CHECKSUM }))],
    says: 'AGPL-3.0-only',
  },
  {
    name: 'version-range',
    rule: 'supply_chain.exact_versions',
    did: 'Let the registry decide which version of a package is installed.',
    edits: [replace('apps/shield/package.json', '"ws": "8.23.0"', '"ws": "^8.23.0"')],
  },
  {
    name: 'dependency-from-git',
    rule: 'supply_chain.no_git_or_url_dependency',
    did: 'Depended on a branch of a repository.',
    edits: [replace('libs/auth/package.json', '"dependencies": {', '"dependencies": {\n    "fork-of-jose": "github:someone/jose#main",')],
  },
  {
    name: 'install-script-of-our-own',
    rule: 'supply_chain.no_lifecycle_scripts',
    did: 'Let a package of ours run a script while it is installed.',
    edits: [replace('libs/errors/package.json', '"type": "module",', '"type": "module",\n  "scripts": { "postinstall": "node setup.mjs" },')],
  },
  {
    name: 'install-script-granted',
    rule: 'supply_chain.no_install_scripts',
    did: 'Granted a dependency the right to run code while it is installed.',
    edits: [replace('package.json', '"esbuild": false', '"esbuild": true')],
  },
  {
    name: 'typosquat',
    rule: 'supply_chain.banned_package',
    did: 'Misspelt the name of a well-known package.',
    edits: [replace('libs/telemetry/package.json', '"dependencies": {', '"dependencies": {\n    "lodahs": "4.17.21",')],
  },
  {
    name: 'registry-named',
    rule: 'supply_chain.no_registry_host',
    did: 'Wrote the address of one package registry into a file.',
    edits: [write('docs/mirror.md', ['# Mirror', '', `Packages come from https://${REGISTRY}/.`])],
  },
  {
    name: 'environment-file',
    rule: 'supply_chain.no_environment_file',
    did: 'Committed the settings of a machine.',
    edits: [write('apps/shield/.env.production', ['SHIELD_LISTEN_PORT=8443'])],
  },
  {
    name: 'lockfile-without-checksum',
    rule: 'supply_chain.lockfile_integrity',
    did: 'Let a package into the lockfile that nothing vouches for.',
    edits: [replace(LOCK, '    "node_modules/@babel/code-frame": {', '    "node_modules/unvouched": { "version": "1.0.0", "license": "MIT" },\n    "node_modules/@babel/code-frame": {')],
    says: 'unvouched',
  },
  {
    name: 'npm-runs-scripts',
    rule: 'supply_chain.npm_settings',
    did: 'Let npm run install scripts that nobody decided on.',
    edits: [append('.npmrc', ['strict-allow-scripts=false'])],
  },
  {
    name: 'another-licence',
    rule: 'supply_chain.own_licence',
    did: 'Gave one of our packages another licence.',
    edits: [replace('libs/link/package.json', '"license": "Apache-2.0"', '"license": "MIT"')],
  },
  {
    name: 'node-of-another-version',
    rule: 'supply_chain.engines_pinned',
    did: 'Raised Node in one place and forgot the others.',
    edits: [...overwrite('.nvmrc', ['22.1.0'])],
  },
  {
    name: 'image-by-tag',
    rule: 'supply_chain.image_pinned',
    did: 'Took the default of a build argument, a tag, for the image to build on.',
    edits: [write('tools/demo/Dockerfile', ['ARG BASE=node:20-alpine', 'FROM ${BASE} AS build'])],
    says: 'node:20-alpine',
  },
  {
    name: 'image-of-a-service',
    rule: 'supply_chain.image_pinned',
    did: 'Added a service to a compose file by its tag.',
    edits: [write('tools/demo/compose.dev.yaml', ['services:', '  cache:', '    image: redis:7'])],
  },
  {
    name: 'python-without-versions',
    rule: 'supply_chain.other_ecosystems_pinned',
    did: 'Let pyproject.toml take whatever version there is.',
    edits: [write('tools/demo/pyproject.toml', ['[project]', 'name = "demo"', 'dependencies = ["requests>=2"]'])],
  },
];
