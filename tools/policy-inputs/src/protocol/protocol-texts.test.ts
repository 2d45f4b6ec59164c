import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { describe, expect, it } from 'vitest';

import { daysBetween, isDay, readDeprecationNote, saysDeprecated } from './deprecation-note.js';
import { announcedBreaks, readDocumented } from './documented-contract.js';
import { embeddedDescriptor } from './generated-code.js';

describe('readDeprecationNote()', () => {
  it.each([
    ['Old. Deprecated: use b; removal 2027-01-31.', 'b', '2027-01-31'],
    ['Deprecated: use `arqon.v1.M.b`; removal 2027-01-31. More.', 'arqon.v1.M.b', '2027-01-31'],
    ['Deprecated: use nothing; removal 2027-02-30.', 'nothing', ''],
    ['Deprecated.', '', ''],
    ['Deprecated: removal 2027-01-31.', '', ''],
    ['Deprecated: use b; removal soon.', '', ''],
  ])('reads %j', (comment, replacement, removal) => {
    expect(readDeprecationNote(comment)).toEqual({ replacement, removal });
    expect(saysDeprecated(comment)).toBe(true);
  });
});

describe('days', () => {
  it('are those of the calendar', () => {
    expect([isDay('2028-02-29'), isDay('2027-02-29'), isDay('27-1-1'), isDay('')]).toEqual([true, false, false, false]);
    expect([daysBetween('2026-12-31', '2027-01-30'), daysBetween('2026-03-01', '2026-02-28')]).toEqual([30, -1]);
  });
});

describe('readDocumented()', () => {
  it('takes types and rows below their heading alone', () => {
    const page = '| `lost` | 1 | x |\n#### arqon.v1.M\n\n| field | number |\n|---|---|\n| `a` | 1 | string | |\n\n## Other\n| `b` | 2 | string | |\n';
    expect([...readDocumented(page)]).toEqual(['arqon.v1.M', 'arqon.v1.M.a 1']);
  });
});

describe('announcedBreaks()', () => {
  const log = '# Changelog\n\n## [Unreleased]\n\n### Changed\n\n- Breaking: `arqon.v1.M.a` is gone,\n  and `arqon.v1.N` too.\n- `arqon.v1.O` is faster.\n\n## [0.1.0]\n\n- Breaking: `arqon.v1.P`.\n';

  it('takes names of unreleased items that say so', () => {
    expect([...announcedBreaks(log)]).toEqual(['arqon.v1.M.a', 'arqon.v1.N']);
  });

  it('finds none without the section', () => {
    expect(announcedBreaks('# Changelog\n\n- Breaking: `a`')).toEqual(new Set());
  });
});

describe('embeddedDescriptor()', () => {
  it('is the first argument of fileDesc', () => {
    const path = resolve(import.meta.dirname, '../../../../libs/proto/src/gen/arqon/v1/position_pb.ts');
    expect(embeddedDescriptor(path, readFileSync(path, 'utf8'))).toMatch(/^[A-Za-z0-9+/]{40,}=*$/);
    expect(embeddedDescriptor('a.ts', 'export const a = other("x");')).toBe('');
  });
});
