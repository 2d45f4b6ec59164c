import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createConftestEngine } from '../src/engine/conftest-engine.js';
import type { Engine } from '../src/engine/engine.js';
import { factsOf, makeSmallPacks, type SmallPacks } from './engine-packs.fixture.js';
import { conftest } from './engine-rules.fixture.js';

let packs: SmallPacks;
beforeEach(() => {
  packs = makeSmallPacks();
});
afterEach(() => packs.remove());

const listTemporary = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('arqonbus-policy-'));

describe.runIf(conftest.ok)('Conftest', () => {
  const engine = (rules: readonly string[] = ['shop.size']): Engine =>
    createConftestEngine({ policies: packs.policies, rules, executable: conftest.ok ? conftest.executable : '', version: '0' });

  it('judges many documents in one run', async () => {
    const verdicts = await engine().judge({ 'large one': factsOf(11), small: factsOf(10), '../odd': factsOf(12) });
    expect(verdicts['large one']).toEqual({ rulesRun: ['shop.size'], judgements: [{ rule: 'shop.size', level: 'deny', message: 'box is large', file: 'a.ts', line: 1, project: 'p', subject: 'box' }] });
    expect(verdicts.small).toEqual({ rulesRun: ['shop.size'], judgements: [] });
    expect(verdicts['../odd']?.judgements).toHaveLength(1);
    expect(await engine().judge({})).toEqual({});
  });

  it('fails for a rule that is not there, and for none at all', async () => {
    await expect(engine(['shop.size', 'shop.lost']).judge({ facts: factsOf(1) })).rejects.toThrow('did not run over facts: shop.lost');
    await expect(engine([]).judge({ facts: factsOf(1) })).rejects.toThrow('no rule');
  });

  it('fails for a builtin that fails', async () => {
    packs.write('shop/fails/rule.rego', 'package arqonbus.shop.fails\n\ndeny contains "x" if to_number(input.meta.now) > 1\n');
    await expect(engine(['shop.fails']).judge({ facts: factsOf(1) })).rejects.toThrow(/Conftest failed .*to_number/s);
  });

  it('fails for a rule that does not compile or uses a builtin outside the capabilities', async () => {
    packs.write('shop/broken/rule.rego', 'package arqonbus.shop.broken\n\ndeny contains x if y\n');
    await expect(engine(['shop.size', 'shop.broken']).judge({ facts: factsOf(1) })).rejects.toThrow('Conftest failed');
    packs.write('shop/broken/rule.rego', 'package arqonbus.shop.broken\n\ndeny contains "x" if time.now_ns() > 0\n');
    await expect(engine(['shop.size', 'shop.broken']).judge({ facts: factsOf(1) })).rejects.toThrow('time.now_ns');
  });

  it('fails for exceptions and for findings without a place', async () => {
    packs.write('shop/bare/rule.rego', 'package arqonbus.shop.bare\n\ndeny contains "x" if input.meta\n');
    await expect(engine(['shop.bare']).judge({ facts: factsOf(1) })).rejects.toThrow('Rule shop.bare made a finding without');
    packs.write('shop/bare/rule.rego', 'package arqonbus.shop.bare\n\ndeny contains "x" if input.meta\n\nexception contains [""]\n');
    await expect(engine(['shop.bare']).judge({ facts: factsOf(1) })).rejects.toThrow('exceptions');
  });

  it('heeds no settings of the user', async () => {
    const old = process.env.CONFTEST_NO_FAIL;
    process.env.CONFTEST_NO_FAIL = 'true';
    try {
      expect((await engine().judge({ facts: factsOf(11) })).facts?.judgements).toHaveLength(1);
    } finally {
      if (old === undefined) delete process.env.CONFTEST_NO_FAIL;
      else process.env.CONFTEST_NO_FAIL = old;
    }
  });

  it('leaves nothing behind', async () => {
    const before = listTemporary();
    await engine().judge({ facts: factsOf(11) });
    await expect(engine(['shop.lost']).judge({ facts: factsOf(1) })).rejects.toThrow();
    expect(listTemporary().filter((name) => !before.includes(name))).toEqual([]);
  });
});

describe('a program in the place of Conftest', () => {
  const judgeBy = (script: string, timeoutMs = 10_000): Promise<unknown> => {
    const executable = join(packs.policies, '../conftest');
    mkdirSync(join(executable, '..'), { recursive: true });
    writeFileSync(executable, `#!/bin/sh\n${script}\n`);
    chmodSync(executable, 0o755);
    return createConftestEngine({ policies: packs.policies, rules: ['shop.size'], executable, version: '0', timeoutMs }).judge({ facts: factsOf(1) });
  };

  it.each([
    ['prints nothing', 'exit 0', 'no results'], ['crashes', 'echo "panic: boom" >&2; exit 1', 'panic: boom'], ['ends otherwise', 'exit 2', 'exit code 2'],
    ['prints no JSON', 'echo ok', 'did not print JSON'], ['prints an empty list', 'echo "[]"', 'did not run over facts: shop.size'], ['kills itself', 'kill -9 $$', 'SIGKILL'],
    ['says 1 for a pass', 'for last; do :; done; echo "[{\\"filename\\":\\"$last\\",\\"namespace\\":\\"arqonbus.shop.size\\",\\"successes\\":1}]"; exit 1', 'does not agree'],
  ])('fails when it %s', async (_, script, why) => {
    await expect(judgeBy(script)).rejects.toThrow(why);
  });

  it('fails when it does not end', async () => {
    await expect(judgeBy('exec tail -f /dev/null', 300)).rejects.toThrow('SIGKILL');
  });

  it('fails when it is not there', async () => {
    expect(existsSync('/nonexistent/conftest')).toBe(false);
    const engine = createConftestEngine({ policies: packs.policies, rules: ['shop.size'], executable: '/nonexistent/conftest', version: '0' });
    await expect(engine.judge({ facts: factsOf(1) })).rejects.toThrow('ENOENT');
  });
});
