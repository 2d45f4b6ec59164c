import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCodeBlocks, readDocuments } from '../src/index.js';

/** Languages of blocks that a reader runs. */
const RUNNABLE = new Set(['sh', 'bash', 'ts', 'js', 'python']);

const blocks = readDocuments()
  .filter(({ path }) => path === 'README.md' || path.startsWith('docs/'))
  .flatMap(({ path, text }) => readCodeBlocks(text).map((block) => ({ ...block, path })));

/** Pages whose blocks a test runs line by line, so that they need no names. */
const LINE_BY_LINE = new Set(['docs/cli.md']);

const testSources = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.test.ts')).map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'));

describe('code blocks of README and docs', () => {
  it('are run by a test, or say above them why not (P16)', () => {
    const silent = blocks.filter(({ path, language, marker }) => RUNNABLE.has(language) && !LINE_BY_LINE.has(path) && !/^run: [a-z-]+$/.test(marker) && !/^not run: .{15,}$/.test(marker));
    expect(silent.map(({ path, line }) => `${path}:${line}`)).toEqual([]);
  });

  it('are named once each, and the named ones are used by a test', () => {
    const names = blocks.map(({ marker }) => marker).filter((marker) => /^(run|output|example): /.test(marker));
    expect(names).toEqual([...new Set(names)]);
    expect(names.filter((name) => !testSources.some((source) => source.includes(`'${name}'`)))).toEqual([]);
  });
});
