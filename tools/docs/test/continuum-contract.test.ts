import { existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTempFolder, type TempFolder } from '@arqonbus/testkit';
import { readCodeBlocks, readDocument, readLinks, readSection } from '../src/index.js';
import { REPOSITORY_ROOT } from '../src/repository-root.js';
import { startBusPair, type BusPair } from './bus-pair.fixture.js';
import { runProgram } from './run-program.fixture.js';

const path = 'docs/spec/continuum_integration_contract.md';
const page = readDocument(path).text;
const room = 'continuum.episode.v1';

function block(marker: string): string {
  const found = readCodeBlocks(page).filter((one) => one.marker === marker);
  if (found.length !== 1) throw new Error(`there is not one block "${marker}"`);
  return found[0].code;
}

describe('the integration contract of Continuum', () => {
  it.each(['Ownership', 'Topics', 'Schema', 'Rights and tokens', 'Order', 'Guarantees', 'Publishing', 'Shared keys', 'The boundary of Reflex', 'What is not here'])(
    'says something under %s (I11, I12)', (heading) => {
      expect(readSection(page, `## ${heading}`).trim().length).toBeGreaterThan(100);
    },
  );

  it.each(['README.md', 'docs/architecture.md', 'docs/runbook.md', 'docs/protocol.md'])('is linked from %s (I12, P12)', (from) => {
    const target = from === 'README.md' ? path : path.slice('docs/'.length);
    expect(readLinks(readDocument(from).text).map((link) => link.target.split('#')[0])).toContain(target);
  });

  it('keeps Reflex out of the repository (I11)', () => {
    for (const folder of ['apps/reflex', 'libs/reflex', 'apps/continuum']) expect(existsSync(join(REPOSITORY_ROOT, folder))).toBe(false);
  });
});

describe('the producer in the contract', () => {
  let folder: TempFolder;
  let pair: BusPair;
  let token: string;

  beforeAll(async () => {
    folder = createTempFolder('arqon-contract-');
    symlinkSync(join(REPOSITORY_ROOT, 'node_modules'), folder.file('node_modules'));
    writeFileSync(folder.file('package.json'), '{ "type": "module" }\n');
    writeFileSync(folder.file('producer.ts'), block('run: continuum-producer'));
    pair = await startBusPair();
    token = await pair.issuer.token({ tenant: 'acme', sub: 'planner-1', publish: [room], subscribe: [], capabilities: ['continuum.produce'] });
  }, 90_000);

  afterAll(async () => {
    await pair.stop();
    folder.remove();
  });

  it('does what the page says (I9, P16)', async () => {
    const env = { ARQON_URL: pair.url, ARQON_CA: pair.caFile, ARQON_TOKEN: token };
    const { stdout, stderr, code } = await runProgram(process.execPath, ['--conditions=@arqonbus/source', '--import', 'tsx/esm', 'producer.ts'], { cwd: folder.path, env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(block('output: continuum-producer'));
  }, 90_000);
});
