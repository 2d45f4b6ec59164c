import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { createTempFolder, waitFor, type TestTokenOptions } from '@arqonbus/testkit';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PageTarget, steps } from './browser-page.js';
import { findChromium, startChromium, type Chromium } from './chromium.js';
import { startRealServers, type RealServers } from './real-servers.js';

type Steps = typeof steps;

const root = fileURLToPath(new URL('..', import.meta.url));
const chromium = await findChromium(process.env['ARQON_TEST_LONG'] === '1');
const path = 'path' in chromium ? chromium.path : undefined;

/** The page's script, with the code that is published in the place of the sources. */
async function bundlePage(): Promise<string> {
  const folder = createTempFolder('arqon-sdk-browser-');
  try {
    await promisify(execFile)(process.execPath, [join(root, 'scripts/bundle.mjs'), folder.path]);
    const bundled = await build({
      entryPoints: [join(root, 'test/browser-page.ts')], bundle: true, write: false, format: 'esm', platform: 'browser', target: 'es2022',
      nodePaths: [join(root, 'node_modules'), join(root, '../../node_modules')],
      plugins: [{ name: 'published', setup: (plugins) => plugins.onResolve({ filter: /\/src\/browser\.js$/ }, () => ({ path: folder.file('browser.js') })) }],
    });
    return bundled.outputFiles[0].text;
  } finally {
    folder.remove();
  }
}

async function servePage(script: string): Promise<{ server: Server; origin: string }> {
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html').end(isScript ? script : '<!doctype html><script type="module" src="/page.js"></script>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe.skipIf(path === undefined)(`connect() in a browser${'missing' in chromium ? `, skipped: ${chromium.missing}` : ''}`, { timeout: 50_000 }, () => {
  let servers: RealServers;
  let browser: Chromium;
  let home: { server: Server; origin: string };
  let foreign: { server: Server; origin: string };

  beforeAll(async () => {
    const script = await bundlePage();
    [home, foreign] = await Promise.all([servePage(script), servePage(script)]);
    servers = await startRealServers({ origins: [home.origin] });
    browser = await startChromium(path ?? '', servers.ca);
    await visit(home.origin);
  });

  afterAll(async () => {
    await browser?.stop();
    await servers?.stop();
    for (const { server } of [home, foreign]) server.close().closeAllConnections();
  });

  const visit = (origin: string): Promise<void> => browser.page.navigate(`${origin}/`, `typeof steps === 'object'`);

  async function ask<Name extends keyof Steps>(name: Name, ...args: Parameters<Steps[Name]>): Promise<Awaited<ReturnType<Steps[Name]>>> {
    const expression = `steps.${name}(${args.map((value) => JSON.stringify(value)).join()})`;
    return (await browser.page.evaluate(expression)) as Awaited<ReturnType<Steps[Name]>>;
  }

  async function target(sub: string, options: TestTokenOptions = {}): Promise<PageTarget> {
    return { url: servers.shieldUrl, token: await servers.token({ sub, ...options }) };
  }

  /** What a socket sees that is closed before a browser would give up waiting for the end, 2 s; the machine may stand still once or twice. */
  async function quickestClose(...args: Parameters<Steps['socket']>): Promise<object> {
    for (let attempt = 1; ; attempt += 1) {
      const { closeMs, ...seen } = await ask('socket', ...args);
      if (attempt < 3 && closeMs >= 1_500) continue;
      expect(closeMs).toBeLessThan(1_500);
      return seen;
    }
  }

  it('joins, publishes, asks and answers by the published build (R1)', async () => {
    const { connectMs, ...said } = await ask('talk', await target('alice'), await target('bob'));
    expect(said).toEqual({ clientId: 'alice', texts: ['one', 'two', 'three'], sequences: ['1', '2', '3'], answer: 're: ready?' });
    expect(connectMs).toBeLessThan(20_000);
  });

  it('loses and doubles nothing when the Shield is killed and started again (R7)', async () => {
    const counting = ask('count', await target('alice'), await target('bob'));
    await waitFor(async () => Number(await browser.page.evaluate('document.title')) >= 50, { timeoutMs: 60_000, what: 'the page to read' });
    await servers.restartShield();
    const { sent, texts, recovered } = await counting;
    expect(texts).toEqual(Array.from({ length: sent }, (_, index) => `${index}`));
    expect(recovered).toEqual(['RECONNECTED']);
  });

  it('selects arqon.v1 alone and closes 4401 when the token is bad, which the SDK reports (F1)', async () => {
    const expired = await target('alice', { ttlSeconds: -600 });
    expect(await quickestClose(expired)).toEqual({ isOpened: true, protocol: 'arqon.v1', code: 4401 });
    expect(await ask('refusal', expired, 20_000)).toBe('UNAUTHENTICATED');
  });

  it('learns at once of a close while it is open', async () => {
    expect(await quickestClose(await target('alice'), 'a text message')).toMatchObject({ code: 4400 });
  });

  it('does not open from an origin that is not on the allow-list', async () => {
    const alice = await target('alice');
    await visit(foreign.origin);
    expect(await ask('socket', alice)).toMatchObject({ isOpened: false, protocol: '', code: 1006 });
    expect(await ask('refusal', alice, 1_000)).toBe('TIMEOUT');
    await visit(home.origin);
    expect(await ask('refusal', alice, 20_000)).toBe('connected');
  });
});
