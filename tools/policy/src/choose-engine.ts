import { join } from 'node:path';

import type { EngineName } from './command-line.js';
import { createConftestEngine } from './engine/conftest-engine.js';
import type { Engine } from './engine/engine.js';
import { createWasmEngine } from './engine/wasm-engine.js';
import type { RuleEntry } from './rules/rule-entry.js';
import { ensureConftest } from './tools/ensure-tool.js';

export interface ChooseOptions {
  /** Absolute path of the repository. */
  readonly root: string;
  readonly name: EngineName;
  /** The rules that are to run. */
  readonly rules: readonly RuleEntry[];
}

/** The compiled packs hold every rule; this judges by those that are to run. */
function wasmEngine(policies: string, ids: readonly string[], reason: string): Engine {
  const engine = createWasmEngine({ policies });
  return {
    title: reason === '' ? engine.title : `${engine.title} (no Conftest: ${reason})`,
    judge: (documents, rules = ids) => engine.judge(documents, rules),
  };
}

/**
 * Conftest in its pinned version where it can be had, else the committed WebAssembly of the same rules, which says so in its title.
 *
 * @throws Error when the engine asked for by name cannot be had
 */
export async function chooseEngine({ root, name, rules }: ChooseOptions): Promise<Engine> {
  const policies = join(root, 'policies');
  const ids = rules.map(({ id }) => id);
  if (name === 'wasm') return wasmEngine(policies, ids, '');
  const conftest = await ensureConftest();
  if (conftest.ok) return createConftestEngine({ policies, rules: ids, executable: conftest.executable, version: conftest.version });
  if (name === 'conftest') throw new Error(conftest.reason);
  return wasmEngine(policies, ids, conftest.reason);
}
