import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';

const root = join(import.meta.dirname, '../../../../..');
const entry = join(root, 'apps/spine/bench/publish-count.ts');
const callSiteFile = /routing[/\\]publish\.ts$/;
/** The question whether to inspect; what stands behind its `else` is the way without CASIL. */
const callSite = /const \{ inspector \} = this\.parts;\s+if \(inspector !== undefined[^\n]*\n\s+else (this\.order\()/;

/** Builds the Spine's publish path in one file, as it is or without the CASIL call. Raises when the call site is not where it was. */
export async function buildPublishLoad(outputFile: string, options: { readonly withoutCasil: boolean }): Promise<void> {
  const stripped = { count: 0 };
  await build({
    entryPoints: [entry], outfile: outputFile, bundle: true, platform: 'node', format: 'esm', target: 'node20', conditions: ['@arqonbus/source'], logLevel: 'error',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    plugins: options.withoutCasil ? [stripCallSite(stripped)] : [],
  });
  if (options.withoutCasil && stripped.count !== 1) throw new Error(`The call of CASIL was stripped ${String(stripped.count)} times from the publish path`);
}

function stripCallSite(stripped: { count: number }): Plugin {
  return {
    name: 'strip-casil-call',
    setup: ({ onLoad }) => {
      onLoad({ filter: callSiteFile }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        const contents = source.replace(callSite, (_, order: string) => {
          stripped.count += 1;
          return order;
        });
        return { contents, loader: 'ts' };
      });
    },
  };
}
