import { createServer } from 'node:net';
import { ArqonError } from '@arqonbus/errors';

/**
 * The error for a listener that did not come up. The engine says only that it failed, so a throw-away
 * listener finds out why. Code INTERNAL; the message is `port N is in use` or names the address and the reason.
 */
export async function listenFailure(host: string, port: number): Promise<ArqonError> {
  return listenError(host, port, await probe(host, port));
}

/** The same error from a reason that is known. */
export function listenError(host: string, port: number, reason: string): ArqonError {
  const message = reason === 'EADDRINUSE' ? `port ${port} is in use` : `cannot listen on ${host} port ${port} (${reason})`;
  return new ArqonError('INTERNAL', { message });
}

function probe(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => {
      resolve(reasonOf(error));
    });
    server.listen({ host, port, exclusive: true }, () => {
      server.close(() => {
        resolve('refused by the engine');
      });
    });
  });
}

/** System error code of an error of node:net, else its text. */
export function reasonOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
