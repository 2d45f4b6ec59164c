import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

import { readKept, writeKept, type Facts } from '@arqonbus/policy-inputs';

import type { DocumentVerdict } from './engine/engine.js';

/** Verdicts of an earlier run, for facts and rules that have not changed since. Known violations are never taken from here. */
export interface KeptVerdicts {
  /** The kept verdict, or that of `judge`, which is kept from then on. */
  get(rules: readonly string[], facts: Facts, judge: () => Promise<DocumentVerdict>): Promise<DocumentVerdict>;
  /** Writes what this run used and nothing else. */
  save(): void;
}

export interface KeepOptions {
  /** Absolute path of the folder `policies`. */
  readonly policies: string;
  /** What judges, in which version. */
  readonly engine: string;
  /** File that holds the verdicts. */
  readonly path: string;
}

type Kept = Record<string, DocumentVerdict>;

/** Digest of every file under some folders of `policies`. */
function digestFolders(policies: string, folders: readonly string[]): string {
  const hash = createHash('sha256');
  for (const folder of folders) {
    const entries = readdirSync(join(policies, folder), { withFileTypes: true, recursive: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).sort();
    for (const file of files) hash.update(`\0${relative(policies, file)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** Opens the verdicts that were kept; a change of the rules, of what they import, of their data or of the engine makes a verdict unusable. */
export function openKeptVerdicts({ policies, engine, path }: KeepOptions): KeptVerdicts {
  const before = readKept<Kept>(path) ?? {};
  const after: Kept = {};
  const basis = createHash('sha256').update(engine).update(digestFolders(policies, ['lib', 'data'])).digest('hex');
  return {
    get: async (rules, facts, judge) => {
      const sources = digestFolders(policies, rules.map((rule) => rule.replace('.', '/')));
      const key = createHash('sha256').update(`${basis}\0${rules.join()}\0${sources}\0`).update(JSON.stringify(facts)).digest('hex');
      return (after[key] = before[key] ?? (await judge()));
    },
    save: () => {
      writeKept(path, after);
    },
  };
}
