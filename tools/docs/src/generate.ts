import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedDocuments } from './generated-documents.js';
import { REPOSITORY_ROOT } from './repository-root.js';

for (const { path, text } of await generatedDocuments()) {
  writeFileSync(join(REPOSITORY_ROOT, path), text);
  process.stdout.write(`${path}\n`);
}
