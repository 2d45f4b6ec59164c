// Bundles the entries of the package into the folder named as its argument: dist/package when publishing, another one in tests.
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const [target] = process.argv.slice(2);
if (target === undefined) throw new Error('Name the folder to bundle into.');

await build({
  absWorkingDir: dirname(dirname(fileURLToPath(import.meta.url))),
  entryPoints: ['src/node.ts', 'src/browser.ts'],
  outdir: resolve(target),
  bundle: true,
  splitting: true,
  chunkNames: 'chunk-[hash]',
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  conditions: ['@arqonbus/source'],
  external: ['@bufbuild/protobuf', 'ws'],
  legalComments: 'none',
});
