import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { createTempFolder, type TempFolder } from '@arqonbus/testkit';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer } from './harness.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
/** Of which @bufbuild/protobuf, for messages of a schema, is 7.7 kB. */
const maxBundleBytes = 33_800;
/** Of which @bufbuild/protobuf is the most. */
const maxContinuumBundleBytes = 40_000;

let folder: TempFolder;
let packed: { filename: string; size: number; files: { path: string }[] };

beforeAll(async () => {
  folder = createTempFolder('arqon-sdk-pack-');
  const { stdout } = await run('npm', ['pack', '--json', '--silent', '--pack-destination', folder.path], { cwd: root });
  [packed] = JSON.parse(stdout.slice(stdout.indexOf('['))) as [typeof packed];
  writeFileSync(folder.file('package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', folder.file(packed.filename)], { cwd: folder.path });
}, 180_000);

afterAll(() => folder.remove());

describe('npm pack', { timeout: 120_000 }, () => {
  it('holds the entries and their declarations, no sources and no maps (R1)', () => {
    const paths = packed.files.map((file) => file.path);
    expect(paths).toEqual(expect.arrayContaining(['package.json', 'README.md', ...['node', 'browser', 'node-continuum', 'browser-continuum'].flatMap((name) => [`dist/package/${name}.js`, `dist/package/${name}.d.ts`])]));
    expect(paths.filter((path) => !/^(package\.json|README\.md|LICENSE|dist\/package\/.*\.(js|d\.ts))$/.test(path) && path !== 'dist/package/LICENSE')).toEqual([]);
    expect(packed.size).toBeLessThan(110_000);
  });

  it('depends on @bufbuild/protobuf and ws alone, and names no package of the workspace', () => {
    const installed = join(folder.path, 'node_modules/@arqonbus/sdk');
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
    expect(Object.keys(manifest.dependencies)).toEqual(['@bufbuild/protobuf', 'ws']);
    const shipped = packed.files.filter((file) => /\.(js|d\.ts)$/.test(file.path)).map((file) => readFileSync(join(installed, file.path), 'utf8'));
    expect(shipped.filter((text) => /from ["']@arqonbus\//.test(text))).toEqual([]);
  });

  it('connects, publishes and receives from a script in an empty folder', async () => {
    const server = await startServer();
    writeFileSync(folder.file('use.mjs'), `
      import { connect, isArqonError } from '@arqonbus/sdk';
      const bus = await connect({ url: process.argv[2], token: 'me.jwt', echo: true });
      const plans = await bus.join('plans:main');
      const { sequence } = await bus.publish('plans:main', { type: 'text/plain', payload: 'hello' });
      for await (const message of plans) {
        console.log(JSON.stringify([message.text, sequence.toString(), message.topic, isArqonError(new Error())]));
        break;
      }
      await bus.drain();
    `);
    const { stdout } = await run(process.execPath, ['use.mjs', server.url], { cwd: folder.path });
    expect(JSON.parse(stdout)).toEqual(['hello', '1', 'plans:main', false]);
  });

  it('publishes episodes through an outbox in a file from a script in an empty folder', async () => {
    const server = await startServer();
    writeFileSync(folder.file('episodes.mjs'), `
      import { connect, isArqonError } from '@arqonbus/sdk';
      import { createContinuum, fileOutbox, newEpisodeId } from '@arqonbus/sdk/continuum';
      const bus = await connect({ url: process.argv[2], token: 'me.jwt' });
      const continuum = createContinuum(bus, { tenantId: 'acme', agentId: 'me', outbox: await fileOutbox('outbox') });
      const { delivered } = await continuum.publishEpisode({ type: 'created', episodeId: newEpisodeId(), contentRef: 's3://episodes/1' });
      const { sequence } = await delivered;
      const error = await continuum.publishEpisode({ type: 'created', episodeId: 'none', contentRef: 's3://episodes/1' }).catch((error) => error);
      console.log(JSON.stringify([sequence.toString(), isArqonError(error), error.code]));
      await continuum.close();
      await bus.drain();
    `);
    const { stdout } = await run(process.execPath, ['episodes.mjs', server.url], { cwd: folder.path });
    expect(JSON.parse(stdout)).toEqual(['1', true, 'EPISODE_INVALID_FIELD']);
  });

  it('has declarations that a strict compiler accepts with skipLibCheck off', async () => {
    writeFileSync(folder.file('use.ts'), `
      import { connect, type Bus, type Message, type PublishResult, type Subscription } from '@arqonbus/sdk';
      import { createContinuum, fileOutbox, memoryOutbox, newEpisodeId, type Outbox, type Publication } from '@arqonbus/sdk/continuum';
      export async function remember(bus: Bus): Promise<PublishResult> {
        const outbox: Outbox = Math.random() < 0.5 ? memoryOutbox({ maxEvents: 10 }) : await fileOutbox('outbox', { fsync: true });
        const continuum = createContinuum(async () => bus, { tenantId: 'acme', agentId: 'me', outbox });
        createContinuum(bus, { tenantId: 'acme', agentId: 'me' }).on('refused', ({ error }) => error.code satisfies string);
        // @ts-expect-error A summary alone is no state.
        await continuum.publishEpisode({ type: 'created', episodeId: newEpisodeId(), summary: 'x' });
        const publication: Publication = await continuum.publishEpisode({ type: 'updated', episodeId: newEpisodeId(), contentRef: 's3://1', metadata: { a: [1, null] } });
        return publication.delivered;
      }
      export async function use(): Promise<PublishResult> {
        const bus = await connect({ url: 'wss://bus.example', getToken: async () => 'token' });
        const plans: Subscription = await bus.join({ room: 'plans', allChannels: true }, { since: 'start' });
        plans.on('gap', (gap) => gap.lost satisfies boolean);
        for await (const message of plans) {
          const same: Message = message;
          await same.reply({ type: 'text/plain', payload: 'ok' });
        }
        const nothing: undefined = await bus.publish('plans', { type: 'x' }, { ack: false });
        return nothing ?? bus.publish('plans', { type: 'x' });
      }
    `);
    writeFileSync(folder.file('tsconfig.json'), JSON.stringify({
      compilerOptions: { strict: true, noEmit: true, module: 'nodenext', target: 'es2023', lib: ['es2023', 'dom'], types: [], skipLibCheck: false }, files: ['use.ts'],
    }));
    const tsc = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));
    const { stdout } = await run(process.execPath, [tsc, '-p', '.'], { cwd: folder.path }).catch((error: unknown) => error as { stdout: string });
    expect(stdout).toBe('');
  });

  /** The gzipped size of a page's bundle for browsers, and what is in it. */
  async function bundleForBrowsers(source: string): Promise<{ bytes: number; inputs: string[]; text: string }> {
    writeFileSync(folder.file('page.mjs'), source);
    const result = await build({
      absWorkingDir: folder.path, entryPoints: ['page.mjs'], bundle: true, minify: true, write: false, format: 'esm', platform: 'browser', target: 'es2022', metafile: true,
    });
    const [{ contents, text }] = result.outputFiles;
    return { bytes: gzipSync(contents, { level: 9 }).length, inputs: Object.keys(result.metafile.inputs), text };
  }

  const isForNode = (input: string): boolean => input.includes('node_modules/ws/') || input.startsWith('node:');

  it('makes a browser bundle of at most 33.8 kB gzipped, without ws, node: modules and Continuum', async () => {
    const { bytes, inputs, text } = await bundleForBrowsers(`import { connect } from '@arqonbus/sdk'; globalThis.connect = connect;`);
    expect(inputs.filter(isForNode)).toEqual([]);
    expect(text).not.toContain('continuum.episode');
    expect(bytes).toBeLessThanOrEqual(maxBundleBytes);
  });

  it('makes a browser bundle of episodes without ws and node: modules', async () => {
    const { bytes, inputs } = await bundleForBrowsers(`import { createContinuum } from '@arqonbus/sdk/continuum'; globalThis.createContinuum = createContinuum;`);
    expect(inputs.filter(isForNode)).toEqual([]);
    expect(bytes).toBeLessThanOrEqual(maxContinuumBundleBytes);
  });
});
