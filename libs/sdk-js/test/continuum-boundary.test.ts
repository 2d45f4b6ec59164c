import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { EpisodeBus } from '../src/node-continuum.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The bundle of an entry, the files of this repository that it is made of, and what it takes from outside. */
async function bundle(entry: string): Promise<{ files: string[]; outside: string[]; text: string }> {
  const result = await build({
    absWorkingDir: root, entryPoints: [entry], bundle: true, write: false, format: 'esm', platform: 'neutral', conditions: ['@arqonbus/source'], external: ['@bufbuild/protobuf', 'node:*', 'ws'], metafile: true,
  });
  const outside = Object.values(result.metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  return { files: Object.keys(result.metafile.inputs), outside: [...new Set(outside)].sort(), text: result.outputFiles[0].text };
}

/** What waits for an answer of somebody else. */
const synchronousClients = /command-client|request-table|history|replay|subscri|session-|\/bus\.ts|\/socket-|storage|https?|redis|postgres/;

describe('the way of an episode from its producer to the bus', () => {
  it('asks a Bus to publish, and nothing else (I10)', () => {
    expectTypeOf<keyof EpisodeBus>().toEqualTypeOf<'publish' | 'limits'>();
  });

  it.each([
    ['src/node-continuum.ts', ['@bufbuild/protobuf', '@bufbuild/protobuf/codegenv2', '@bufbuild/protobuf/wkt', 'node:crypto', 'node:fs', 'node:fs/promises', 'node:path', 'node:zlib']],
    ['src/browser-continuum.ts', ['@bufbuild/protobuf', '@bufbuild/protobuf/codegenv2', '@bufbuild/protobuf/wkt']],
  ])('of %s holds no client that waits for others, and opens no connection (I10)', async (entry, allowed) => {
    const { files, outside, text } = await bundle(entry);
    expect(files.length).toBeGreaterThan(10);
    expect(files.filter((file) => synchronousClients.test(file.replace(/^(\.\.\/)+/, '')))).toEqual([]);
    expect(outside.filter((module) => !allowed.includes(module))).toEqual([]);
    expect(text.match(/\b(fetch|WebSocket|XMLHttpRequest|\w+Sync)\s*\(/g)).toBeNull();
  });

  it('is told from the main entry by that, which holds such clients', async () => {
    const { files } = await bundle('src/node.ts');
    expect(files.filter((file) => synchronousClients.test(file)).length).toBeGreaterThan(3);
  });
});
