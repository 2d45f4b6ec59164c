import { mkdirSync, writeFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { createTempFolder, type TempFolder } from '@arqonbus/testkit';
import { hardCaps } from '@arqonbus/errors';
import fc from 'fast-check';
import { afterAll, describe, expect, expectTypeOf, it } from 'vitest';
import {
  choice, defineSettings, describeSettings, flag, integer, list, loadSettings, path, secret, SettingsError, text,
  type LoadSettingsOptions, type SettingsFor, type SettingsProblem,
} from './index.js';

const schema = defineSettings('spine', [
  text({ key: 'node.id', doc: 'Name of the node.', default: 'spine', env: 'EDGE_NODE_ID' }),
  integer({ key: 'history.max_bytes', unit: 'bytes', min: 1, max: 1_024, default: 100, doc: 'History.' }),
  integer({ key: 'limits.frame_bytes', unit: 'bytes', min: 1, cap: hardCaps.frameBytes, default: hardCaps.clientFrameBytes, doc: 'Frame.' }),
  integer({ key: 'rate.burst_count', unit: 'count', min: 1, max: 9, default: 'off', off: true, doc: 'Burst.' }),
  choice({ key: 'log.level', values: ['info', 'debug'], default: 'info', doc: 'Level.' }),
  flag({ key: 'rooms.auto_create', default: true, doc: 'Create rooms.' }),
  list({ key: 'origins', default: [], doc: 'Origins.', pattern: /^https:/, maxCount: 3 }),
  path({ key: 'tls.cert_file', doc: 'Certificate.' }),
  secret({ key: 'link.key', required: true, doc: 'Link key.' }),
]);

const linkKey = 'do-not-print-'.repeat(3);
const folder: TempFolder = createTempFolder();
let filesCount = 0;

afterAll(() => folder.remove());

function fileOf(content: string): string {
  filesCount += 1;
  const file = folder.file(`settings-${filesCount}.yaml`);
  writeFileSync(file, content);
  return file;
}

type Loading = Partial<Pick<LoadSettingsOptions, 'environment'>> & { readonly content?: string };

function load({ environment = {}, content }: Loading): SettingsFor<typeof schema> {
  const all = { ARQON_SPINE_LINK_KEY: linkKey, ...environment };
  return content === undefined ? loadSettings(schema, { environment: all }) : loadSettings(schema, { environment: all, configFile: fileOf(content) });
}

function problemsOf(loading: Loading): readonly SettingsProblem[] {
  try {
    load(loading);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe('loadSettings()', () => {
  it('infers the type of each value from its spec', () => {
    expectTypeOf<SettingsFor<typeof schema>>().toEqualTypeOf<{
      readonly 'node.id': string;
      readonly 'history.max_bytes': number;
      readonly 'limits.frame_bytes': number;
      readonly 'rate.burst_count': number | 'off';
      readonly 'log.level': 'info' | 'debug';
      readonly 'rooms.auto_create': boolean;
      readonly origins: readonly string[];
      readonly 'tls.cert_file': string | undefined;
      readonly 'link.key': string;
    }>();
    expectTypeOf(load({})['history.max_bytes']).toEqualTypeOf<number>();
    expect(load({})['history.max_bytes']).toBe(100);
  });

  it('takes the environment before the file before the default (A19)', () => {
    const setting = fc.option(fc.integer({ min: 1, max: 1_024 }), { nil: undefined });
    fc.assert(fc.property(setting, setting, fc.boolean(), (fromEnvironment, fromFile, nested) => {
      const content = fromFile === undefined ? '' : nested ? `history:\n  max_bytes: ${fromFile}\n` : `history.max_bytes: ${fromFile}\n`;
      const environment = fromEnvironment === undefined ? {} : { ARQON_SPINE_HISTORY_MAX_BYTES: String(fromEnvironment) };
      const settings = load({ environment, content });
      expect(settings['history.max_bytes']).toBe(fromEnvironment ?? fromFile ?? 100);
      expect(describeSettings(settings)['history.max_bytes']?.source).toBe(fromEnvironment !== undefined ? 'environment' : fromFile !== undefined ? 'file' : 'default');
    }), { numRuns: 60 });
  });

  it('takes a number within its range and no other', () => {
    fc.assert(fc.property(fc.integer({ min: -5_000, max: 5_000 }), (value) => {
      const isAllowed = problemsOf({ environment: { ARQON_SPINE_HISTORY_MAX_BYTES: String(value) } }).length === 0;
      expect(isAllowed).toBe(value >= 1 && value <= 1_024);
    }));
  });

  it('never raises anything but SettingsError, whatever the file holds', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.json()), (content) => {
      for (const problem of problemsOf({ content })) expect(problem.source).not.toBe('');
    }), { numRuns: 200 });
  });

  it('reads every kind of setting from a file, nested, dotted or as JSON', () => {
    const nested = 'node: { id: n1 }\nhistory:\n  max_bytes: 7\nrate.burst_count: off\nlog: { level: debug }\nrooms:\n  auto_create: false\norigins: [https://a, "https://b"]\n';
    const json = '{"node.id":"n1","history":{"max_bytes":7},"rate":{"burst_count":"off"},"log.level":"debug","rooms.auto_create":false,"origins":["https://a","https://b"]}';
    const expected = { 'node.id': 'n1', 'history.max_bytes': 7, 'rate.burst_count': 'off', 'log.level': 'debug', 'rooms.auto_create': false, origins: ['https://a', 'https://b'] };
    for (const content of [nested, json]) expect({ ...load({ content }) }).toMatchObject(expected);
  });

  it('reads every kind of setting from the environment', () => {
    const settings = load({
      environment: {
        EDGE_NODE_ID: 'n2', ARQON_SPINE_RATE_BURST_COUNT: '9', ARQON_SPINE_LOG_LEVEL: 'debug', ARQON_SPINE_ROOMS_AUTO_CREATE: 'false',
        ARQON_SPINE_ORIGINS: 'https://a , https://b', ARQON_SPINE_TLS_CERT_FILE: 'cert.pem', PATH: '/bin', ARQON_SHIELD_X: 'of another app',
      },
    });
    expect({ ...settings }).toEqual({
      'node.id': 'n2', 'history.max_bytes': 100, 'limits.frame_bytes': 983_040, 'rate.burst_count': 9, 'log.level': 'debug', 'rooms.auto_create': false,
      origins: ['https://a', 'https://b'], 'tls.cert_file': `${process.cwd()}/cert.pem`, 'link.key': linkKey,
    });
  });

  it('begins relative paths of a file at the folder of the file', () => {
    expect(load({ content: 'tls: { cert_file: certs/a.pem }' })['tls.cert_file']).toBe(folder.file('certs/a.pem'));
    expect(load({ content: 'tls: { cert_file: /etc/a.pem }' })['tls.cert_file']).toBe('/etc/a.pem');
  });

  it('gives frozen settings with frozen lists', () => {
    const settings = load({ content: 'origins: [https://a]' });
    expect(Object.isFrozen(settings)).toBe(true);
    expect(Object.isFrozen(settings.origins)).toBe(true);
    expect(Object.isFrozen(load({}).origins)).toBe(true);
  });

  it.each<[string, string, string]>([
    ['ARQON_SPINE_HISTORY_MAX_BYTES', '0', 'the number 0'],
    ['ARQON_SPINE_HISTORY_MAX_BYTES', '-1', 'the number -1'],
    ['ARQON_SPINE_HISTORY_MAX_BYTES', '1025', 'the number 1025'],
    ['ARQON_SPINE_HISTORY_MAX_BYTES', '1.5', 'a number that is not whole'],
    ['ARQON_SPINE_HISTORY_MAX_BYTES', '12345678901234567890', 'a number that is not whole or too long'],
    ['ARQON_SPINE_HISTORY_MAX_BYTES', '1e2', 'a text of 3'],
    ['ARQON_SPINE_HISTORY_MAX_BYTES', '0x10', 'a text of 4'],
    ['ARQON_SPINE_HISTORY_MAX_BYTES', ' 5', 'a text of 2'],
    ['ARQON_SPINE_HISTORY_MAX_BYTES', 'off', 'a text of 3'],
    ['ARQON_SPINE_HISTORY_MAX_BYTES', '', 'an empty text'],
    ['ARQON_SPINE_RATE_BURST_COUNT', 'Off', 'a text of 3'],
    ['ARQON_SPINE_RATE_BURST_COUNT', '0', 'the number 0'],
    ['ARQON_SPINE_LOG_LEVEL', 'trace', 'a text of 5'],
    ['ARQON_SPINE_ROOMS_AUTO_CREATE', '1', 'the number 1'],
    ['ARQON_SPINE_ROOMS_AUTO_CREATE', 'yes', 'a text of 3'],
    ['ARQON_SPINE_ORIGINS', 'https://a,,https://b', 'a text of 20'],
    ['ARQON_SPINE_ORIGINS', 'http://a', 'a text of 8'],
    ['ARQON_SPINE_ORIGINS', 'https:1,https:2,https:3,https:4', 'a text of 31'],
    ['ARQON_SPINE_TLS_CERT_FILE', '', 'an empty text'],
    ['ARQON_SPINE_TLS_CERT_FILE', 'a\0b', 'a text of 3'],
    ['EDGE_NODE_ID', '', 'an empty text'],
    ['EDGE_NODE_ID', 'x'.repeat(4_097), 'a text of 4097'],
  ])('refuses %s=%j and says what it got and what is allowed (A20)', (name, value, got) => {
    const [problem, ...others] = problemsOf({ environment: { [name]: value } });
    expect(others).toEqual([]);
    expect(problem.source).toBe(name);
    expect(problem.message).toContain(`got ${got}`);
    expect(problem.message).toMatch(/; allowed: .+/);
  });

  it('refuses to raise a hard cap, and takes a lower value (G4)', () => {
    const [problem] = problemsOf({ environment: { ARQON_SPINE_LIMITS_FRAME_BYTES: '1048577' } });
    expect(problem).toMatchObject({ key: 'limits.frame_bytes', message: expect.stringContaining('hard cap 1048576: may be lowered, never raised') as string });
    expect(load({ environment: { ARQON_SPINE_LIMITS_FRAME_BYTES: '1000' } })['limits.frame_bytes']).toBe(1_000);
  });

  it.each<[string, string, number, string]>([
    ['history:\n  max_bytes: "7"\n', 'history.max_bytes', 2, 'a text of 1'],
    ['history:\n  max_bytes:\n', 'history.max_bytes', 2, 'nothing'],
    ['history:\n  max_bytes: [1]\n', 'history.max_bytes', 2, 'a list of 1'],
    ['\n\nhistory.max_bytes: 0x7\n', 'history.max_bytes', 3, 'a text of 3'],
    ['rooms:\n  auto_create: "true"\n', 'rooms.auto_create', 2, 'a text of 4'],
    ['log:\n  level: [debug]\n', 'log.level', 2, 'a list of 1'],
    ['origins:\n  - https://a\n  - [b]\n', 'origins', 1, 'nothing, or a value of another shape'],
    ['rooms:\n  auto_create: &x true\nnode:\n  id: *x\n', 'node.id', 4, 'aliases are not taken'],
    ['history:\n  max_bytes: 5\nhistory.max_bytes: 6\n', 'history.max_bytes', 3, 'given before on line 2'],
    ['histroy.max_bytes: 5\n', 'histroy.max_bytes', 1, 'unknown key; nearest: history.max_bytes'],
    ['a:\n  b:\n    zzzzzzzzzzzzzz: 1\n', 'a.b.zzzzzzzzzzzzzz', 3, 'unknown key'],
    ['history: 5\n', 'history', 1, 'unknown key'],
    ['node:\n  id:\n    deeper: 1\n', 'node.id.deeper', 3, 'unknown key'],
    ['node:\n  7: x\n', 'node.?', 2, 'a key is a plain word'],
    ['link:\n  key: short\n', 'link.key', 2, 'a text of 5 characters'],
  ])('refuses the file %j at its line (A20)', (content, key, line, message) => {
    const found = problemsOf({ content }).find((problem) => problem.key === key);
    expect(found?.source).toMatch(new RegExp(`\\.yaml:${line}$`));
    expect(found?.message).toContain(message);
  });

  it.each<[string, string, RegExp]>([
    ['a key twice', 'log.level: info\nlog.level: debug\n', /:2$/],
    ['no YAML', 'a: [1\n', /:\d$/],
    ['two documents', 'log.level: info\n---\nlog.level: debug\n', /:\d$/],
    ['an unknown tag', 'log.level: !secret info\n', /:1$/],
    ['a list', '- a\n', /:1$/],
    ['a text', 'hello\n', /:1$/],
  ])('refuses a file with %s', (_name, content, source) => {
    const [problem] = problemsOf({ content });
    expect(problem.key).toBe('--config');
    expect(problem.source).toMatch(source);
  });

  it('quotes nothing of a file that is not well-formed', () => {
    for (const content of [`link: {key: "abc" ${linkKey}}`, `link: [${linkKey} b} c`, `- a\nkey: ${linkKey}`, `link: !${linkKey} x`, `key: *${linkKey}`, `${'[ '.repeat(50_000)}${linkKey}`]) {
      const problems = problemsOf({ content });
      expect(problems.length).toBeGreaterThan(0);
      expect(problems.length).toBeLessThanOrEqual(10);
      expect(JSON.stringify(problems)).not.toContain('do-not-print');
    }
  });

  it('takes an empty file and one with comments alone', () => {
    expect(problemsOf({ content: '' })).toEqual([]);
    expect(problemsOf({ content: '# nothing\n' })).toEqual([]);
  });

  it.each<[string, (file: string) => void, string]>([
    ['is missing', () => undefined, 'ENOENT'],
    ['is a folder', (file) => mkdirSync(file), 'no regular file'],
    ['is not UTF-8', (file) => writeFileSync(file, Buffer.from([0xff])), 'cannot be read'],
    ['is larger than a megabyte', (file) => writeFileSync(file, '#'.repeat(1_048_577)), 'larger than 1048576 bytes'],
  ])('refuses a file that %s (A20)', (name, make, message) => {
    const configFile = folder.file(name.replaceAll(' ', '-'));
    make(configFile);
    expect(() => loadSettings(schema, { environment: { ARQON_SPINE_LINK_KEY: linkKey }, configFile })).toThrow(message);
  });

  it('refuses an unknown variable of the app and names the nearest one', () => {
    expect(problemsOf({ environment: { ARQON_SPINE_HISTORY_MAXBYTES: '5' } })).toEqual([
      { key: 'ARQON_SPINE_HISTORY_MAXBYTES', source: 'ARQON_SPINE_HISTORY_MAXBYTES', message: 'unknown setting; nearest: ARQON_SPINE_HISTORY_MAX_BYTES' },
    ]);
  });

  it('lists all problems of all sources at once (A20)', () => {
    const environment = { ARQON_SPINE_LINK_KEY: undefined, ARQON_SPINE_LOG_LEVEL: 'loud', ARQON_SPINE_NOPE: '1' };
    const content = 'history.max_bytes: 0\nlog.level: louder\nunknown: 1\n';
    const keys = problemsOf({ environment, content }).map((problem) => problem.key);
    expect(keys.toSorted()).toEqual(['ARQON_SPINE_NOPE', 'history.max_bytes', 'link.key', 'log.level', 'log.level', 'unknown']);
    expect(() => load({ environment, content })).toThrow(/^spine: 6 bad settings\n {2}history\.max_bytes \(.*:1\): got the number 0; allowed: 1 to 1024 bytes\n/);
  });

  it('never shows a secret: not in errors, not in summaries, not when printed', () => {
    const short = 'hunter2';
    const wrong = 'twelve-hunters-in-a-list';
    const messages = [
      ...problemsOf({ environment: { ARQON_SPINE_LINK_KEY: short } }),
      ...problemsOf({ environment: { ARQON_SPINE_LINK_KEYS: wrong }, content: `link: { key: [${wrong}], kye: ${wrong} }\n` }),
      ...problemsOf({ environment: { ARQON_SPINE_LINK_KEY: '1234567' } }),
    ].map((problem) => JSON.stringify(problem)).join('\n');
    for (const leaked of [short, wrong, '1234567']) expect(messages).not.toContain(leaked);
    const settings = load({});
    expect(settings['link.key']).toBe(linkKey);
    for (const shown of [JSON.stringify(settings), inspect(settings), inspect({ settings }, { depth: 9 }), JSON.stringify(describeSettings(settings))]) {
      expect(shown).not.toContain('do-not-print');
      expect(shown).toContain('[set]');
    }
  });
});

describe('describeSettings()', () => {
  it('tells value and source of every setting (N11)', () => {
    const summary = describeSettings(load({ content: 'log.level: debug' }));
    expect(summary['log.level']).toEqual({ value: 'debug', source: 'file' });
    expect(summary['link.key']).toEqual({ value: '[set]', source: 'environment' });
    expect(summary['tls.cert_file']).toEqual({ value: undefined, source: 'default' });
    expect(Object.keys(summary)).toHaveLength(schema.specs.length);
  });

  it('tells that a secret is not set', () => {
    const optional = defineSettings('cli', [secret({ key: 'api.key', doc: 'Key.' })]);
    expectTypeOf<SettingsFor<typeof optional>>().toEqualTypeOf<{ readonly 'api.key': string | undefined }>();
    expect(describeSettings(loadSettings(optional, { environment: {} }))).toEqual({ 'api.key': { value: '[not set]', source: 'default' } });
  });

  it('raises TypeError for an object whose secrets nobody knows', () => {
    expect(() => describeSettings({ key: 'x' })).toThrow(TypeError);
  });
});
