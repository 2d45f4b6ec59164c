import { describe, expect, it } from 'vitest';

import { parseSpec } from './dependency-spec.js';

const COMMIT = 'a'.repeat(40);

describe('parseSpec()', () => {
  it.each([
    ['8.23.0', 'exact'], ['1.0.0-rc.1', 'exact'],
    ['^8.23.0', 'range'], ['~8.23.0', 'range'], ['>=8', 'range'], ['8.x', 'range'], ['8', 'range'], ['8.23', 'range'], ['1.0.0 - 2.0.0', 'range'], ['1.0.0 || 2.0.0', 'range'], ['=8.23.0', 'range'], ['v8.23.0', 'range'], ['x', 'range'],
    ['*', 'any'], ['', 'any'],
    ['latest', 'tag'], ['next', 'tag'],
    ['github:a/b', 'git'], ['a/b', 'git'], [`a/b#${COMMIT}`, 'git'], ['git+ssh://git@host.test/a/b.git', 'git'], ['git@host.test:a/b.git', 'git'], ['https://github.com/a/b', 'git'], ['https://host.test/a.git#v1', 'git'],
    ['https://host.test/a.tgz', 'url'],
    ['file:../a', 'file'], ['link:../a', 'file'], ['../a', 'file'], ['./a.tgz', 'file'], ['~/a', 'file'], ['/a', 'file'],
    ['workspace:*', 'workspace'], ['patch:a@1.0.0', 'patch'],
  ])('%s is of the kind %s', (spec, kind) => {
    expect(parseSpec(spec).kind).toBe(kind);
  });

  it('looks behind an alias', () => {
    expect(parseSpec('npm:uws-pack@20.0.8')).toEqual({ kind: 'exact', alias: 'uws-pack', version: '20.0.8', commit: '' });
    expect(parseSpec('npm:@a/b@^1.0.0')).toMatchObject({ kind: 'range', alias: '@a/b' });
    expect(parseSpec('npm:@a/b')).toMatchObject({ kind: 'any', alias: '@a/b' });
  });

  it('reads the commit of a git dependency', () => {
    expect(parseSpec(`github:a/b#${COMMIT}`).commit).toBe(COMMIT);
  });
});
