import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { capabilitiesFile, digestFiles, listModulesUnder, listPackModules, listRuntimeCases, sha256 } from './pack-sources.js';

/** Shape of a manifest; raised when its meaning changes. */
export const manifestFormat = 1;

/** What one committed WebAssembly module was built from. */
export interface PackManifest {
  readonly format: number;
  /** Version of OPA that built it. */
  readonly opa: string;
  /** SHA-256 of every source, by its path relative to `policies`. */
  readonly sources: Readonly<Record<string, string>>;
  /** In the order of the build: the paths under `data` that can be evaluated. */
  readonly entrypoints: readonly string[];
  readonly wasm: { readonly sha256: string; readonly bytes: number };
  /** Only of the runtime policies: what `loadRuntimePolicy` of @arqonbus/policy checks before it uses them. */
  readonly runtime?: RuntimeSection;
}

/** What the host of the runtime policies is to know. */
export interface RuntimeSection {
  /** Version of the contract between host and policies: shapes of inputs and decisions, names of entry points. */
  readonly contract: number;
  /** What every decision names. */
  readonly policyVersion: string;
  /** By the name of a decision, inputs that it must allow and deny, and the data to judge them with. */
  readonly canaries: Readonly<Record<string, RuntimeCases>>;
}

/** Content of `policies/runtime/<decision>/cases.json`. */
export interface RuntimeCases {
  readonly data: Readonly<Record<string, unknown>>;
  readonly allow: readonly unknown[];
  readonly deny: readonly unknown[];
}

/** One module that is built: where its sources, its bytes and its manifest are, relative to `policies`. */
export interface PackTarget {
  readonly name: 'packs' | 'runtime';
  readonly wasmFile: string;
  readonly manifestFile: string;
  readonly listModules: (policies: string) => string[];
  /** Further files that go into the manifest. */
  readonly listCases: (policies: string) => string[];
  /** Most bytes that the module may have. */
  readonly sizeCap: number;
}

const MIB = 1024 * 1024;

/** The rules that judge the repository. */
export const packsTarget: PackTarget = {
  name: 'packs',
  wasmFile: 'wasm/packs.wasm',
  manifestFile: 'wasm/packs.json',
  listModules: listPackModules,
  listCases: () => [],
  sizeCap: 2 * MIB,
};

/** The rules that judge connections and commands of a running bus. */
export const runtimeTarget: PackTarget = {
  name: 'runtime',
  wasmFile: 'runtime/runtime.wasm',
  manifestFile: 'runtime/runtime.json',
  listModules: (policies) => listModulesUnder(policies, 'runtime'),
  listCases: (policies) => listRuntimeCases(policies),
  sizeCap: MIB / 2,
};

/** What to do about a module that is not what its sources say. */
export const rebuildHint = 'run npm run policy:build';

/** Digests of all that goes into a build: the modules, and the builtins that they may use. */
export function digestSources(policies: string, target: PackTarget): Record<string, string> {
  return digestFiles(policies, [...target.listModules(policies), ...target.listCases(policies), capabilitiesFile].sort());
}

function isManifest(value: unknown): value is PackManifest {
  if (typeof value !== 'object' || value === null) return false;
  const { format, opa, sources, entrypoints, wasm } = value as Record<string, unknown>;
  const { sha256: digest, bytes } = (wasm ?? {}) as Record<string, unknown>;
  return format === manifestFormat && typeof opa === 'string' && typeof sources === 'object' && sources !== null
    && Array.isArray(entrypoints) && typeof digest === 'string' && typeof bytes === 'number';
}

function readManifest(policies: string, target: PackTarget): PackManifest {
  const path = `policies/${target.manifestFile}`;
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(join(policies, target.manifestFile), 'utf8'));
  } catch (error) {
    throw new Error(`${path} cannot be read (${error instanceof Error ? error.message : 'unknown'}): ${rebuildHint}`, { cause: error });
  }
  if (!isManifest(parsed)) throw new Error(`${path} is no manifest of format ${String(manifestFormat)}: ${rebuildHint}`);
  return parsed;
}

function checkSources(policies: string, target: PackTarget, manifest: PackManifest): void {
  const now = digestSources(policies, target);
  const paths = [...new Set([...Object.keys(now), ...Object.keys(manifest.sources)])].sort();
  const changed = paths.filter((path) => now[path] !== manifest.sources[path]);
  if (changed.length === 0) return;
  const told = changed.slice(0, 5).map((path) => `policies/${path}`).join(', ');
  throw new Error(`policies/${target.wasmFile} was built from other sources than ${told}${changed.length > 5 ? ` and ${String(changed.length - 5)} more` : ''}: ${rebuildHint}`);
}

/**
 * Reads a committed module after comparing it with its manifest and its sources.
 *
 * @throws Error that names the file and what to run when a source, the module or the manifest is not what was built, or it is too large
 */
export function readPack(policies: string, target: PackTarget): { manifest: PackManifest; wasm: Uint8Array } {
  const manifest = readManifest(policies, target);
  checkSources(policies, target, manifest);
  let wasm: Uint8Array;
  try {
    wasm = readFileSync(join(policies, target.wasmFile));
  } catch (error) {
    throw new Error(`policies/${target.wasmFile} cannot be read: ${rebuildHint}`, { cause: error });
  }
  if (wasm.length > target.sizeCap) throw new Error(`policies/${target.wasmFile} has ${String(wasm.length)} bytes, more than the ${String(target.sizeCap)} allowed`);
  if (wasm.length !== manifest.wasm.bytes || sha256(wasm) !== manifest.wasm.sha256) {
    throw new Error(`policies/${target.wasmFile} is not the module that policies/${target.manifestFile} describes: ${rebuildHint}`);
  }
  return { manifest, wasm };
}
