import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { Request, WorkerMessage } from './database-messages.js';
import { EmbeddedDatabase } from './embedded-database.js';
import type { DatabaseSettings } from './settings.js';

/** Entry of the worker thread: what has come in while a commit was under way goes into the next one together. */
function serve(port: NonNullable<typeof parentPort>, settings: DatabaseSettings): void {
  const send = (message: WorkerMessage): void => { port.postMessage(message); };
  let database: EmbeddedDatabase;
  try {
    database = new EmbeddedDatabase(settings, send);
  } catch (error) {
    send({ news: 'refused', reason: error instanceof Error ? error.message : String(error) });
    return;
  }
  port.on('message', (first: Request) => {
    const requests = [first];
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) requests.push(next.message as Request);
    database.handle(requests);
    if (requests.some((request) => request.kind === 'close')) port.close();
  });
}

if (parentPort !== null) serve(parentPort, workerData as DatabaseSettings);
