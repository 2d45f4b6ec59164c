import { join } from 'node:path';

import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

import { WORKSPACE_ROOT } from '../src/workspace.js';

const eslint = new ESLint({ cwd: WORKSPACE_ROOT, overrideConfigFile: join(WORKSPACE_ROOT, 'eslint.config.mjs') });

/** Lints a text in the place of an existing file, because typed rules need a file that a tsconfig includes. */
async function rulesAgainst(code: string, file = 'libs/errors/src/index.ts'): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: join(WORKSPACE_ROOT, file) });
  return (result?.messages ?? []).map((message) => message.ruleId ?? message.message);
}

/** Of a layer that may be asynchronous and read the clock. */
const PORT_FILE = 'libs/storage/src/index.ts';

describe('lint rules', () => {
  it.each([
    ['no-restricted-syntax', 'export * from "./governed.js";\n'],
    ['no-restricted-syntax', 'export default 1;\n'],
    ['no-restricted-syntax', 'export function f(): void {\n  try {\n    JSON.parse("");\n  } catch {\n    // not needed\n  }\n}\n'],
    ['no-restricted-syntax', 'export const f = (p: Promise<void>): Promise<void> => p.catch(() => {});\n'],
    ['no-restricted-syntax', 'export const x = {} as unknown as string;\n'],
    ['no-restricted-syntax', 'let count = 0;\nexport const next = (): number => (count += 1);\n'],
    ['no-restricted-syntax', 'export function pause(id: string, isHard: boolean): string {\n  return isHard ? id : "";\n}\n'],
    ['no-eval', 'export const x: unknown = eval("1");\n'],
    ['@typescript-eslint/no-implied-eval', 'export const x: unknown = new Function("return 1")();\n'],
    ['@typescript-eslint/no-explicit-any', 'export const x: any = 1;\n'],
    ['@typescript-eslint/no-non-null-assertion', 'export const f = (x?: string): string => x!;\n'],
    ['@typescript-eslint/ban-ts-comment', '// @ts-ignore because\nexport const x = 1;\n'],
    ['@typescript-eslint/consistent-type-imports', "import { ArqonError } from './arqon-error.js';\nexport type X = ArqonError;\n"],
    ['@typescript-eslint/no-floating-promises', 'export function f(p: Promise<void>): void {\n  p.then(String);\n}\n'],
    ['@typescript-eslint/no-misused-promises', 'export function f(p: Promise<boolean>): string {\n  return p ? "" : "x";\n}\n'],
    ['@typescript-eslint/switch-exhaustiveness-check', 'export function f(x: "a" | "b"): void {\n  switch (x) {\n    case "a":\n      break;\n  }\n}\n'],
    ['@typescript-eslint/no-unsafe-assignment', 'export const x: string = JSON.parse("1");\n'],
    ['max-lines', 'export const x = 1;\n\n'.repeat(251)],
    ['max-lines-per-function', `export function f(): void {\n${'  f();\n'.repeat(80)}}\n`],
  ])('%s refuses its case', async (rule, code) => {
    expect(await rulesAgainst(code)).toContain(rule);
  });

  it.each(['Date.now()', 'new Date()', 'Math.random()', 'performance.now()', 'crypto.randomUUID()'])('refuses %s in pure code (D18)', async (expression) => {
    expect(await rulesAgainst(`export const f = (): unknown => ${expression};\n`, 'libs/tenancy/src/index.ts')).toContain('no-restricted-syntax');
  });

  it.each(['process', 'setTimeout', 'Buffer', 'fetch'])('refuses the global %s in pure code (S2)', async (name) => {
    expect(await rulesAgainst(`export const x: unknown = ${name};\n`, 'libs/tenancy/src/index.ts')).toContain('no-restricted-globals');
  });

  it('refuses an async function in pure code (S20)', async () => {
    const code = 'export async function f(): Promise<void> {\n  await Promise.resolve();\n}\n';
    expect(await rulesAgainst(code, 'libs/tenancy/src/index.ts')).toContain('no-restricted-syntax');
    expect(await rulesAgainst(code, PORT_FILE)).toEqual([]);
  });

  it('refuses the environment outside entry points and libs/config (S5)', async () => {
    const code = "export const port = process.env['PORT'];\n";
    expect(await rulesAgainst(code, PORT_FILE)).toContain('no-restricted-syntax');
    expect(await rulesAgainst(code, 'libs/config/src/index.ts')).toEqual([]);
  });

  it.each([
    'export const f = (text: string): boolean => /a+$/.test(text);\n',
    "export const f = (text: string): boolean => new RegExp('a+$').test(text);\n",
    "export const f = (text: string): boolean => RegExp('a+$').test(text);\n",
    "export const f = (text: string): number => text.search('a+$');\n",
  ])('refuses regular expressions in content inspection but where it checks configuration (E25): %s', async (code) => {
    expect(await rulesAgainst(code, 'libs/casil/src/detectors/jwt.ts')).toContain('no-restricted-syntax');
    expect(await rulesAgainst(code, 'libs/tenancy/src/index.ts')).not.toContain('no-restricted-syntax');
  });

  it('allows a regular expression in the files of content inspection that check configuration', async () => {
    expect(await rulesAgainst('export const f = (text: string): boolean => /a/.test(text);\n', 'libs/casil/src/compile-ruleset.ts')).toEqual([]);
    expect(await rulesAgainst('export const f = (text: string): boolean => /a/.test(text);\n', 'libs/casil/test/fill-template.ts')).not.toContain('no-restricted-syntax');
  });

  it('allows the clock where no purity is asked', async () => {
    expect(await rulesAgainst('export const f = (): number => Date.now();\n', PORT_FILE)).toEqual([]);
  });

  it('allows a default export in a configuration file alone', async () => {
    const code = "import { defineProjectConfig } from '../../vitest.project.mjs';\n\nexport default defineProjectConfig(import.meta.dirname);\n";
    expect(await rulesAgainst(code, 'libs/errors/vitest.config.ts')).toEqual([]);
  });
});
