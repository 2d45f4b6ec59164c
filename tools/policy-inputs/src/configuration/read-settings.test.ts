import { describe, expect, it } from 'vitest';

import { parseUnit } from '../syntax-pass.js';
import { StaticValues } from '../transport/static-values.js';
import { announcedRemovals, readDocumentedSettings } from './configuration-facts.js';
import { exposureSource } from './exposure-options.js';
import { environmentName, readDeclaredSettings, type DeclaredSettings } from './read-settings.js';
import { schemaFileSource } from './schema-files.js';
import { compareForms, formsOf } from './settings-baseline.js';

const PATH = 'apps/x/src/settings.ts';

function declared(code: string): DeclaredSettings {
  const unit = parseUnit({ path: PATH, project: 'p', isTest: false, isGenerated: false }, code, []);
  const values = new StaticValues({ read: () => code, exists: (path) => path === PATH, projects: [] });
  return readDeclaredSettings(values, schemaFileSource.read(unit));
}

const imports = "import { defineSettings, integer, list, secret } from '@arqonbus/config';\n";

describe('readDeclaredSettings()', () => {
  it('reads settings, also those of a shared list and of a wrapper', () => {
    const { settings, faults } = declared(`${imports}function paths(options) { return list({ ...options, maxCount: 4 }); }
const shared = [secret({ key: 'link.key', required: true, doc: 'd' })];
export const a = defineSettings('x-y', [integer({ key: 'a.b_ms', unit: 'ms', min: 0, max: 10 * 60_000, default: 5 }), ...shared, paths({ key: 'files', default: [] })]);`);
    expect(faults).toEqual([]);
    expect(settings.map(({ kind, key, place }) => [kind, key, place.line])).toEqual([['integer', 'a.b_ms', 4], ['secret', 'link.key', 3], ['list', 'files', 4]]);
    expect(settings[0]?.options).toMatchObject({ max: 600_000, default: 5 });
    expect(settings.map((one) => environmentName(one))).toEqual(['ARQON_X_Y_A_B_MS', 'ARQON_X_Y_LINK_KEY', 'ARQON_X_Y_FILES']);
  });

  it('finds a schema under another local name', () => {
    expect(declared("import { defineSettings as d, flag } from '@arqonbus/config';\nd('x', [flag({ key: 'a', default: true })]);").settings).toHaveLength(1);
  });

  it.each([
    ['a list that is made by a function', `${imports}defineSettings('x', make());`],
    ['a list with something unknown spread', `${imports}defineSettings('x', [...make()]);`],
    ['a name that is computed', `${imports}defineSettings(name(), []);`],
    ['a kind of its own', `${imports}defineSettings('x', [special({ key: 'a' })]);`],
    ['a key that is computed', `${imports}defineSettings('x', [integer({ key: key() })]);`],
    ['options that are computed', `${imports}defineSettings('x', [integer(given)]);`],
    ['a member of the package', "import * as config from '@arqonbus/config';\nconfig.defineSettings('x', []);"],
  ])('tells of %s', (_, code) => {
    expect(declared(code).faults).toHaveLength(1);
  });
});

describe('compareForms()', () => {
  const form = { kind: 'integer', unit: 'ms', required: false, default: '5', min: 1, max: 10 };

  it.each([
    [{ ...form, default: '6' }, 'default', true], [{ ...form, default: '4' }, 'default', false], [{ ...form, default: '"off"' }, 'default', true], [{ ...form, max: 11 }, 'max', true],
    [{ ...form, max: 9 }, 'max', false], [{ ...form, max: null }, 'max', true], [{ ...form, min: 0 }, 'min', true], [{ ...form, min: 2 }, 'min', false], [{ ...form, unit: 'seconds' }, 'unit', false],
  ])('tells %j by %s', (now, change, loosened) => {
    expect(compareForms({ x: { a: form } }, { x: { a: now } })).toMatchObject([{ change, loosened }]);
  });

  it('tells what came and went', () => {
    expect(compareForms({ x: { a: form }, y: { b: form } }, { x: { c: form } }).map(({ app, key, change }) => `${app} ${key} ${change}`)).toEqual(['x a removed', 'x c added', 'y b removed']);
    expect(formsOf(declared(`${imports}defineSettings('x', [integer({ key: 'b_ms', unit: 'ms', min: 1, max: 10, default: 5 })]);`).settings)).toEqual({ x: { b_ms: form } });
  });
});

describe('formsOf()', () => {
  it('never shows a credential', () => {
    const { settings } = declared(`${imports}defineSettings('x', [secret({ key: 'a', default: 'hush' }), list({ key: 'b.tokens', default: ['hush'] })]);`);
    expect(JSON.stringify(formsOf(settings))).not.toContain('hush');
  });
});

describe('texts', () => {
  it('name documented settings below the heading of their app', () => {
    expect([...readDocumentedSettings('## x\n\n| key | environment |\n|---|---|\n| `a.b` | `ARQON_X_A_B` | flag |\n\n## Other things\n\n| `c` | `D` | x |\n')]).toEqual(['x a.b ARQON_X_A_B', ' c D']);
  });

  it('name settings whose end is announced', () => {
    const log = '## [Unreleased]\n\n### Added\n\n- Setting `a.b`.\n\n### Removed\n\n- `c.d`\n\n### Changed\n\n- Breaking: `e.f` is in bytes.\n- `g.h` is faster.\n\n## [1.0.0]\n\n### Removed\n\n- `i.j`\n';
    expect([...announcedRemovals(log)]).toEqual(['c.d', 'e.f']);
  });
});

describe('exposureSource', () => {
  it.each([
    ["connect({ minVersion: 'TLSv1.2', rejectUnauthorized: false });", ['minVersion TLSv1.2', 'rejectUnauthorized false']],
    ['connect({ checkServerIdentity: () => undefined });', ['checkServerIdentity () => undefined']],
    ["process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';", ['NODE_TLS_REJECT_UNAUTHORIZED ']],
    ["process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';", ['NODE_TLS_REJECT_UNAUTHORIZED ']],
    ["server.listen(80, '0.0.0.0'); const host = '::'; start({ host: '0.0.0.0' });", ['address 0.0.0.0', 'address ::', 'address 0.0.0.0']],
    ["import { createServer as open } from 'node:https'; open({ ...pair }, f); open({ minVersion: 'TLSv1.3' });", ['minVersion not set', 'minVersion TLSv1.3']],
    ["import * as tls from 'tls'; tls.createServer(options); tls.connect(options);", ['minVersion not set']],
    ["import { createServer } from 'node:http'; createServer(f);", []],
    ["address.split('::'); text.includes('::');", []],
  ])('reads %s', (code, expected) => {
    const unit = parseUnit({ path: PATH, project: 'p', isTest: false, isGenerated: false }, code, []);
    expect((exposureSource.read(unit).exposure_options ?? []).map(({ option, value }) => `${String(option)} ${String(value)}`)).toEqual(expected);
  });
});
