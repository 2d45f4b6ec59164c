import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hostileTexts, programArgs } from '@arqonbus/testkit';
import { describe, expect, it } from 'vitest';
import { defaultCasilConfig } from '../src/casil-config.js';
import { maxStepsPerMessage } from '../src/classify-message.js';
import { compileRuleset } from '../src/compile-ruleset.js';
import { inspectMessage } from '../src/inspect-message.js';

const execute = promisify(execFile);
const sizeBytes = 65_536;
/** The goal is 5 ms; the bound leaves room for a slow machine. */
const maxMs = 50;
/** Each of the two scans of a text, as it stands and by encoded runs, may ask for a whole window before it hears that the budget is gone. */
const maxOverdraftSteps = 131_072;

describe('inspectMessage on hostile input of 64 KiB', () => {
  it('is done in time with walls, nested encodings, and a storm of any anchor of any detector', { timeout: 300_000 }, async () => {
    const program = join(import.meta.dirname, 'hostile-main.ts');
    const { stdout } = await execute(process.execPath, [...programArgs(program), String(maxMs)], { timeout: 290_000 });
    const { textCount, slow } = JSON.parse(stdout) as { textCount: number; slow: string[] };
    expect(textCount).toBeGreaterThan(1_000);
    expect(slow).toEqual([]);
  });

  it('keeps to its budget of steps, and says so when that did not suffice', { timeout: 120_000 }, () => {
    const ruleset = compileRuleset({ ...defaultCasilConfig, enabled: true });
    for (const { name, bytes } of hostileTexts(sizeBytes, ['password', 'token', 'eyJ', '://', '-----BEGIN'])) {
      const { flags, hasFailed } = inspectMessage({ type: '', payload: bytes, room: 'r', channel: 'c' }, ruleset);
      const { stepsLeft } = ruleset.workspace.text;
      expect(hasFailed, name).toBe(false);
      expect(stepsLeft, name).toBeGreaterThan(-maxOverdraftSteps);
      expect(stepsLeft, name).toBeLessThanOrEqual(maxStepsPerMessage);
      if (stepsLeft < 0) expect(flags, name).toContain('not_fully_inspected');
    }
  });
});
