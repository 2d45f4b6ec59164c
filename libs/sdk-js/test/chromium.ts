import { ensureTool, findOnPath, spawnServer, ToolMissingError } from '@arqonbus/services';
import { createTempFolder, waitFor } from '@arqonbus/testkit';
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { WebSocket } from 'ws';

/** A page in a headless browser. */
export interface Page {
  /** Loads another URL and waits until `expression` is true there. */
  navigate(url: string, expression: string): Promise<void>;
  /** Value of an expression, awaited; rejects with what the page threw. It travels as JSON. */
  evaluate(expression: string): Promise<unknown>;
}

export interface Chromium {
  readonly page: Page;
  stop(): Promise<void>;
}

/** Path of an installed browser, or why there is none. Tests of long runs install it where they may. */
export async function findChromium(isLongRun: boolean): Promise<{ readonly path: string } | { readonly missing: string }> {
  const found = ['chromium', 'chromium-browser', 'google-chrome'].map((name) => findOnPath(name)).find((path) => path !== undefined);
  if (found !== undefined) return { path: found };
  if (!isLongRun) return { missing: 'chromium is not on PATH; ARQON_TEST_LONG=1 installs it' };
  try {
    return { path: await ensureTool('chromium', { aptPackage: 'chromium' }) };
  } catch (error) {
    if (error instanceof ToolMissingError) return { missing: error.message };
    throw error;
  }
}

/** Starts a browser that trusts the certificate `ca`, reaches 127.0.0.1 alone and keeps nothing, with one empty page. */
export async function startChromium(path: string, ca: string): Promise<Chromium> {
  const profile = createTempFolder('arqon-chromium-');
  const key = createHash('sha256').update(new X509Certificate(ca).publicKey.export({ type: 'spki', format: 'der' })).digest('base64');
  const browser = spawnServer({
    command: path,
    args: [
      '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage', '--no-first-run', '--disable-extensions',
      '--disable-background-networking', '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
      `--ignore-certificate-errors-spki-list=${key}`, `--user-data-dir=${profile.path}`, '--remote-debugging-port=0', 'about:blank',
    ],
  });
  const stop = async (): Promise<void> => {
    await browser.stop();
    // Processes of the browser that end after it still write there.
    await waitFor(() => { profile.remove(); return true; }, { what: 'the profile to be removed' });
  };
  try {
    const url = await waitFor(() => readEndpoint(profile.file('DevToolsActivePort')), { timeoutMs: 45_000, what: 'Chromium to listen' });
    const devTools = await DevTools.open(url);
    const page = await openPage(devTools);
    return { page, stop: async () => { devTools.close(); await stop(); } };
  } catch (cause) {
    await stop();
    throw new Error(`Chromium did not start: ${browser.recentOutput()}`, { cause });
  }
}

/** The browser's own endpoint from the file that it writes once it listens: its port, and a path. Undefined while the text is incomplete. */
function readEndpoint(file: string): string | undefined {
  const [, port, path] = /^(\d+)\n(\/devtools\/browser\/[0-9a-f-]{36})$/.exec(readFileSync(file, 'utf8')) ?? [];
  return path === undefined ? undefined : `ws://127.0.0.1:${port}${path}`;
}

interface Evaluated {
  readonly result: { readonly value?: unknown };
  readonly exceptionDetails?: { readonly text: string; readonly exception?: { readonly description?: string } };
}

async function openPage(devTools: DevTools): Promise<Page> {
  const { targetId } = (await devTools.call('Target.createTarget', { url: 'about:blank' })) as { targetId: string };
  const { sessionId } = (await devTools.call('Target.attachToTarget', { targetId, flatten: true })) as { sessionId: string };
  const evaluate = async (expression: string): Promise<unknown> => {
    const { result, exceptionDetails } = (await devTools.call('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }, sessionId)) as Evaluated;
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  return {
    evaluate,
    navigate: async (url, expression) => {
      await devTools.call('Page.navigate', { url }, sessionId);
      await waitFor(async () => (await evaluate(`location.href === ${JSON.stringify(url)} && (${expression})`)) === true, { timeoutMs: 20_000, what: `${url} to load` });
    },
  };
}

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** Calls of the Chrome DevTools Protocol: JSON over one WebSocket, answers told apart by id. */
class DevTools {
  private lastId = 0;
  private readonly waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.settle(JSON.parse(data.toString()) as Answer));
    socket.on('close', () => {
      for (const { reject } of this.waiting.values()) reject(new Error('Chromium closed the connection'));
      this.waiting.clear();
    });
  }

  static async open(url: string): Promise<DevTools> {
    const socket = new WebSocket(url);
    await once(socket, 'open');
    return new DevTools(socket);
  }

  call(method: string, params: Readonly<Record<string, unknown>>, sessionId?: string): Promise<unknown> {
    const id = ++this.lastId;
    this.socket.send(JSON.stringify({ id, method, params, sessionId }));
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }

  close(): void {
    this.socket.close();
  }

  private settle({ id, result, error }: Answer): void {
    const waiter = id === undefined ? undefined : this.waiting.get(id);
    if (id === undefined || waiter === undefined) return;
    this.waiting.delete(id);
    if (error === undefined) waiter.resolve(result);
    else waiter.reject(new Error(error.message));
  }
}
