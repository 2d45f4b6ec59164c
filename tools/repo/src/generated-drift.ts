import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { renderProtoIndex } from './proto-index.js';
import { WORKSPACE_ROOT } from './workspace.js';

/** Where the contract and the code made from it are. All paths are absolute. */
export interface DriftOptions {
  /** Folder with the .proto files. */
  readonly protoFolder: string;
  /** Folder with the committed generated code. */
  readonly genFolder: string;
  /** The committed list of exports. */
  readonly indexFile: string;
}

/** The contract and the generated code of this repository. */
export const COMMITTED_CODE: DriftOptions = {
  protoFolder: join(WORKSPACE_ROOT, 'proto'),
  genFolder: join(WORKSPACE_ROOT, 'libs/proto/src/gen'),
  indexFile: join(WORKSPACE_ROOT, 'libs/proto/src/index.ts'),
};

function filesOf(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(folder, name)).isFile());
  return new Map(names.map((name) => [name.replaceAll('\\', '/'), readFileSync(join(folder, name), 'utf8')]));
}

function differences(expected: Map<string, string>, actual: Map<string, string>): string[] {
  const missing = [...expected.keys()].filter((name) => !actual.has(name)).map((name) => `missing: ${name}`);
  const surplus = [...actual.keys()].filter((name) => !expected.has(name)).map((name) => `not generated any more: ${name}`);
  const changed = [...expected].filter(([name, text]) => actual.has(name) && actual.get(name) !== text).map(([name]) => `out of date: ${name}`);
  return [...missing, ...surplus, ...changed].sort();
}

/**
 * Runs the code generator of `buf.gen.yaml` on a contract.
 *
 * @param protoFolder absolute path of a buf module
 * @param outFolder absolute path that receives the code
 * @throws Error with buf's own message when the contract does not compile
 */
export function generateProtoCode(protoFolder: string, outFolder: string): void {
  const plugin = join(WORKSPACE_ROOT, 'node_modules/@bufbuild/protoc-gen-es/bin/protoc-gen-es');
  const template = {
    version: 'v2',
    plugins: [{ local: [process.execPath, plugin], out: outFolder, opt: ['target=ts', 'import_extension=js'] }],
    inputs: [{ directory: protoFolder }],
  };
  const buf = join(WORKSPACE_ROOT, 'node_modules/.bin/buf');
  const result = spawnSync(buf, ['generate', '--template', JSON.stringify(template)], { cwd: WORKSPACE_ROOT, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`buf generate failed: ${result.stderr}${result.error?.message ?? ''}`);
}

/**
 * Generates the code anew in a temporary folder and compares it with what is committed.
 *
 * @returns one line per difference; empty when the committed code is current
 * @throws Error when the generator fails
 */
export function findGeneratedDrift(options: DriftOptions = COMMITTED_CODE): string[] {
  const fresh = mkdtempSync(join(tmpdir(), 'arqon-generated-'));
  try {
    generateProtoCode(options.protoFolder, fresh);
    const drift = differences(filesOf(fresh), filesOf(options.genFolder));
    return readFileSync(options.indexFile, 'utf8') === renderProtoIndex(fresh) ? drift : [...drift, 'out of date: index.ts'];
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
