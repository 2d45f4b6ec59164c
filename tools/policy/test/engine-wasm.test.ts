import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { compilePacks } from '../src/engine/compile-packs.js';
import { packsTarget, runtimeTarget } from '../src/engine/pack-manifest.js';
import { createWasmEngine } from '../src/engine/wasm-engine.js';
import { loadWasmModule } from '../src/engine/wasm-module.js';
import { factsOf, makeSmallPacks, opa, sizeRule, type SmallPacks } from './engine-packs.fixture.js';
import { policies as committed } from './engine-rules.fixture.js';

const TIMEOUT_MS = 120_000;

describe.runIf(opa.ok)('the WebAssembly of the packs', () => {
  let packs: SmallPacks;
  beforeEach(async () => {
    packs = makeSmallPacks();
    await packs.compile();
  }, TIMEOUT_MS);
  afterEach(() => packs.remove());

  const change = (file: string, edit: (text: string) => string): void => packs.write(file, edit(readFileSync(join(packs.policies, file), 'utf8')));

  it('judges as the rule says', async () => {
    const verdicts = await createWasmEngine(packs).judge({ large: factsOf(11), small: factsOf(10) });
    expect(verdicts.large).toEqual({ rulesRun: ['shop.size'], judgements: [{ rule: 'shop.size', level: 'deny', message: 'box is large', file: 'a.ts', line: 1, project: 'p', subject: 'box' }] });
    expect(verdicts.small).toEqual({ rulesRun: ['shop.size'], judgements: [] });
  });

  it('refuses an edited, a new and a removed source until it is built again', () => {
    change('shop/size/rule.rego', (text) => text.replace('>', '>='));
    expect(() => createWasmEngine(packs)).toThrow(/built from other sources than policies\/shop\/size\/rule\.rego: run npm run policy:build/);
    packs.write('shop/size/rule.rego', sizeRule);
    expect(() => createWasmEngine(packs)).not.toThrow();
    packs.write('shop/other/rule.rego', 'package arqonbus.shop.other\n');
    expect(() => createWasmEngine(packs)).toThrow('policies/shop/other/rule.rego');
  });

  it('refuses other capabilities', () => {
    change('capabilities.json', (text) => `${text} `);
    expect(() => createWasmEngine(packs)).toThrow('policies/capabilities.json');
  });

  it('refuses altered bytes, an altered manifest and none', () => {
    const path = join(packs.policies, packsTarget.wasmFile);
    const bytes = readFileSync(path);
    writeFileSync(path, Uint8Array.from(bytes, (byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte)));
    expect(() => createWasmEngine(packs)).toThrow('is not the module');
    writeFileSync(path, bytes);
    change(packsTarget.manifestFile, (text) => text.replace('arqonbus/shop/size/deny', 'arqonbus/shop/size/warn'));
    expect(() => createWasmEngine(packs)).toThrow('other entry points');
    for (const text of ['', '{}', '[]', '{"format": 2}']) {
      packs.write(packsTarget.manifestFile, text);
      expect(() => createWasmEngine(packs)).toThrow(/policies\/wasm\/packs\.json .*run npm run policy:build/);
    }
  });

  it('fails where the memory ends instead of passing', async () => {
    const engine = createWasmEngine({ ...packs, maxMemoryBytes: 17 * 1024 * 1024 });
    const things = Array.from({ length: 60_000 }, () => factsOf(1).things).flat();
    await expect(engine.judge({ facts: { ...factsOf(1), things } })).rejects.toThrow('Judging facts failed');
    expect((await engine.judge({ facts: factsOf(11) })).facts?.judgements).toHaveLength(1);
  });

  it('judges documents that JavaScript takes for nothing', async () => {
    for (const nothing of [false, 0, '', null]) {
      expect((await createWasmEngine(packs).judge({ facts: nothing as never })).facts).toEqual({ rulesRun: ['shop.size'], judgements: [] });
    }
  });
});

describe.runIf(opa.ok)('compiling', () => {
  let packs: SmallPacks;
  beforeEach(() => {
    packs = makeSmallPacks();
  });
  afterEach(() => packs.remove());

  it('gives the same bytes each time', async () => {
    const read = (): Buffer => readFileSync(join(packs.policies, packsTarget.wasmFile));
    await packs.compile();
    const first = read();
    await packs.compile();
    expect(read().equals(first)).toBe(true);
  }, TIMEOUT_MS);

  it.each([
    ['a builtin that only some engines have', 'deny contains x if x := time.now_ns()', 'undefined function time.now_ns'],
    ['a rule that Conftest alone would run', 'deny_more contains "x" if input.a', 'no rule may be named deny_more'],
    ['an exception of Conftest', 'exception contains ["size"]', 'no rule may be named exception'],
    ['a deny that is no set', 'deny := "x"', 'must be sets'],
    ['what does not compile', 'deny contains x if y', 'rego_'],
  ])('refuses %s', async (_, text, why) => {
    packs.write('shop/other/rule.rego', `package arqonbus.shop.other\n\n${text}\n`);
    await expect(packs.compile()).rejects.toThrow(why);
  }, TIMEOUT_MS);

  it('refuses a module above its size', async () => {
    if (!opa.ok) return;
    const target = { ...packsTarget, sizeCap: 1_000 };
    await expect(compilePacks({ policies: packs.policies, target, opa: opa.executable, opaVersion: opa.version })).rejects.toThrow('more than the 1000 allowed');
  }, TIMEOUT_MS);
});

describe('the committed modules', () => {
  it('are what their sources compile to', async () => {
    if (!opa.ok) return;
    for (const target of [packsTarget, runtimeTarget]) {
      const { wasm, manifest } = await compilePacks({ policies: committed, target, opa: opa.executable, opaVersion: opa.version });
      expect(JSON.parse(readFileSync(join(committed, target.manifestFile), 'utf8')), `${target.manifestFile}: run npm run policy:build`).toEqual(manifest);
      expect(readFileSync(join(committed, target.wasmFile)).equals(wasm), `${target.wasmFile}: run npm run policy:build`).toBe(true);
    }
  }, TIMEOUT_MS);

  it('refuse a builtin that this host has not', () => {
    const wasm = readFileSync(join(committed, packsTarget.wasmFile)).toString('latin1');
    expect(wasm).toContain('sprintf');
    expect(() => loadWasmModule(Buffer.from(wasm.replaceAll('sprintf', 'sprintx'), 'latin1'), {}, 64 * 1024 * 1024)).toThrow('not implemented here: sprintx');
    expect(() => loadWasmModule(new Uint8Array(8), {}, 64 * 1024 * 1024)).toThrow();
  });
});
