import { describe, expect, it } from 'vitest';

import { importSource } from './imports.js';
import { rowsIn } from './parse-snippet.fixture.js';

const found = (text: string): unknown[] => rowsIn(importSource, 'scanned_imports', text).map(({ module, kind, form, type_only }) => [module, kind, form, type_only]);

describe('importSource', () => {
  it.each([
    [`import { a } from 'pg';`, ['pg', 'package', 'static', false]],
    [`import 'pg';`, ['pg', 'package', 'static', false]],
    [`import type { A } from 'pg';`, ['pg', 'package', 'static', true]],
    [`import { type A } from 'pg';`, ['pg', 'package', 'static', true]],
    [`import { type A, b } from 'pg';`, ['pg', 'package', 'static', false]],
    [`export { a } from './a.js';`, ['./a.js', 'relative', 'reexport', false]],
    [`export { type A } from './a.js';`, ['./a.js', 'relative', 'reexport', true]],
    [`export * from 'node:net';`, ['node:net', 'builtin', 'reexport', false]],
    [`type A = import('pg').Pool;`, ['pg', 'package', 'type', true]],
    [`import a = require('pg');`, ['pg', 'package', 'require', false]],
    [`const a = require('pg');`, ['pg', 'package', 'require', false]],
    [`const a = import('fs/promises');`, ['fs/promises', 'builtin', 'dynamic', false]],
    [`const n = 'pg'; const a = import(n);`, ['pg', 'package', 'dynamic', false]],
    [`const a = import('p' + \`g\`);`, ['pg', 'package', 'dynamic', false]],
    [`const a = module.require('pg');`, ['pg', 'package', 'require', false]],
    [`const a = process.getBuiltinModule('net');`, ['net', 'builtin', 'require', false]],
    [`import { Worker } from 'node:worker_threads'; new Worker(new URL('./w.js', import.meta.url));`, ['./w.js', 'relative', 'worker', false]],
    [`import a from '@arqonbus/errors';`, ['@arqonbus/errors', 'workspace', 'static', false]],
    [`import a from '#db';`, ['#db', 'other', 'static', false]],
    [`import 'data:text/javascript,1';`, ['data:text/javascript,1', 'other', 'static', false]],
  ])('reads %s', (text, row) => {
    expect(found(text).at(-1)).toEqual(row);
  });

  it.each([
    `import { createRequire } from 'node:module'; const load = createRequire(import.meta.url); load('pg');`,
    `import * as m from 'module'; m.createRequire(import.meta.url)('pg');`,
    `import { createRequire as make } from 'node:module'; const first = make(import.meta.url); const second = first; second('pg');`,
    `import { createRequire } from 'node:module'; createRequire(import.meta.url).resolve('pg');`,
  ])('sees through %s', (text) => {
    expect(found(text)).toContainEqual(['pg', 'package', 'require', false]);
  });

  it('names what it cannot know', () => {
    expect(found('const load = (name: string) => import(name);')).toEqual([['(name)', 'computed', 'dynamic', false]]);
    expect(found('let name = "pg"; const a = import(name);')).toEqual([['(name)', 'computed', 'dynamic', false]]);
  });

  it('lets a function of its own called require be', () => {
    expect(found('function require(x: string): string { return x; }\nrequire("pg");')).toEqual([]);
  });
});
