import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { createTempFolder, type TempFolder } from '@arqonbus/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { writeVerdicts } from '../src/project-verdicts.js';
import { REPOSITORY_ROOT, type Ended } from './run-in-copy.fixture.js';
import { makeFinding, makeReport } from './report.fixture.js';

const SCRIPT = 'tools/policy/bin/verdict.mjs';
const REPORT = '.cache/policy/report';

let folder: TempFolder;
beforeEach(() => {
  folder = createTempFolder();
  mkdirSync(folder.file('tools/policy/bin'), { recursive: true });
  copyFileSync(join(REPOSITORY_ROOT, SCRIPT), folder.file(SCRIPT));
});
afterEach(() => folder.remove());

function verdict(...args: string[]): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [folder.file(SCRIPT), ...args], { encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

function writeVerdict(project: string, content: unknown): void {
  mkdirSync(folder.file(REPORT), { recursive: true });
  writeFileSync(folder.file(`${REPORT}/${project}.json`), typeof content === 'string' ? content : JSON.stringify(content));
}

describe('verdict.mjs', () => {
  it('passes the project that is denied nothing, and fails the other', () => {
    writeVerdicts(folder.file(REPORT), makeReport({ findings: [makeFinding()] }));
    expect(verdict('@arqonbus/two')).toMatchObject({ code: 0, stdout: expect.stringContaining('ok: 0 denied') as string });
    expect(verdict('@arqonbus/one')).toMatchObject({ code: 1, stdout: expect.stringContaining('DENY testing.one') as string });
  });

  it('gives no verdict on a project that was not judged', () => {
    expect(verdict('@arqonbus/one')).toMatchObject({ code: 3, stderr: expect.stringContaining('@arqonbus/one was not judged') as string });
  });

  it('gives no verdict from a file that is cut short', () => {
    writeVerdict('p', '{"project": "p", "ok": tr');
    expect(verdict('p').code).toBe(3);
  });

  it.each([
    ['of another project', { project: 'q', ok: true, text: 'ok' }],
    ['that does not say ok', { project: 'p', text: 'ok' }],
    ['that says ok otherwise than by true', { project: 'p', ok: 'true', text: 'ok' }],
  ])('fails for a verdict %s', (_, content) => {
    writeVerdict('p', content);
    expect(verdict('p').code).toBe(1);
  });

  it.each(['null', '[]', '7'])('does not pass for %s', (content) => {
    writeVerdict('p', content);
    expect(verdict('p').code).not.toBe(0);
  });

  it('wants a project', () => {
    expect(verdict()).toMatchObject({ code: 2, stderr: expect.stringContaining('Usage') as string });
  });
});
