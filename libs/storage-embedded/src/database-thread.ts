import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Request, WorkerMessage } from './database-messages.js';
import type { DatabaseSettings } from './settings.js';

/** Where an EmbeddedDatabase runs. */
export interface DatabaseThread {
  post(request: Request): void;
  /** One listener each, set before anything is heard; `onEnd` is told with the reason, perhaps twice. */
  listen(onMessage: (message: WorkerMessage) => void, onEnd: (reason: string) => void): void;
  /** Resolves when it has ended, in whatever state it was. */
  end(): Promise<void>;
}

/** Starts the database on a worker thread. */
export function startDatabaseThread(settings: DatabaseSettings): DatabaseThread {
  const worker = startWorker(settings);
  return {
    post: (request) => { worker.postMessage(request); },
    listen: (onMessage, onEnd) => {
      worker.on('message', onMessage);
      worker.on('error', (error) => { onEnd(`the thread of the store failed: ${error.message}`); });
      worker.on('exit', () => { onEnd('the thread of the store ended'); });
    },
    end: async () => { await worker.terminate(); },
  };
}

/** Runs the entry from the sources when this file is one: the thread then needs a loader, which a test runner does not pass on. */
function startWorker(settings: DatabaseSettings): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./database-worker.js', import.meta.url), { workerData: settings });
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm/api').replace(/\.cjs$/, '.mjs')).href;
  const entry = new URL('./database-worker.ts', import.meta.url).href;
  const source = `import { register } from ${JSON.stringify(loader)}; register(); await import(${JSON.stringify(entry)});`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData: settings, execArgv: ['--conditions=@arqonbus/source'] });
}
