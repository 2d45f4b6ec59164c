import { statSync } from 'node:fs';
import { join } from 'node:path';

import type { Row, Rows } from '../fact-source.js';
import type { Workspace } from '../workspace.js';

/** Smaller files are of no interest unless their name is. */
const NOTABLE_BYTES = 128 * 1024;
const ENVIRONMENT_FILE = /(^|\/)\.env(\..+)?$|(^|\/)[^/]+\.env$|(^|\/)\.envrc$/;
const CREDENTIAL_FILE = /\.(pem|key|p12|pfx|jks|keystore|creds|nk|kdbx)$|(^|\/)(id_(rsa|dsa|ecdsa|ed25519)|\.netrc|\.pgpass|\.npmrc\.local|credentials|service-account\.json)$/;
const PROGRAM_FILE = /\.(exe|dll|so|dylib|node|a|o|class|jar|war|bin|deb|rpm|apk|msi|dmg|iso|img|wasm|pyc)$/;
const ARCHIVE_FILE = /\.(zip|tar|tgz|gz|bz2|xz|zst|7z|rar)$/;
const SAMPLE_BYTES = 8192;

function kindOf(path: string): string {
  if (ENVIRONMENT_FILE.test(path)) return 'environment';
  if (CREDENTIAL_FILE.test(path)) return 'credential';
  if (PROGRAM_FILE.test(path)) return 'program';
  return ARCHIVE_FILE.test(path) ? 'archive' : 'other';
}

function isExecutableContent(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 4)).toString('latin1');
  return head === '\x7fELF' || head.startsWith('MZ') || ['\xfe\xed\xfa\xce', '\xfe\xed\xfa\xcf', '\xcf\xfa\xed\xfe', '\xca\xfe\xba\xbe'].includes(head);
}

/** Registries by the parts of their host names, which no file of the repository spells. */
const REGISTRIES: readonly (readonly [string, readonly string[]])[] = [
  ['npm', ['registry', 'npmjs', 'org']],
  ['npm mirror', ['registry', 'npmmirror', 'com']],
  ['yarn', ['registry', 'yarnpkg', 'com']],
  ['GitHub packages', ['npm', 'pkg', 'github', 'com']],
  ['Python files', ['files', 'pythonhosted', 'org']],
  ['Python index', ['pypi', 'org']],
  ['Go proxy', ['proxy', 'golang', 'org']],
  ['Go checksums', ['sum', 'golang', 'org']],
  ['Debian', ['deb', 'debian', 'org']],
  ['crates index', ['index', 'crates', 'io']],
  ['crates', ['static', 'crates', 'io']],
  ['RubyGems', ['rubygems', 'org']],
  ['Docker Hub', ['registry-1', 'docker', 'io']],
];
const REGISTRY_HOST = new RegExp(`(?<![\\w.-])(?:${REGISTRIES.map(([, parts]) => `(${parts.join('\\.')})`).join('|')})(?![\\w-])`, 'g');

/** Every mention of a package registry's host in a text. */
export function findRegistryHosts(text: string): { readonly registry: string; readonly line: number }[] {
  return [...text.matchAll(REGISTRY_HOST)].map((found) => {
    const index = found.slice(1).findIndex((part) => part !== undefined);
    return { registry: REGISTRIES[index]?.[0] ?? '', line: text.slice(0, found.index).split('\n').length };
  });
}

/** Large files, programs and files whose name says that they hold settings of one machine or credentials; hosts of registries. */
export function readFileRows(workspace: Workspace): Rows {
  const notable: Row[] = [];
  const hosts: Row[] = [];
  for (const { path, project } of workspace.files) {
    const bytes = statSync(join(workspace.root, path)).size;
    const content = workspace.readBytes(path);
    const binary = content.subarray(0, SAMPLE_BYTES).includes(0);
    const kind = kindOf(path);
    const isProgram = isExecutableContent(content);
    if (bytes >= NOTABLE_BYTES || kind !== 'other' || isProgram) notable.push({ file: path, line: 1, project, path, bytes, binary, kind: isProgram ? 'program' : kind });
    if (!binary) hosts.push(...findRegistryHosts(Buffer.from(content).toString('latin1')).map(({ registry, line }) => ({ file: path, line, project, registry })));
  }
  return { committed_files: notable, registry_hosts: hosts };
}
