import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDocument, readSection, readTableRows, readTestLinks } from '../src/index.js';
import { REPOSITORY_ROOT } from '../src/repository-root.js';

const { text } = readDocument('docs/ordering.md');

/** Why there is no such test; undefined when there is. */
function faultOf(file: string, title: string): string | undefined {
  const path = join(REPOSITORY_ROOT, 'docs', file);
  if (!/\.(test|contract)\.ts$/.test(file) || !existsSync(path)) return 'no such file of tests';
  const literal = title.replace(/[|\\{}()[\]^$+*?.]/g, '\\$&');
  // The title is the first argument of `it`, of `it.each(...)` and the like.
  return new RegExp(`\\(\\s*'${literal}',`).test(readFileSync(path, 'utf8')) ? undefined : 'no test of that title';
}

describe('docs/ordering.md', () => {
  it('names tests that exist, by file and title (P9)', () => {
    const links = readTestLinks(text);
    expect(links.length).toBeGreaterThan(50);
    expect(links.flatMap(({ file, title }) => (faultOf(file, title) === undefined ? [] : [`${file} "${title}": ${String(faultOf(file, title))}`]))).toEqual([]);
  });

  it.each(['docs/casil.md', 'docs/security.md'])('and %s name tests that exist', (path) => {
    const links = readTestLinks(readDocument(path).text);
    expect(links.length).toBeGreaterThan(2);
    expect(links.flatMap(({ file, title }) => (faultOf(file, title) === undefined ? [] : [`${file} "${title}": ${String(faultOf(file, title))}`]))).toEqual([]);
  });

  it('tells a missing file and a missing title', () => {
    expect(faultOf('../tools/docs/test/nowhere.test.ts', 'x')).toBe('no such file of tests');
    expect(faultOf('../tools/docs/test/durability.test.ts', 'is no title of it')).toBe('no test of that title');
    expect(faultOf('../tools/docs/test/durability.test.ts', 'tells a missing file and a missing title')).toBeUndefined();
  });

  it('has a test, or the reason why there is none, in every cell of the table of durability (D1)', () => {
    const [head = [], ...rows] = readTableRows(readSection(text, '## Durability'));
    expect(head.slice(1)).toEqual(['an acknowledgement says', 'kill -9 of a Shield', 'kill -9 of the Spine', 'kill -9 of the store', 'power cut']);
    const settings = ['memory', 'embedded, `each`', 'embedded, `interval`', 'embedded, `off`', 'redis, no', 'redis, `everysec`', 'redis, `always`', 'jetstream, one replica, default', 'jetstream, one replica, `sync_interval: always`'];
    for (const setting of settings) expect(rows.some(([name = '']) => name.startsWith(setting)), setting).toBe(true);
    const bare = rows.flatMap(([name = '', ...cells]) => cells.filter((cell) => readTestLinks(cell).length === 0 && !/not tested[^:]*: \S/.test(cell)).map((cell) => `${name}: ${cell}`));
    expect(bare).toEqual([]);
    expect(rows.filter((row) => row.length !== head.length)).toEqual([]);
  });
});
