import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';

import { digestSources, manifestFormat, type PackManifest, type PackTarget, type RuntimeCases, type RuntimeSection } from './pack-manifest.js';
import { capabilitiesFile, sha256 } from './pack-sources.js';
import { loadWasmModule } from './wasm-module.js';

const executeFile = promisify(execFile);
const timeoutMs = 300_000;
const maxBuffer = 64 * 1024 * 1024;
const TAR_BLOCK_BYTES = 512;

export interface CompileOptions {
  /** Absolute path of the folder `policies`. */
  readonly policies: string;
  readonly target: PackTarget;
  /** Path and version of OPA. */
  readonly opa: string;
  readonly opaVersion: string;
}

/** @throws Error with what OPA said, without the arguments */
async function execute(opa: string, args: readonly string[], policies: string): Promise<string> {
  try {
    return (await executeFile(opa, [...args], { cwd: dirname(policies), timeout: timeoutMs, maxBuffer })).stdout;
  } catch (error) {
    const { stdout = '', stderr = '', code } = error as { readonly stdout?: string; readonly stderr?: string; readonly code?: unknown };
    throw new Error(`opa ${args[0] ?? ''} failed (${String(code)}): ${`${stderr}${stdout}`.trim()}`, { cause: error });
  }
}

interface ParsedModule {
  readonly package: { readonly path: readonly { readonly value: string }[] };
  readonly rules?: readonly { readonly head: { readonly name?: string; readonly ref?: readonly { readonly value: string }[]; readonly key?: unknown } }[];
}

/** Names that Conftest would run as well, and so what a WebAssembly without them would let pass; exceptions it would apply unseen. */
const UNWANTED_RULES = /^(violation|exception|(deny|warn|violation)_.*)$/;
const REPOSITORY_RULES = new Set(['deny', 'warn']);
const RUNTIME_RULES = new Set(['decision']);

async function parseModule(opa: string, policies: string, path: string): Promise<ParsedModule> {
  return JSON.parse(await execute(opa, ['parse', '--format', 'json', '--v1-compatible', join('policies', path)], policies)) as ParsedModule;
}

/** The entry points of a module: `deny` and `warn` of a rule of the packs, `decision` of a policy of the runtime. */
function entrypointsOf(path: string, { package: { path: packagePath }, rules = [] }: ParsedModule, target: PackTarget): string[] {
  const parts = packagePath.map(({ value }) => value).slice(1);
  const heads = rules.map(({ head }) => ({ name: head.name ?? head.ref?.[0]?.value ?? '', isSet: head.key !== undefined }));
  const names = new Set(heads.map(({ name }) => name));
  const unwanted = [...names].filter((name) => UNWANTED_RULES.test(name));
  if (unwanted.length > 0) throw new Error(`policies/${path}: no rule may be named ${unwanted.join(', ')}`);
  if (parts[1] === 'lib' || parts.at(-1) === 'lib') return [];
  const wanted = target.name === 'packs' ? REPOSITORY_RULES : RUNTIME_RULES;
  const noSet = heads.filter(({ name, isSet }) => REPOSITORY_RULES.has(name) && !isSet);
  if (noSet.length > 0) throw new Error(`policies/${path}: deny and warn must be sets (contains)`);
  return [...names].filter((name) => wanted.has(name)).sort().map((name) => [...parts, name].join('/'));
}

/** The one file that is wanted out of an archive as `opa build` writes it. */
function extract(archive: Uint8Array, name: string): Uint8Array {
  const text = (start: number, length: number): string => new TextDecoder().decode(archive.subarray(start, start + length)).replace(/\0.*$/s, '');
  for (let at = 0; at + TAR_BLOCK_BYTES <= archive.length && archive[at] !== 0; ) {
    const bytes = Number.parseInt(text(at + 124, 12), 8);
    const start = at + TAR_BLOCK_BYTES;
    if (text(at, 100) === name) return archive.slice(start, start + bytes);
    at = start + Math.ceil(bytes / TAR_BLOCK_BYTES) * TAR_BLOCK_BYTES;
  }
  throw new Error(`OPA built no ${name}`);
}

async function build({ policies, target, opa }: CompileOptions, modules: readonly string[], entrypoints: readonly string[]): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'arqonbus-opa-'));
  try {
    const archive = join(folder, 'bundle.tar.gz');
    const options = ['--v1-compatible', '--capabilities', join('policies', capabilitiesFile), ...entrypoints.flatMap((name) => ['--entrypoint', name])];
    // Relative paths: the module holds them for its messages, and must be the same wherever it is built.
    const paths = modules.map((path) => join('policies', path));
    await execute(opa, ['build', '--target', 'wasm', ...options, '--output', archive, ...paths], policies);
    const wasm = extract(gunzipSync(await readFile(archive)), '/policy.wasm');
    if (wasm.length > target.sizeCap) throw new Error(`policies/${target.wasmFile} would have ${String(wasm.length)} bytes, more than the ${String(target.sizeCap)} allowed`);
    return wasm;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Raised when inputs, decisions or names of entry points change their meaning; libs/policy takes no other. */
const RUNTIME_CONTRACT = 1;
const PROBE_MEMORY_BYTES = 16 * 1024 * 1024;

async function describeRuntime({ policies, target }: CompileOptions, wasm: Uint8Array, entrypoints: readonly string[]): Promise<RuntimeSection> {
  const files = target.listCases(policies);
  const cases = await Promise.all(files.map(async (file) => [file.split('/').at(-2) ?? '', JSON.parse(await readFile(join(policies, file), 'utf8')) as RuntimeCases] as const));
  const canaries = Object.fromEntries(cases);
  const names = entrypoints.map((path) => path.split('/').at(-2) ?? '');
  const missing = names.filter((name) => (canaries[name]?.allow.length ?? 0) === 0 || (canaries[name]?.deny.length ?? 0) === 0);
  if (missing.length > 0) throw new Error(`policies/runtime/${missing.join(', ')}: cases.json must have inputs to allow and to deny`);
  // Asked of the module itself, so that the manifest cannot name another version than the decisions do.
  const decisions = [...loadWasmModule(wasm, {}, PROBE_MEMORY_BYTES).evaluate({}, entrypoints).values()] as { readonly policy_version?: unknown }[];
  const [policyVersion, ...others] = [...new Set(decisions.map(({ policy_version: version }) => version))];
  if (typeof policyVersion !== 'string' || policyVersion === '' || others.length > 0) throw new Error('The runtime policies do not name one version');
  return { contract: RUNTIME_CONTRACT, policyVersion, canaries };
}

/**
 * Compiles the modules of one target with OPA. The same sources give the same bytes.
 *
 * @throws Error with what OPA says of a module that does not compile or uses a builtin outside the capabilities, of a rule that Conftest
 * would judge otherwise, or of a module that grew too large
 */
export async function compilePacks(options: CompileOptions): Promise<{ wasm: Uint8Array; manifest: PackManifest }> {
  const { policies, target, opa, opaVersion } = options;
  const sources = digestSources(policies, target);
  const modules = target.listModules(policies);
  const parsed = await Promise.all(modules.map(async (path) => entrypointsOf(path, await parseModule(opa, policies, path), target)));
  const entrypoints = parsed.flat().sort();
  if (entrypoints.length === 0) throw new Error(`No module of ${target.name} has an entry point`);
  const wasm = await build(options, modules, entrypoints);
  if (JSON.stringify(digestSources(policies, target)) !== JSON.stringify(sources)) throw new Error('The sources changed while they were compiled: build again');
  const manifest = { format: manifestFormat, opa: opaVersion, sources, entrypoints, wasm: { sha256: sha256(wasm), bytes: wasm.length } };
  return { wasm, manifest: target.name === 'runtime' ? { ...manifest, runtime: await describeRuntime(options, wasm, entrypoints) } : manifest };
}

/** A manifest as it is committed. */
export function renderManifest(manifest: PackManifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
