import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Facts } from '@arqonbus/policy-inputs';
import { createTempFolder } from '@arqonbus/testkit';

import { compilePacks, renderManifest } from '../src/engine/compile-packs.js';
import { packsTarget } from '../src/engine/pack-manifest.js';
import { ensureOpa } from '../src/tools/ensure-tool.js';
import { policies as committed } from './engine-rules.fixture.js';

/** OPA in its pinned version, built where Go is. */
export const opa = await ensureOpa();
if (!opa.ok) process.stderr.write(`NOT TESTED with OPA: ${opa.reason}\n`);

/** A small folder `policies` with one rule, to which tests do harm. */
export interface SmallPacks {
  readonly policies: string;
  readonly write: (path: string, text: string) => void;
  readonly compile: () => Promise<void>;
  readonly remove: () => void;
}

/** The rule denies each thing larger than `data.limits.size`. */
export const sizeRule = `package arqonbus.shop.size

deny contains {"msg": sprintf("%s is large", [row.name]), "_loc": {"file": row.file, "line": row.line}, "project": row.project, "subject": row.name} if {
	some row in input.things
	row.size > data.limits.size
}
`;

export function factsOf(size: number): Facts {
  return { meta: { schema: 1, now: '2026-01-01', base: 'committed', labels: [], counts: { things: 1 } }, things: [{ file: 'a.ts', line: 1, project: 'p', name: 'box', size }] };
}

export function makeSmallPacks(): SmallPacks {
  const { path, remove } = createTempFolder();
  const policies = join(path, 'policies');
  const write = (file: string, text: string): void => {
    mkdirSync(join(policies, file, '..'), { recursive: true });
    writeFileSync(join(policies, file), text);
  };
  mkdirSync(policies, { recursive: true });
  cpSync(join(committed, 'capabilities.json'), join(policies, 'capabilities.json'));
  write('shop/size/rule.rego', sizeRule);
  write('data/limits.json', '{"limits": {"size": 10}}');
  const compile = async (): Promise<void> => {
    if (!opa.ok) throw new Error(opa.reason);
    const { wasm, manifest } = await compilePacks({ policies, target: packsTarget, opa: opa.executable, opaVersion: opa.version });
    write(packsTarget.manifestFile, renderManifest(manifest));
    writeFileSync(join(policies, packsTarget.wasmFile), wasm);
  };
  return { policies, write, compile, remove };
}
