/**
 * The part of WebAssembly that this package uses; the compiler's libraries for Node do not declare it.
 */
export interface WasmModuleEntry {
  readonly name: string;
  readonly kind: string;
}

interface WasmModuleConstructor {
  new (bytes: Uint8Array): object;
  imports(module: object): readonly (WasmModuleEntry & { readonly module: string })[];
  exports(module: object): readonly WasmModuleEntry[];
}

const { WebAssembly: engine } = globalThis as typeof globalThis & { readonly WebAssembly: { readonly Module: WasmModuleConstructor } };

/** Compiles a module, which costs much more than each instance of it. @throws what the engine says of bytes that are no module */
export function compileModule(bytes: Uint8Array): object {
  return new engine.Module(bytes);
}

/** `<module>.<name>` of everything that the module takes from its host. */
export function importsOf(module: object): string[] {
  return engine.Module.imports(module).map(({ module: from, name }) => `${from}.${name}`);
}

/** Names of everything that the module gives to its host. */
export function exportsOf(module: object): string[] {
  return engine.Module.exports(module).map(({ name }) => name);
}
