import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * A way to a Redis on which announcements can be held up: what the server says on connections that subscribed waits, all else passes. Spines behind
 * it lag behind those that are not.
 */
export class HeldSubscriptions {
  private readonly sockets = new Set<Socket>();
  private readonly subscribers = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async before(redisUrl: string): Promise<HeldSubscriptions> {
    const port = Number(new URL(redisUrl).port);
    const server = createServer();
    const held = new HeldSubscriptions(server);
    server.on('connection', (client) => { held.pass(client, connect(port, '127.0.0.1')); });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    return held;
  }

  get url(): string {
    return `redis://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  hold(): void {
    for (const socket of this.subscribers) socket.pause();
  }

  release(): void {
    for (const socket of this.subscribers) socket.resume();
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => { this.server.close(resolve); });
  }

  private pass(client: Socket, upstream: Socket): void {
    for (const [one, other] of [[client, upstream], [upstream, client]] as const) {
      this.sockets.add(one);
      one.setNoDelay(true);
      one.on('data', (bytes) => {
        if (one === client && /subscribe/i.test(bytes.toString('latin1'))) this.subscribers.add(upstream);
        other.write(bytes);
      });
      // Either end may cut; the other is cut with it.
      one.on('error', () => { other.destroy(); });
      one.on('close', () => {
        this.sockets.delete(one);
        this.subscribers.delete(one);
        other.destroy();
      });
    }
  }
}
