import type { DocumentVerdict, Engine, Judgement, Level } from './engine.js';
import { packsTarget, readPack, rebuildHint } from './pack-manifest.js';
import { readPolicyData } from './pack-sources.js';
import { readJudgement, sortJudgements } from './read-judgement.js';
import { loadWasmModule, type WasmModule } from './wasm-module.js';

const defaultMaxMemoryBytes = 1024 * 1024 * 1024;
const ENTRYPOINT = /^arqonbus\/([a-z0-9_]+)\/([a-z0-9_]+)\/(deny|warn)$/;

export interface WasmEngineOptions {
  /** Absolute path of the folder `policies`. */
  readonly policies: string;
  /** Most memory that rules may use; default 1 GiB. It is also what ends a rule that does not end. */
  readonly maxMemoryBytes?: number;
}

interface Entrypoint {
  readonly name: string;
  readonly rule: string;
  readonly level: Level;
}

function parseEntrypoint(name: string): Entrypoint {
  const [, category, rule, level] = ENTRYPOINT.exec(name) ?? [];
  if (category === undefined || rule === undefined || (level !== 'deny' && level !== 'warn')) throw new Error(`policies/${packsTarget.manifestFile}: ${name} is no entry point of a rule`);
  return { name, rule: `${category}.${rule}`, level };
}

interface WasmFinding {
  readonly msg?: unknown;
  readonly _loc?: { readonly file?: unknown; readonly line?: unknown };
  readonly project?: unknown;
  readonly subject?: unknown;
}

function readFindings({ rule, level }: Entrypoint, value: unknown): Judgement[] {
  if (!Array.isArray(value)) throw new Error(`Rule ${rule}: ${level} is no set`);
  return value.map((found: WasmFinding | null) =>
    readJudgement(rule, level, { message: found?.msg, file: found?._loc?.file, line: found?._loc?.line, project: found?.project, subject: found?.subject }));
}

function judgeOne(module: WasmModule, entrypoints: readonly Entrypoint[], document: unknown): DocumentVerdict {
  const values = module.evaluate(document, entrypoints.map(({ name }) => name));
  const judgements = entrypoints.flatMap((entrypoint) => readFindings(entrypoint, values.get(entrypoint.name)));
  const rulesRun = new Set(entrypoints.filter(({ name, level }) => level === 'deny' && values.has(name)).map(({ rule }) => rule));
  return { rulesRun: [...rulesRun].sort(), judgements: sortJudgements(judgements) };
}

/**
 * Judges by the committed WebAssembly of the packs, which needs no program but Node.
 *
 * @throws Error that names the file and what to run when the module is not what the rules' sources say, is altered, too large, or needs a
 * builtin that is not there
 */
export function createWasmEngine({ policies, maxMemoryBytes = defaultMaxMemoryBytes }: WasmEngineOptions): Engine {
  const { manifest, wasm } = readPack(policies, packsTarget);
  const entrypoints = manifest.entrypoints.map(parseEntrypoint);
  const data = readPolicyData(policies);
  const load = (): WasmModule => {
    try {
      return loadWasmModule(wasm, data, maxMemoryBytes);
    } catch (error) {
      throw new Error(`policies/${packsTarget.wasmFile}: ${(error as Error).message}: ${rebuildHint}`, { cause: error });
    }
  };
  let module: WasmModule | undefined = load();
  const known = new Set(Object.keys(module.entrypoints));
  const lost = manifest.entrypoints.filter((name) => !known.has(name));
  if (lost.length > 0 || known.size !== entrypoints.length) throw new Error(`policies/${packsTarget.wasmFile} has other entry points than its manifest: ${rebuildHint}`);
  return {
    title: `WebAssembly of the packs, built by OPA ${manifest.opa}`,
    judge: (documents, rules) => {
      const asked = rules === undefined ? entrypoints : entrypoints.filter(({ rule }) => rules.includes(rule));
      const verdicts: Record<string, DocumentVerdict> = {};
      for (const [name, document] of Object.entries(documents)) {
        try {
          verdicts[name] = judgeOne((module ??= load()), asked, document);
        } catch (error) {
          // What a thrown evaluation leaves in the memory is not known.
          module = undefined;
          return Promise.reject(new Error(`Judging ${name} failed: ${(error as Error).message}`, { cause: error }));
        }
      }
      return Promise.resolve(verdicts);
    },
  };
}
