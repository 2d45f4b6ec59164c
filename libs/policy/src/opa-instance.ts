import * as opaWasm from '@open-policy-agent/opa-wasm';

import { PolicyBundleError } from './bundle.js';
import { allowedImports, opaAbi, requiredExports } from './contract.js';
import { compileModule, exportsOf, importsOf } from './web-assembly.js';

/** Bytes of one page of WebAssembly memory. */
export const pageBytes = 65_536;

/** Size of an instance's memory: what it starts with and what it can never exceed. */
export interface MemoryBounds {
  readonly initialPages: number;
  readonly maximumPages: number;
}

/** What is used of the package; its types leave out the default export, in which alone an ES module finds the synchronous way to load. */
interface OpaWasm {
  readonly loadPolicySync: (module: object, memory: { readonly initial: number; readonly maximum: number }) => LoadedPolicy;
}

interface LoadedPolicy {
  readonly wasmInstance: { readonly exports: OpaExports };
  readonly mem: { readonly buffer: ArrayBuffer };
  readonly entrypoints: Readonly<Record<string, number>>;
  setData(data: ArrayBuffer): void;
  evaluate(input: ArrayBuffer, entrypoint: string): unknown;
}

interface OpaExports {
  readonly builtins: () => number;
  readonly opa_json_dump: (value: number) => number;
  readonly opa_wasm_abi_version: { readonly value: number };
  readonly opa_wasm_abi_minor_version: { readonly value: number };
}

const { loadPolicySync } = (opaWasm as typeof opaWasm & { readonly default: OpaWasm }).default;

/** A compiled module with its data; makes instances, which are cheap. */
export interface OpaModule {
  readonly entrypoints: readonly string[];
  /** @throws whatever WebAssembly and its host throw, which need not be an error */
  readonly instantiate: () => OpaInstance;
}

/** Evaluates entry points. After it threw, what its memory holds is not known: make another. */
export interface OpaInstance {
  /** The result set as OPA gives it: empty for what is undefined. @throws whatever WebAssembly and its host throw */
  readonly evaluate: (input: Uint8Array, entrypoint: string) => unknown;
}

function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer;
}

/** Checks what can be checked without running the module. */
function checkInterface(module: object): void {
  const exported = new Set(exportsOf(module));
  const missing = requiredExports.filter((name) => !exported.has(name));
  if (missing.length > 0) throw new PolicyBundleError(`the module does not export ${missing.join(', ')}`);
  const foreign = importsOf(module).filter((name) => !allowedImports.includes(name));
  if (foreign.length > 0) throw new PolicyBundleError(`the module asks its host for ${foreign.join(', ')}`);
}

function readString(memory: LoadedPolicy['mem'], start: number): string {
  const bytes = new Uint8Array(memory.buffer);
  return new TextDecoder().decode(bytes.subarray(start, bytes.indexOf(0, start)));
}

/** Checks what only an instance tells: the version of the interface, and the builtins that the module leaves to its host. */
function checkInstance(policy: LoadedPolicy): void {
  const { exports } = policy.wasmInstance;
  const { value: version } = exports.opa_wasm_abi_version;
  const { value: minorVersion } = exports.opa_wasm_abi_minor_version;
  if (version !== opaAbi.version || minorVersion < opaAbi.minorVersion) throw new PolicyBundleError(`the module speaks OPA's interface ${version}.${minorVersion}`);
  const builtins = Object.keys(JSON.parse(readString(policy.mem, exports.opa_json_dump(exports.builtins()))) as object);
  if (builtins.length > 0) throw new PolicyBundleError(`the module needs builtins of its host: ${builtins.join(', ')}`);
}

/**
 * Compiles a module and checks that it keeps to the contract.
 *
 * @throws PolicyBundleError when it does not; what WebAssembly throws when the bytes are no module
 */
export function compileOpaModule(wasm: Uint8Array, { initialPages, maximumPages }: MemoryBounds): (data: Uint8Array) => OpaModule {
  const module = compileModule(wasm);
  checkInterface(module);
  const load = (): LoadedPolicy => loadPolicySync(module, { initial: initialPages, maximum: maximumPages });
  const probe = load();
  checkInstance(probe);
  const entrypoints = Object.keys(probe.entrypoints);
  return (data) => ({
    entrypoints,
    instantiate: () => {
      const policy = load();
      policy.setData(exactBuffer(data));
      return { evaluate: (input, entrypoint) => policy.evaluate(exactBuffer(input), entrypoint) };
    },
  });
}
