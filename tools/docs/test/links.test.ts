import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAnchors, readDocument, readDocuments, readLinks } from '../src/index.js';
import { REPOSITORY_ROOT } from '../src/repository-root.js';

const documents = [...readDocuments(), readDocument('proto/README.md'), readDocument('libs/sdk-js/README.md')];

/** Why a link of the document leads nowhere; undefined when it does not. */
function faultOf(path: string, target: string): string | undefined {
  if (/^(https?|mailto):/.test(target)) return undefined;
  const [file = '', anchor] = target.split('#');
  const full = file === '' ? join(REPOSITORY_ROOT, path) : join(REPOSITORY_ROOT, dirname(path), file);
  if (!existsSync(full)) return 'no such file';
  if (relative(REPOSITORY_ROOT, full).startsWith('..')) return 'outside of the repository';
  if (anchor === undefined) return undefined;
  if (statSync(full).isDirectory() || !full.endsWith('.md')) return 'an anchor in what is no Markdown';
  return readAnchors(readDocument(relative(REPOSITORY_ROOT, full)).text).has(anchor) ? undefined : 'no such anchor';
}

describe('links', () => {
  it.each(documents)('of $path lead to files and headings that exist (P1)', ({ path, text }) => {
    const broken = readLinks(text).flatMap(({ target, line }) => {
      const fault = faultOf(path, target);
      return fault === undefined ? [] : [`${path}:${line} ${target}: ${fault}`];
    });
    expect(broken).toEqual([]);
  });

  it('of the README lead to every document (P1)', () => {
    const linked = readLinks(readDocument('README.md').text).map(({ target }) => target);
    const missing = documents.map(({ path }) => path).filter((path) => path !== 'README.md' && path !== 'docs/benchmarks.md' && !linked.includes(path));
    expect(missing).toEqual([]);
  });
});
