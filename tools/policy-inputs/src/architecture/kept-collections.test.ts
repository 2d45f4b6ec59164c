import { describe, expect, it } from 'vitest';

import { keptCollectionSource } from './kept-collections.js';
import { rowsIn } from './parse-snippet.fixture.js';

const shield = { path: 'apps/shield/src/a.ts' };

describe('keptCollectionSource', () => {
  it.each([
    ['class A { #seen = new Map<string, number>(); }', 'A', '#seen'],
    ['class A { readonly seen: Set<string>; constructor() { this.seen = new Set(); } }', 'A', 'seen'],
    ['export interface A { history: Uint8Array[]; }', 'A', 'history'],
    ['type A = { rooms: Record<string, number> };', 'A', 'rooms'],
    ['class A { private byName: { [name: string]: number } | undefined; }', 'A', 'byName'],
    ['class A { static readonly kept = new LruCache(8); }', 'A', 'kept'],
    ['class A { waiting: Uint8Array[] = []; }', 'A', 'waiting'],
  ])('has %s', (text, owner, name) => {
    expect(rowsIn(keptCollectionSource, 'kept_collections', text, shield)).toEqual([expect.objectContaining({ owner, name })]);
  });

  it.each([
    'interface A { readonly urls: readonly string[]; readonly names: ReadonlySet<string>; count: number; }',
    'class A { #closers: readonly Closer[] = []; }',
    'function f() { const seen = new Map<string, number>(); return seen.size; }',
    "const paths = new Set(['/']);",
  ])('lets %s be', (text) => {
    expect(rowsIn(keptCollectionSource, 'kept_collections', text, shield)).toEqual([]);
  });

  it('looks at the Shield alone, by its place or its tag', () => {
    const text = 'class A { #seen = new Map(); }';
    expect(rowsIn(keptCollectionSource, 'kept_collections', text)).toEqual([]);
    expect(rowsIn(keptCollectionSource, 'kept_collections', text, { path: 'apps/edge/src/a.ts', tags: ['role:shield'] })).toHaveLength(1);
  });
});
