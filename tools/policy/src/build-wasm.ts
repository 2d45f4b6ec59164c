import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { compilePacks, renderManifest } from './engine/compile-packs.js';
import { packsTarget, runtimeTarget, type PackTarget } from './engine/pack-manifest.js';
import { ensureOpa } from './tools/ensure-tool.js';
import { readIfThere } from './tools/read-if-there.js';

export interface BuildWasmOptions {
  /** Absolute path of the folder `policies`. */
  readonly policies: string;
  /** Compares with what is committed instead of writing it. */
  readonly check: boolean;
  readonly targets?: readonly PackTarget[];
}

/** Written aside and moved, so that nobody loads half a module. */
async function replace(path: string, content: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
}

/**
 * Compiles the packs and the runtime policies to the committed WebAssembly, or tells how the committed ones differ.
 *
 * @returns one line for each target that was written, or that is not up to date when checking
 * @throws Error when OPA cannot be had or a source does not compile
 */
export async function buildWasm({ policies, check, targets = [runtimeTarget, packsTarget] }: BuildWasmOptions): Promise<{ lines: string[]; stale: boolean }> {
  const opa = await ensureOpa();
  if (!opa.ok) throw new Error(opa.reason);
  const lines: string[] = [];
  let stale = false;
  for (const target of targets) {
    const { wasm, manifest } = await compilePacks({ policies, target, opa: opa.executable, opaVersion: opa.version });
    const [wasmPath, manifestPath] = [join(policies, target.wasmFile), join(policies, target.manifestFile)];
    const [oldWasm, oldManifest] = await Promise.all([readIfThere(wasmPath), readIfThere(manifestPath)]);
    const isCurrent = oldWasm !== undefined && Buffer.compare(oldWasm, wasm) === 0 && oldManifest?.toString() === renderManifest(manifest);
    const size = `${String(manifest.entrypoints.length)} entry points, ${String(wasm.length)} bytes of at most ${String(target.sizeCap)}`;
    if (isCurrent) lines.push(`policies/${target.wasmFile} is up to date: ${size}`);
    else if (check) lines.push(`policies/${target.wasmFile} is not what its sources compile to: run npm run policy:build`);
    else {
      await replace(wasmPath, wasm);
      await replace(manifestPath, renderManifest(manifest));
      lines.push(`policies/${target.wasmFile} is built: ${size}`);
    }
    stale ||= check && !isCurrent;
  }
  return { lines, stale };
}

/** `build-wasm.ts [--check]`: exit code 0 when built or up to date, 1 when stale, 2 when it cannot be built. */
async function main(): Promise<number> {
  try {
    const { lines, stale } = await buildWasm({ policies: resolve(import.meta.dirname, '../../../policies'), check: process.argv.includes('--check') });
    for (const line of lines) process.stdout.write(`${line}\n`);
    return stale ? 1 : 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

if (process.argv[1] === import.meta.filename) process.exitCode = await main();
