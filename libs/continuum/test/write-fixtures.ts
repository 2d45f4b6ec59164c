import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fixtureFiles } from './fixture-files.js';

/** Writes fixtures/v1 anew: `node --conditions=@arqonbus/source --import tsx/esm libs/continuum/test/write-fixtures.ts`. */
const folder = join(import.meta.dirname, '../fixtures/v1');
rmSync(folder, { recursive: true, force: true });
for (const [name, bytes] of fixtureFiles()) {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}
