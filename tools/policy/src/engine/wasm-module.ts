import * as opaWasm from '@open-policy-agent/opa-wasm';

import { describeThrown } from './read-judgement.js';

/** What is used of the package; its types leave out the default export, in which alone an ES module finds the synchronous way to load. */
interface OpaWasm {
  readonly loadPolicySync: (wasm: Uint8Array, memory: { readonly initial: number; readonly maximum: number }) => LoadedPolicy;
}

interface LoadedPolicy {
  readonly wasmInstance: { readonly exports: OpaExports };
  readonly mem: { readonly buffer: ArrayBuffer };
  readonly entrypoints: Readonly<Record<string, number>>;
}

const { loadPolicySync } = (opaWasm as typeof opaWasm & { readonly default: OpaWasm }).default;

/** Bytes of one page of WebAssembly memory. */
const PAGE_BYTES = 65_536;
/** More than the constants of any module need, which must fit before anything is loaded. */
const INITIAL_PAGES = 256;

/** Builtins that OPA leaves to the host and that the host has; what sprintf makes of a value is compared with Conftest by tests. */
const HOST_BUILTINS = new Set(['sprintf']);

/** The part of OPA's binary interface (version 1) that evaluation uses; addresses are offsets into the module's memory. */
interface OpaExports {
  readonly opa_malloc: (bytes: number) => number;
  readonly opa_json_parse: (address: number, bytes: number) => number;
  readonly opa_json_dump: (value: number) => number;
  readonly opa_heap_ptr_get: () => number;
  readonly opa_heap_ptr_set: (address: number) => void;
  readonly opa_eval_ctx_new: () => number;
  readonly opa_eval_ctx_set_input: (context: number, value: number) => void;
  readonly opa_eval_ctx_set_data: (context: number, value: number) => void;
  readonly opa_eval_ctx_set_entrypoint: (context: number, id: number) => void;
  readonly opa_eval_ctx_get_result: (context: number) => number;
  readonly eval: (context: number) => number;
  readonly builtins: () => number;
}

/** Evaluates entry points of one WebAssembly module. */
export interface WasmModule {
  readonly entrypoints: Readonly<Record<string, number>>;
  /**
   * Parses a document once and evaluates entry points over it.
   *
   * @returns the value of each entry point
   * @throws Error that names the entry point that failed
   */
  readonly evaluate: (document: unknown, entrypoints: readonly string[]) => Map<string, unknown>;
}

class OpaModule implements WasmModule {
  readonly entrypoints: Readonly<Record<string, number>>;
  private readonly exports: OpaExports;
  private readonly memory: LoadedPolicy['mem'];
  private readonly data: number;
  private readonly heap: number;

  constructor(wasm: Uint8Array, data: unknown, maxMemoryBytes: number) {
    const policy = loadPolicySync(wasm, { initial: INITIAL_PAGES, maximum: Math.ceil(maxMemoryBytes / PAGE_BYTES) });
    this.exports = policy.wasmInstance.exports;
    this.memory = policy.mem;
    this.entrypoints = policy.entrypoints;
    this.checkBuiltins();
    this.data = this.load(data);
    this.heap = this.exports.opa_heap_ptr_get();
  }

  evaluate(document: unknown, entrypoints: readonly string[]): Map<string, unknown> {
    this.exports.opa_heap_ptr_set(this.heap);
    const input = this.load(document);
    const heap = this.exports.opa_heap_ptr_get();
    return new Map(entrypoints.map((name) => {
      try {
        return [name, this.evaluateOne(name, input, heap)];
      } catch (thrown) {
        throw new Error(`${name}: ${describeThrown(thrown)}`, { cause: thrown });
      }
    }));
  }

  private evaluateOne(name: string, input: number, heap: number): unknown {
    const id = Object.hasOwn(this.entrypoints, name) ? this.entrypoints[name] : undefined;
    if (id === undefined) throw new Error('the module has no such entry point');
    // What the rule before left behind is given up; memory is not collected within an evaluation.
    this.exports.opa_heap_ptr_set(heap);
    const context = this.exports.opa_eval_ctx_new();
    this.exports.opa_eval_ctx_set_input(context, input);
    this.exports.opa_eval_ctx_set_data(context, this.data);
    this.exports.opa_eval_ctx_set_entrypoint(context, id);
    if (this.exports.eval(context) !== 0) throw new Error('the evaluation failed');
    const results = this.dump(this.exports.opa_eval_ctx_get_result(context));
    if (!Array.isArray(results) || results.length !== 1) throw new Error('it is undefined');
    return (results[0] as { result?: unknown }).result;
  }

  private checkBuiltins(): void {
    const missing = Object.keys(this.dump(this.exports.builtins()) as object).filter((name) => !HOST_BUILTINS.has(name));
    if (missing.length > 0) throw new Error(`it needs builtins that are not implemented here: ${missing.join(', ')}`);
  }

  private load(value: unknown): number {
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    const raw = this.exports.opa_malloc(bytes.length);
    new Uint8Array(this.memory.buffer).set(bytes, raw);
    const address = this.exports.opa_json_parse(raw, bytes.length);
    if (address === 0) throw new Error('the document cannot be parsed');
    return address;
  }

  private dump(value: number): unknown {
    const start = this.exports.opa_json_dump(value);
    const bytes = new Uint8Array(this.memory.buffer);
    return JSON.parse(new TextDecoder().decode(bytes.subarray(start, bytes.indexOf(0, start))));
  }
}

/**
 * Loads a module that OPA compiled, with the data that its rules read.
 *
 * @throws Error when it cannot be instantiated, speaks another binary interface, or needs a builtin that this host has not
 */
export function loadWasmModule(wasm: Uint8Array, data: unknown, maxMemoryBytes: number): WasmModule {
  try {
    return new OpaModule(wasm, data, maxMemoryBytes);
  } catch (thrown) {
    throw new Error(describeThrown(thrown), { cause: thrown });
  }
}
