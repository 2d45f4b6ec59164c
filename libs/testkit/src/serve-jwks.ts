import { createServer, type ServerResponse } from 'node:http';

/**
 * How the endpoint behaves: `serve` answers the set, `fail` answers 500, `garbage` answers 200 with no JSON,
 * `hang` accepts and never answers.
 */
export type JwksBehaviour = 'serve' | 'fail' | 'garbage' | 'hang';

export interface JwksServer {
  readonly url: string;
  readonly port: number;
  /** Requests seen so far. */
  readonly requestsCount: number;
  behave(behaviour: JwksBehaviour): void;
  /** Stops listening and cuts open requests; a second call does nothing. */
  close(): Promise<void>;
}

/** Serves a key set over HTTP on 127.0.0.1; `read` gives its text at each request. */
export async function serveJwks(read: () => string, options: { readonly port?: number } = {}): Promise<JwksServer> {
  let behaviour: JwksBehaviour = 'serve';
  let requestsCount = 0;
  const server = createServer((_request, response) => {
    requestsCount += 1;
    if (behaviour !== 'hang') answer(response, behaviour, read);
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: options.port ?? 0, host: '127.0.0.1' }, () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('the server has no port'));
      else resolve(address.port);
    });
  });
  return {
    url: `http://127.0.0.1:${port}/jwks.json`,
    port,
    get requestsCount() {
      return requestsCount;
    },
    behave(next) {
      behaviour = next;
    },
    async close() {
      if (!server.listening) return;
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(response: ServerResponse, behaviour: Exclude<JwksBehaviour, 'hang'>, read: () => string): void {
  if (behaviour === 'fail') response.writeHead(500).end();
  else response.writeHead(200, { 'content-type': 'application/jwk-set+json' }).end(behaviour === 'garbage' ? '<html>' : read());
}
