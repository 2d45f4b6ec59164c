import { describe, expect, it } from 'vitest';

import { moduleStateSource } from './module-state.js';
import { rowsIn } from './parse-snippet.fixture.js';

describe('moduleStateSource', () => {
  it.each([
    ['let n = 0;', 'n', 'variable'],
    ['export let n = 0;', 'n', 'variable'],
    ['const m = new Map(); export const f = () => m.set(1, 2);', 'm', 'changed'],
    ['const a: string[] = []; function f() { a.push("x"); }', 'a', 'changed'],
    ['const o: Record<string, number> = {}; class A { f() { o.x = 1; } }', 'o', 'changed'],
    ['const o = { n: 0 }; const f = () => o.n++;', 'o', 'changed'],
    ['const o = { n: 0 }; const f = () => { delete o.n; };', 'o', 'changed'],
    ['const o = {}; const f = () => Object.assign(o, { a: 1 });', 'o', 'changed'],
    ['class A { static all = []; }', 'all', 'static'],
    ['class A { static readonly all = new Map(); keep() { A.all.set(1, 2); } }', 'all', 'static'],
    ['class A { static readonly #all: number[] = []; static keep() { this.#all.push(2); } }', '#all', 'static'],
    ['class A { static readonly all = {}; keep(n: string) { (this.constructor as typeof A).all[n] = 1; } }', 'all', 'static'],
    ['import { caps } from "./caps.js"; (caps as Loose).frames = 1;', '(caps as Loose).frames', 'imported'],
    ['import { caps } from "./caps.js"; Object.assign(caps, { frames: 1 });', 'caps', 'imported'],
    ['const f = () => { globalThis.bus = 1; };', 'globalThis.bus', 'global'],
  ])('has %s', (text, name, kind) => {
    expect(rowsIn(moduleStateSource, 'module_state', text)).toEqual([expect.objectContaining({ name, kind })]);
  });

  it.each([
    'const table = new Map(); for (const x of [1]) table.set(x, x);',
    'function f() { const m = new Map(); m.set(1, 2); let n = 0; n += 1; }',
    'const m = new Map(); const f = (m: Map<number, number>) => m.set(1, 2);',
    'import { table } from "./table.js"; table.set(1, 2);',
    'class A { static readonly all = new Map(); static { A.all.set(1, 2); } read() { return A.all.get(1); } }',
    'class A { readonly all = new Map(); keep() { this.all.set(1, 2); } }',
    'class A { static readonly all = []; private n = 0; f() { this.n += 1; } }',
  ])('lets %s be', (text) => {
    expect(rowsIn(moduleStateSource, 'module_state', text)).toEqual([]);
  });
});
