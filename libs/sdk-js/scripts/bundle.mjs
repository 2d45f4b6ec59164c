// Bundles the entries of the package into the folder named as its argument: dist/package when publishing, another one in tests.
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const [target] = process.argv.slice(2);
if (target === undefined) throw new Error('Name the folder to bundle into.');

/** Entries that share what they have in common. Those of Continuum are made apart, so that the main ones stay as small as they are. */
const bundles = [['src/node.ts', 'src/browser.ts'], ['src/node-continuum.ts', 'src/browser-continuum.ts']];

for (const entryPoints of bundles) {
  await build({
    absWorkingDir: dirname(dirname(fileURLToPath(import.meta.url))),
    entryPoints,
    outdir: resolve(target),
    bundle: true,
    splitting: true,
    chunkNames: 'chunk-[hash]',
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    conditions: ['@arqonbus/source'],
    external: ['@bufbuild/protobuf', 'ws', 'node:*'],
    legalComments: 'none',
  });
}
