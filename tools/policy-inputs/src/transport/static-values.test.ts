import { describe, expect, it } from 'vitest';

import { isList, StaticValues, toPlain } from './static-values.js';

const files: Record<string, string> = {
  'libs/a/package.json': JSON.stringify({ name: '@x/a', exports: { '.': { '@arqonbus/source': './src/index.ts' }, './sub': { '@arqonbus/source': './src/sub.ts' } } }),
  'libs/a/src/index.ts': "export { limits as caps } from './limits.js';\nexport * from './sub.js';",
  'libs/a/src/limits.ts': 'const kib = 1_024;\nexport const limits = { bytes: 64 * kib, shifted: 1 << 20, power: 2 ** 10, ratio: (kib - 24) / 1000 } as const;',
  'libs/a/src/sub.ts': "export const names = ['a', 'b'] as const satisfies readonly string[];",
};

function read(code: string, name = 'value'): unknown {
  const all: Record<string, string> = { ...files, 'apps/b/src/main.ts': code };
  const values = new StaticValues({
    read: (path) => all[path] ?? '', exists: (path) => path in all,
    projects: [{ name: '@x/a', root: 'libs/a', tags: [], manifest: 'libs/a/package.json' }],
  });
  return toPlain(values.exported('apps/b/src/main.ts', name));
}

describe('StaticValues', () => {
  it.each([
    ['arithmetic', 'export const value = -(2 + 3) * 4;', -20],
    ['a constant of the file', 'const a = 5; export const value = { a, b: a };', { a: 5, b: 5 }],
    ['what a package exports under another name', "import { caps } from '@x/a'; export const value = caps.bytes;", 65_536],
    ['shifts and powers', "import { caps } from '@x/a'; export const value = [caps.shifted, caps.power, caps.ratio];", [1_048_576, 1_024, 1]],
    ['what a package exports with a star', "import { names } from '@x/a'; export const value = [...names, names[0], names.length];", ['a', 'b', 'a', 2]],
    ['a subpath of a package', "import { names as n } from '@x/a/sub'; export const value = n;", ['a', 'b']],
    ['a later property over a spread one', 'const a = { x: 1, y: 2 }; export const value = { ...a, y: 3 };', { x: 1, y: 3 }],
    ['a frozen object', "export const value = Object.freeze({ 'a-b': true, [`c`]: 'd' });", { 'a-b': true, c: 'd' }],
    ['a function that names and returns', 'function row(id: number, { retry = false }: { retry?: boolean } = {}) { const more = { id }; return id === 1 ? { ...more, retry } : { id, no: true }; }\nexport const value = [row(1), row(1, { retry: true }), row(2)];', [{ id: 1, retry: false }, { id: 1, retry: true }, { id: 2, no: true }]],
  ])('reads %s', (_, code, expected) => {
    expect(read(code)).toEqual(expected);
  });

  it.each([
    ['the environment', 'export const value = process.env.LIMIT;'],
    ['a variable that may change', 'let a = 5; export const value = a;'],
    ['an unknown function', 'export const value = limit();'],
    ['a number that is none', 'export const value = Infinity;'],
    ['the largest number', 'export const value = Number.POSITIVE_INFINITY;'],
    ['itself', 'export const value = value;'],
    ['a name that is not there', "import { other } from '@x/a'; export const value = other;"],
    ['something spread that is unknown', 'export const value = { ...given(), a: 1 };'],
  ])('does not know %s', (_, code) => {
    expect(read(code)).toMatchObject({ unreadable: expect.any(String) as string });
  });

  it('tells where values and calls are written', () => {
    const all: Record<string, string> = { 'a.ts': "import { define as d } from 'x';\n\nd('name', [\n  1,\n  make({ key: 'k' }),\n]);" };
    const values = new StaticValues({ read: (path) => all[path] ?? '', exists: (path) => path in all, projects: [] });
    const [call] = values.callsOf('a.ts', 'define');
    expect(call).toMatchObject({ callee: 'define', place: { file: 'a.ts', line: 3 } });
    const list = call?.args[1];
    expect(list !== undefined && isList(list) ? list.items[1] : undefined).toMatchObject({ kind: 'call', callee: 'make', place: { line: 5 } });
  });
});
