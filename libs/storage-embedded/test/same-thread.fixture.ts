import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { DatabaseThread } from '../src/database-thread.js';
import type { Request, WorkerMessage } from '../src/database-messages.js';
import { EmbeddedDatabase } from '../src/embedded-database.js';
import type { DatabaseSettings } from '../src/settings.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Runs the database on the test's own thread, so that its lines are measured; messages are copied as between threads. */
export function sameThread(settings: DatabaseSettings): DatabaseThread {
  let database: EmbeddedDatabase | undefined;
  let queue: Request[] = [];
  const drain = (): void => {
    const requests = queue;
    queue = [];
    database?.handle(requests);
  };
  return {
    post: (request) => {
      queue.push(structuredClone(request));
      if (queue.length === 1) setImmediate(drain);
    },
    listen: (onMessage) => {
      const send = (message: WorkerMessage): void => {
        const copy = structuredClone(message);
        setImmediate(() => { onMessage(copy); });
      };
      try {
        database = new EmbeddedDatabase(settings, send);
      } catch (error) {
        send({ news: 'refused', reason: String((error as Error).message) });
      }
    },
    end: async () => {
      database = undefined;
      // The engine lets the file go once all its statements are collected, as the end of a thread does.
      for (let round = 0; round < 3; round += 1) {
        await new Promise((resolve) => { setImmediate(resolve); });
        collectGarbage();
      }
      await new Promise((resolve) => { setImmediate(resolve); });
    },
  };
}
