import { createServer } from 'node:net';
import { ArqonError } from '@arqonbus/errors';

/** A port that was free a moment ago. Raises the error of `listenError` when nothing can listen on the host. */
export async function findFreePort(host: string): Promise<number> {
  const outcome = await probe(host, 0);
  if (typeof outcome === 'string') throw listenError(host, 0, outcome);
  return outcome;
}

/**
 * The error for a listener that did not come up. The engine says only that it failed, so a throw-away
 * listener finds out why. Code INTERNAL; the message is `port N is in use` or names the address and the reason.
 */
export async function listenFailure(host: string, port: number): Promise<ArqonError> {
  const outcome = await probe(host, port);
  return listenError(host, port, typeof outcome === 'string' ? outcome : 'refused by the engine');
}

/** The same error from a reason that is known. */
export function listenError(host: string, port: number, reason: string): ArqonError {
  const message = reason === 'EADDRINUSE' ? `port ${port} is in use` : `cannot listen on ${host} port ${port} (${reason})`;
  return new ArqonError('INTERNAL', { message });
}

/** System error code of an error of node:net, else its text. */
export function reasonOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}

/** The port on which a throw-away listener came up, or the reason why it did not. */
function probe(host: string, port: number): Promise<number | string> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => {
      resolve(reasonOf(error));
    });
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 'no port');
      });
    });
  });
}
