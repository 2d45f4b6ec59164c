import { execFileSync } from 'node:child_process';

import { collectFacts, openWorkspace, syntaxSources, workspaceSources, type Facts } from '@arqonbus/policy-inputs';
import { beforeAll, describe, expect, it } from 'vitest';

import { readPolicyData } from '../src/engine/pack-sources.js';
import { createWasmEngine } from '../src/engine/wasm-engine.js';
import { ensureOpa } from '../src/tools/ensure-tool.js';
import { conftest, conftestEngine, policies, root, ruleIds } from './engine-rules.fixture.js';

const TIMEOUT_MS = 180_000;
const opa = await ensureOpa();
if (!opa.ok) process.stderr.write(`NOT TESTED against OPA: ${opa.reason}\n`);

describe.runIf(conftest.ok)('this repository', () => {
  let facts: Facts;
  beforeAll(async () => {
    facts = await collectFacts(openWorkspace({ root, base: '' }), { syntaxSources, workspaceSources });
  }, TIMEOUT_MS);

  it('is judged alike by Conftest and by WebAssembly, by every rule', async () => {
    const byWasm = await createWasmEngine({ policies }).judge({ facts });
    const byConftest = await conftestEngine(ruleIds).judge({ facts });
    expect(byWasm).toEqual(byConftest);
    expect(byWasm.facts?.rulesRun).toEqual(ruleIds.toSorted());
  }, TIMEOUT_MS);
});

describe.runIf(opa.ok)('policies/data', () => {
  it('is read as OPA reads it', () => {
    if (!opa.ok) return;
    const printed = execFileSync(opa.executable, ['eval', '--format', 'raw', '--data', 'policies/data', 'data'], { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
    expect(readPolicyData(policies)).toEqual(JSON.parse(printed));
  });
});
