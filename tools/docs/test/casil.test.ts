import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allDetectorIds } from '@arqonbus/casil';
import { errorTable } from '@arqonbus/errors';
import { loadSettings } from '@arqonbus/config';
import { createTempFolder, type TempFolder } from '@arqonbus/testkit';
import { loadSettingsSchemas, readCodeBlocks, readDocument, readSection, readTableRows } from '../src/index.js';
import { REPOSITORY_ROOT } from '../src/repository-root.js';
import { startBusPair } from './bus-pair.fixture.js';
import { runProgram, type ProgramResult } from './run-program.fixture.js';

const page = readDocument('docs/casil.md').text;
const runbook = readDocument('docs/runbook.md').text;
const guide = readDocument('docs/developers_guide.md').text;
const schema = (await loadSettingsSchemas()).find(({ appName }) => appName === 'spine');
if (schema === undefined) throw new Error('the Spine has no settings');
const spine = schema;

const required = {
  ARQON_SPINE_LINK_KEY: 'k'.repeat(32), ARQON_SPINE_AUTH_JWKS_FILE: '/keys.json', ARQON_SPINE_AUTH_ISSUER: 'https://issuer.example/', ARQON_SPINE_AUTH_AUDIENCE: 'arqon',
};

function block(text: string, marker: string): string {
  const found = readCodeBlocks(text).filter((one) => one.marker === marker);
  if (found.length !== 1) throw new Error(`there is not one block "${marker}"`);
  return found[0].code;
}

/** Runs a block in the root of the repository; `npx --no arqon` is stood in for by what it runs. */
function run(script: string): Promise<ProgramResult> {
  const prelude = `npx() { [ "$1 $2" = '--no arqon' ] || exit 64; shift 2; "${process.execPath}" apps/cli/bin/arqon.mjs "$@"; }`;
  return runProgram('bash', ['-c', `${prelude}\n${script}`], { cwd: REPOSITORY_ROOT });
}

/** What the files of token rules say of a property. */
const rulesFolder = join(REPOSITORY_ROOT, 'libs/casil/src/rules');
const ruleSources = readdirSync(rulesFolder).filter((file) => !file.endsWith('.test.ts')).map((file) => readFileSync(join(rulesFolder, file), 'utf8'));
const saidByRules = (property: string): string[] => ruleSources.flatMap((source) => [...source.matchAll(new RegExp(`\\b${property}: '([^']+)'`, 'g'))].map(([, value = '']) => value));

describe('docs/casil.md', () => {
  it('has a row for every detector, and none for another (P16)', () => {
    const rules = new Set(saidByRules('id'));
    const documented = readTableRows(readSection(page, '## Detectors')).flatMap(([id = '']) => /^`([a-z-]+)`$/.exec(id)?.[1] ?? []);
    expect(documented.sort()).toEqual([...allDetectorIds()].filter((id) => !rules.has(id)).sort());
  });

  it('says no more of token rules than there are (E13, P9)', () => {
    expect(page).toContain('More than 700 rules for tokens of more than 500 providers');
    expect([...allDetectorIds()].filter((id) => saidByRules('id').includes(id)).length).toBeGreaterThan(700);
    expect(new Set(saidByRules('provider')).size).toBeGreaterThan(500);
  });

  it('lists all ids by the command that it gives (P16)', async () => {
    const { stdout, stderr, code } = await run(block(page, 'run: casil-ids'));
    expect(code, stderr).toBe(0);
    expect(stdout.trimEnd().split('\n')).toEqual([...allDetectorIds()].sort());
  });

  it('shows what the inspection of a line prints (P16)', async () => {
    const { stdout, code, stderr } = await run(block(page, 'run: casil-inspect'));
    expect(code, stderr).toBe(1);
    expect(stdout).toBe(block(page, 'output: casil-inspect'));
  });

  it('is what the README shows a line of (P1, P16)', async () => {
    const readme = readDocument('README.md').text;
    const { stdout, code, stderr } = await run(block(readme, 'run: readme-inspect'));
    expect(code, stderr).toBe(1);
    expect(stdout).toBe(block(readme, 'output: readme-inspect'));
  });

  it('explains every code of content inspection that clients or operators see', () => {
    const codes = Object.keys(errorTable).filter((code) => code.startsWith('CASIL_') && code !== 'CASIL_INTERNAL_ERROR');
    expect(codes.filter((code) => !page.includes(`| \`${code}\` |`))).toEqual([]);
  });

  it.each([['docs/casil.md', page], ['docs/runbook.md', runbook], ['docs/developers_guide.md', guide]])('%s names settings that exist', (_path, text) => {
    const keys = spine.specs.map(({ key }) => key);
    const named = [...text.matchAll(/`(casil\.[a-z_.]+)(?:: [^`]*)?`/g)].map(([, key = '']) => key);
    expect(named.filter((key) => !keys.includes(key))).toEqual([]);
  });
});

describe('settings of CASIL in documents', () => {
  let folder: TempFolder;
  beforeAll(() => { folder = createTempFolder('arqon-casil-docs-'); });
  afterAll(() => { folder.remove(); });

  const yaml = [['docs/casil.md', page], ['docs/runbook.md', runbook]].flatMap(([path = '', text = '']) => (
    readCodeBlocks(text).filter(({ language, code, marker }) => language === 'yaml' && code.startsWith('casil:') && !marker.includes('wrong')).map(({ line, code }) => [`${path}:${String(line)}`, code] as const)));

  it.each(yaml)('are taken by the Spine: %s (P16)', (_place, text) => {
    const configFile = folder.file('spine.yaml');
    writeFileSync(configFile, text);
    expect(loadSettings(spine, { environment: required, configFile })['casil.enabled']).toBe(true);
  });

  it('begin with monitor mode in the runbook (P5, E18)', () => {
    const configFile = folder.file('monitor.yaml');
    writeFileSync(configFile, block(runbook, 'example: casil-monitor'));
    expect(loadSettings(spine, { environment: required, configFile })).toMatchObject({ 'casil.enabled': true, 'casil.mode': 'monitor', 'casil.default_decision': 'block' });
  });

  it('say what policies do (E25, P16)', async () => {
    const configFile = folder.file('policies.yaml');
    writeFileSync(configFile, block(page, 'example: casil-policies'));
    const { stdout } = await run(`printf 'see tkt-1234567\\n' | npx --no arqon inspect --redact --config '${configFile}'`);
    expect(stdout).toBe('see [REDACTED:ticket]\n');
  });
});

describe('docs/runbook.md', () => {
  it('names metrics that a Spine with content inspection has, in its rules too (P5, N2)', async () => {
    const pair = await startBusPair({ 'casil.enabled': 'true' });
    try {
      const scraped = await (await fetch(`${pair.spineAdminUrl}/metrics`)).text();
      const named = [...new Set([...`${page}${runbook}`.matchAll(/\barqon_casil_[a-z_]+\b/g)].map(([name]) => name))];
      expect(named.length).toBeGreaterThan(10);
      // Counted by label: there from the first message on of which something was found.
      const later = new Set(['arqon_casil_messages_total', 'arqon_casil_risk_total', 'arqon_casil_reasons_total']);
      expect(named.filter((name) => !later.has(name) && !new RegExp(`^${name}(\\{| )`, 'm').test(scraped))).toEqual([]);
      const expressions = [...block(runbook, 'example: casil-alerts').matchAll(/expr: (.*)/g)].map(([, expression = '']) => expression);
      expect(expressions.filter((expression) => !named.some((name) => expression.includes(name)))).toEqual([]);
      expect(expressions.length).toBeGreaterThan(3);
    } finally {
      await pair.stop();
    }
  }, 120_000);

  it('shows how a Spine refuses a wrong pattern (P5)', async () => {
    const folder = createTempFolder('arqon-runbook-');
    try {
      const configFile = folder.file('spine.yaml');
      writeFileSync(configFile, block(runbook, 'example: casil-wrong-pattern'));
      const entry = join(REPOSITORY_ROOT, 'apps/spine/src/main.ts');
      const { code, stderr, stdout } = await runProgram(process.execPath, ['--conditions=@arqonbus/source', '--import', 'tsx/esm', entry, '--config', configFile], { cwd: REPOSITORY_ROOT, env: required });
      expect(code).toBe(78);
      expect(`${stdout}${stderr}`.replaceAll(configFile, '/etc/arqon/spine.yaml')).toContain(block(runbook, 'output: casil-wrong-pattern'));
    } finally {
      folder.remove();
    }
  });
});
