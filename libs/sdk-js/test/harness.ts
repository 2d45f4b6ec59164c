import { afterEach } from 'vitest';
import { connect, type Bus, type ConnectOptions, type Message, type Subscription } from '../src/node.js';
import { ScriptedServer, type ScriptedOptions } from './scripted-server.js';

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A scripted server that stops after the test. */
export async function startServer(options: ScriptedOptions = {}): Promise<ScriptedServer> {
  const server = await ScriptedServer.start(options);
  cleanups.push(() => server.stop());
  return server;
}

/** A client that closes after the test, with short delays. The client's id is `me`. */
export async function connectTo(server: ScriptedServer, options: Partial<ConnectOptions> = {}): Promise<Bus> {
  const bus = await connect({ url: server.url, token: 'me.jwt', connectTimeoutMs: 20_000, reconnect: { minDelayMs: 5, maxDelayMs: 50 }, ...options });
  cleanups.push(() => bus.close());
  return bus;
}

/** The next `count` messages of a subscription as text. */
export async function take(subscription: Subscription, count: number): Promise<string[]> {
  const messages = await takeMessages(subscription, count);
  return messages.map((message) => message.text);
}

/** The next `count` messages of a subscription. */
export async function takeMessages(subscription: Subscription, count: number): Promise<Message[]> {
  const messages: Message[] = [];
  if (count === 0) return messages;
  for await (const message of subscription) {
    messages.push(message);
    if (messages.length === count) break;
  }
  return messages;
}

/** A plain event. */
export function text(payload: string): { type: string; payload: string } {
  return { type: 'text/plain', payload };
}

/** What a promise rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('the promise resolved');
}
