// Runs inside the browser: bundled into the page that browser.test.ts serves, and called from there.
import { connect, isArqonError, type Bus, type Subscription } from '../src/browser.js';

/** Where and as whom the page connects. */
export interface PageTarget {
  readonly url: string;
  readonly token: string;
}

/** What the page uses of the browser besides the SDK. */
interface BrowserGlobals {
  readonly document: { title: string };
  readonly WebSocket: new (url: string, protocols: readonly string[]) => {
    readonly protocol: string;
    send(text: string): void;
    addEventListener(type: 'open' | 'close', listener: (event: { readonly code: number }) => void): void;
  };
}

const browser = globalThis as typeof globalThis & BrowserGlobals;

const bytes = (payload: string): { type: string; payload: string } => ({ type: 'text/plain', payload });

function open({ url, token }: PageTarget): Promise<Bus> {
  return connect({ url, getToken: async () => token, reconnect: { minDelayMs: 20, maxDelayMs: 500 } });
}

async function take(subscription: Subscription, count: number): Promise<string[]> {
  const texts: string[] = [];
  for await (const message of subscription) {
    texts.push(message.text);
    if (texts.length === count) break;
  }
  return texts;
}

async function answerOne(questions: Subscription): Promise<void> {
  for await (const message of questions) {
    await message.reply(bytes(`re: ${message.text}`));
    break;
  }
}

async function until(condition: () => boolean, boundMs = 30_000): Promise<void> {
  const endMs = performance.now() + boundMs;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`did not happen within ${boundMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function showCount(count: number): void {
  browser.document.title = `${count}`;
}

/** What the page can be asked to do; arguments and results travel as JSON. */
export const steps = {
  /** Alice publishes and asks, Bob reads and answers. */
  async talk(alice: PageTarget, bob: PageTarget): Promise<{ clientId: string; connectMs: number; texts: string[]; sequences: string[]; answer: string }> {
    const startedMs = performance.now();
    const asking = await open(alice);
    const connectMs = performance.now() - startedMs;
    const answering = await open(bob);
    const plans = await answering.join('plans:main');
    const tasks = await answering.join('tasks:main');
    const results = await asking.publishMany('plans:main', ['one', 'two', 'three'].map(bytes));
    const texts = await take(plans, 3);
    const [answer] = await Promise.all([asking.request('tasks:main', bytes('ready?')), answerOne(tasks)]);
    const { clientId } = await asking.status();
    await asking.drain();
    await answering.close();
    return { clientId, connectMs, texts, sequences: results.map(({ sequence }) => sequence.toString()), answer: answer.text };
  },

  /**
   * Alice publishes numbers one after the other until her connection was lost and came back, and 50 more; Bob reads them. The
   * page's title shows how many he has.
   */
  async count(alice: PageTarget, bob: PageTarget): Promise<{ sent: number; texts: string[]; recovered: string[]; reconnectMs: number }> {
    const [sending, reading] = [await open(alice), await open(bob)];
    const [texts, recovered]: [string[], string[]] = [[], []];
    let [sent, remaining, lostMs, reconnectMs] = [0, Infinity, 0, 0];
    sending.on('state', ({ state }) => {
      if (state === 'reconnecting') lostMs = performance.now();
      if (state === 'open') [remaining, reconnectMs] = [50, performance.now() - lostMs];
    });
    const counted = await reading.join('counted:main');
    counted.on('recovered', ({ reason }) => recovered.push(reason));
    counted.on('message', ({ text }) => showCount(texts.push(text)));
    for (; remaining > 0; remaining--) await sending.publish('counted:main', bytes(`${sent++}`));
    await until(() => texts.length >= sent);
    await reading.ping();
    await sending.close();
    await reading.close();
    return { sent, texts, recovered, reconnectMs };
  },

  /** The code that `connect` rejects with. */
  async refusal(target: PageTarget, connectTimeoutMs: number): Promise<string> {
    try {
      const bus = await connect({ ...target, connectTimeoutMs, reconnect: { minDelayMs: 20, maxDelayMs: 100 } });
      await bus.close();
      return 'connected';
    } catch (error) {
      return isArqonError(error) ? error.code : String(error);
    }
  },

  /**
   * What a bare WebSocket of the browser sees that sends `text` once it is open: the subprotocol that was selected, the code it was
   * closed with, and how long after the opening. A browser that is not told the end of the connection waits for it for 2 s.
   */
  socket({ url, token }: PageTarget, text?: string): Promise<{ isOpened: boolean; protocol: string; code: number; closeMs: number }> {
    return new Promise((resolve) => {
      const socket = new browser.WebSocket(url, ['arqon.v1', `bearer.${token}`]);
      let openedMs = 0;
      socket.addEventListener('open', () => {
        openedMs = performance.now();
        if (text !== undefined) socket.send(text);
      });
      socket.addEventListener('close', ({ code }) => {
        resolve({ isOpened: openedMs > 0, protocol: socket.protocol, code, closeMs: performance.now() - openedMs });
      });
    });
  },
};

Object.assign(globalThis, { steps });
