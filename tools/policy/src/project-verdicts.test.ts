import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';

import { createTempFolder } from '@arqonbus/testkit';
import { describe, expect, it } from 'vitest';

import { exemption, makeFinding, makeReport } from '../test/report.fixture.js';
import { splitByProject, verdictFile, writeVerdicts } from './project-verdicts.js';

const two = makeFinding({ project: '@arqonbus/two', message: 'two is wrong' });
const whole = makeFinding({ project: 'workspace', message: 'the whole is wrong', file: 'package.json' });
const okOf = (verdicts: ReturnType<typeof splitByProject>): Record<string, boolean> => Object.fromEntries(verdicts.map(({ project, ok }) => [project, ok]));

describe('splitByProject()', () => {
  it('lets all pass when nothing is denied', () => {
    const findings = [makeFinding({ level: 'warn' }), makeFinding({ exemption })];
    expect(okOf(splitByProject(makeReport({ findings })))).toEqual({ '@arqonbus/one': true, '@arqonbus/two': true, policies: true });
  });

  it('fails the project that is denied something, and the whole', () => {
    const verdicts = splitByProject(makeReport({ findings: [two] }));
    expect(okOf(verdicts)).toEqual({ '@arqonbus/one': true, '@arqonbus/two': false, policies: false });
    const [one, of, policies] = verdicts.map(({ text }) => text);
    expect(one).not.toContain('two is wrong');
    expect(of).toContain('DENY testing.one (high) libs/one/src/a.ts:3\n  two is wrong');
    expect(policies).toContain('@arqonbus/two: 1 denied (nx run @arqonbus/two:policy)');
  });

  it.each(['workspace', 'a-project-that-nobody-knows'])('lets the whole answer for a finding of %s', (project) => {
    const verdicts = splitByProject(makeReport({ findings: [{ ...whole, project }] }));
    expect(okOf(verdicts)).toEqual({ '@arqonbus/one': true, '@arqonbus/two': true, policies: false });
    expect(verdicts.at(-1)?.text).toContain('the whole is wrong');
  });

  it('tells of unused exemptions once, with the whole', () => {
    const texts = splitByProject(makeReport({ unusedExemptions: ['testing.one for gone.ts'] })).map(({ text }) => text.includes('gone.ts'));
    expect(texts).toEqual([false, false, true]);
  });
});

describe('writeVerdicts()', () => {
  it('leaves a file per project and no verdict of before', () => {
    const folder = createTempFolder();
    try {
      writeFileSync(folder.file(verdictFile('@arqonbus/gone')), '{}');
      writeVerdicts(folder.path, makeReport({ findings: [two] }));
      expect(readdirSync(folder.path).sort()).toEqual(['@arqonbus__one.json', '@arqonbus__two.json', 'header.txt', 'policies.json']);
      expect(JSON.parse(readFileSync(folder.file('@arqonbus__two.json'), 'utf8'))).toMatchObject({ project: '@arqonbus/two', ok: false });
      expect(existsSync(folder.file('@arqonbus__gone.json'))).toBe(false);
    } finally {
      folder.remove();
    }
  });
});
