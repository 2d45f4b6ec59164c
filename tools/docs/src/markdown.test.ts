import { describe, expect, it } from 'vitest';
import { readAnchors, readCodeBlocks, readLinks, readSection, readTableRows, readTestLinks } from './markdown.js';

describe('readCodeBlocks()', () => {
  it('gives language, code, line and the comment directly above', () => {
    const text = '# A\n<!-- run: x -->\n```ts\na\n\nb\n```\n\n```\nplain\n```\n';
    expect(readCodeBlocks(text)).toEqual([
      { language: 'ts', code: 'a\n\nb\n', line: 3, marker: 'run: x' },
      { language: '', code: 'plain\n', line: 9, marker: '' },
    ]);
  });

  it('refuses a fence without an end', () => {
    expect(() => readCodeBlocks('```sh\nls\n')).toThrow('line 1');
  });
});

describe('readLinks()', () => {
  it('finds links, images and definitions, and none in code', () => {
    const text = '[a](x.md) ![b](y.png#z)\n\n[c]: w.md\n`[d](no.md)`\n```\n[e](no.md)\n```\n';
    expect(readLinks(text)).toEqual([{ target: 'x.md', line: 1 }, { target: 'y.png#z', line: 1 }, { target: 'w.md', line: 3 }]);
  });
});

describe('readTestLinks()', () => {
  it('finds links with a title, and no others', () => {
    expect(readTestLinks('[a](x.test.ts "does (this)"), [b](y.md), [c](z.test.ts "and, that")')).toEqual([
      { file: 'x.test.ts', title: 'does (this)' }, { file: 'z.test.ts', title: 'and, that' },
    ]);
  });
});

describe('readAnchors()', () => {
  it('makes anchors as GitHub does and numbers repeated ones', () => {
    expect([...readAnchors('# The `wire` protocol, v1\n## arqon.v1.Frame\n## A\n## A\n```\n# no\n```\n')]).toEqual(['the-wire-protocol-v1', 'arqonv1frame', 'a', 'a-1']);
  });
});

describe('readTableRows()', () => {
  it('leaves rulers out and keeps escaped bars within a cell', () => {
    expect(readTableRows('| a | b |\n|---|---|\n| 1 | x \\| y |\n')).toEqual([['a', 'b'], ['1', 'x \\| y']]);
  });
});

describe('readSection()', () => {
  it('ends at the next heading of its level', () => {
    expect(readSection('# T\n## A\none\n### sub\ntwo\n## B\nthree', '## A')).toBe('one\n### sub\ntwo');
    expect(() => readSection('# T', '## A')).toThrow('## A');
  });
});
