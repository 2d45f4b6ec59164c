import { describe, expect, it } from 'vitest';

import { codeFormSource } from './code-forms.js';
import { columnIn, rowsIn } from './parse-snippet.fixture.js';

const directive = (name: string): string => ['@ts', name].join('-');

describe('unsafe_code', () => {
  it.each([
    [`eval('1');`, 'eval'], [`(0, eval)('1');`, 'eval'], [`globalThis.eval('1');`, 'eval'], [`setTimeout('f()', 1);`, 'eval'],
    [`new Function('return 1');`, 'new_function'], [`f.constructor('return 1');`, 'new_function'],
    [`import vm from 'node:vm'; vm.runInThisContext('1');`, 'vm'], ['Buffer.allocUnsafe(1);', 'alloc_unsafe'],
    ['const a: Record<string, any> = {};', 'any'], ['a as unknown as string;', 'double_cast'], ['(a as unknown) as string;', 'double_cast'], ['<string><unknown>a;', 'double_cast'],
    ['a as never;', 'cast_to_never'], ['a!.b;', 'non_null'], [`process.binding('tcp_wrap');`, 'native'],
    [`// ${directive('ignore')}\nf();`, 'ts_ignore'], [`// ${directive('nocheck')}\nf();`, 'ts_nocheck'], [`const f = () => {\n  g();\n  // ${directive('expect-error')}\n};`, 'ts_expect_error'],
    [`/* ${'eslint'}-disable */\nf();`, 'eslint_disable'], [`/* ${'eslint'} no-console: off */\nf();`, 'eslint_disable'],
  ])('has %s', (text, kind) => {
    expect(columnIn(codeFormSource, 'unsafe_code', 'kind', text)).toContain(kind);
  });

  it('tells a directive with its reason from one without', () => {
    const text = `// ${directive('expect-error')}: the type forbids what is tested\nf();\n// ${directive('expect-error')}\ng();`;
    expect(columnIn(codeFormSource, 'unsafe_code', 'reasoned', text)).toEqual([true, false]);
  });

  it('lets a plain cast be, and texts that look like a directive', () => {
    expect(rowsIn(codeFormSource, 'unsafe_code', `const a = b as string; const c = '${directive('ignore')}';`)).toEqual([]);
  });
});

describe('swallowed_errors', () => {
  it.each([
    ['try { f(); } catch {}', 'catch'], ['try { f(); } catch (e) { /* fine */ }', 'catch'], ['try { f(); } catch (e) { void e; }', 'catch'],
    ['p.catch(() => {});', 'promise'], ['p.catch(() => undefined);', 'promise'], [`p['catch'](() => undefined);`, 'promise'], ['p.then(f, () => null);', 'promise'], ['p.catch(function () { return; });', 'promise'],
    ['const ignore = () => {}; p.catch(ignore);', 'promise'], [`process.on('unhandledRejection', () => {});`, 'process'],
    [`socket.on('error', () => {});`, 'event'], [`const ignore = () => undefined; socket.once('error', ignore);`, 'event'], [`socket['addEventListener']('error', function () { return; });`, 'event'], ['socket.onerror = () => {};', 'event'],
    ['await Promise.allSettled(all);', 'settled'], ['void Promise.allSettled(all);', 'settled'], ['void Promise.allSettled(all).then(() => { f(); });', 'settled'], ['const { allSettled } = Promise; await allSettled(all);', 'settled'],
  ])('has %s', (text, form) => {
    expect(columnIn(codeFormSource, 'swallowed_errors', 'form', text)).toEqual([form]);
  });

  it.each(['try { f(); } catch (e) { log(e); }', 'try { f(); } catch { return; }', 'p.catch(() => 0);', 'p.catch(report);', `socket.on('error', fail);`, `socket.on('close', () => {});`, 'const ended = await Promise.allSettled(all);', 'last = Promise.allSettled([turn]);', 'void Promise.allSettled(all).then((ended) => { report(ended); });'])('lets %s be', (text) => {
    expect(rowsIn(codeFormSource, 'swallowed_errors', text)).toEqual([]);
  });
});

describe('environment_branches', () => {
  it.each([
    [`if (stage === 'production') f();`, 'production'], [`if ('staging' !== kind) f();`, 'staging'], [`switch (mode) { case 'dev': f(); }`, 'dev'], [`['prod'].includes(profile);`, 'prod'],
  ])('has %s', (text, literal) => {
    expect(columnIn(codeFormSource, 'environment_branches', 'literal', text)).toEqual([literal]);
  });

  it('lets words of another meaning be', () => {
    expect(rowsIn(codeFormSource, 'environment_branches', `if (command === 'dev' || name === 'test') f();`)).toEqual([]);
  });
});

describe('export_forms', () => {
  it.each([
    [`export * from './a.js';`, 'star'], [`export * as a from './a.js';`, 'star'], ['export default 1;', 'default'], ['export default class A {}', 'default'], ['const a = 1; export { a as default };', 'default'],
  ])('has %s', (text, form) => {
    expect(columnIn(codeFormSource, 'export_forms', 'form', text)).toEqual([form]);
  });

  it('lets named exports be', () => {
    expect(rowsIn(codeFormSource, 'export_forms', `export { a, default as b } from './a.js'; export const c = 1;`)).toEqual([]);
  });
});

describe('sizes', () => {
  it('counts lines as an editor does', () => {
    expect(rowsIn(codeFormSource, 'sizes', 'f();\n'.repeat(501))).toEqual([expect.objectContaining({ kind: 'file', size: 501 })]);
  });

  it('measures functions and parameters', () => {
    const text = `function f(a, b, c, d, e) {\n${'g();\n'.repeat(79)}}`;
    expect(rowsIn(codeFormSource, 'sizes', text).map(({ kind, name, size }) => [kind, name, size])).toEqual([['function', 'f', 81], ['parameters', 'f', 5]]);
  });
});
