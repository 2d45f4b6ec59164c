import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections and to servers that ask for any: none of those takes one of these in between. */
const lowest = 12_000;
const count = 20_000;

/** Each process begins elsewhere and goes on in order, so that two that look at the same time find different ports. */
class PortSearch {
  private next = process.pid * 89;

  async find(): Promise<number> {
    for (let tries = 0; tries < count; tries += 1) {
      const port = lowest + (this.next % count);
      this.next += 1;
      if (await canListen(port)) return port;
    }
    throw new Error(`no port from ${String(lowest)} on is free`);
  }
}

const search = new PortSearch();

/**
 * A TCP port that nobody listens on at 127.0.0.1, and that stays free for as long as this process does not use it, but for other programs that
 * listen on fixed ports. For servers that are started again on the same port; prefer port 0 where a server is started once. Raises Error when none
 * is free.
 */
export function freePort(): Promise<number> {
  return search.find();
}

function canListen(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => { resolve(false); });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.close(() => { resolve(true); });
    });
  });
}
