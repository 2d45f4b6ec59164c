import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/** Where bytes go: `up` from the side that connected, `down` to it. */
export type Direction = 'up' | 'down';

interface Chunk {
  readonly bytes: Buffer;
  /** Monotonic milliseconds before which it is not passed on. */
  readonly dueMs: number;
}

/** Bytes that one direction of one connection may hold; above it the sender is not read. */
const maxHeldBytes = 4_194_304;

/** One direction of one connection. Keeps the order of bytes whatever the delay. */
class Pipe {
  private readonly chunks: Chunk[] = [];
  private heldBytes = 0;
  private isEnded = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly from: Socket, private readonly to: Socket, private readonly direction: Direction, private readonly proxy: FaultProxy) {
    from.on('data', (bytes: Buffer) => {
      this.chunks.push({ bytes, dueMs: performance.now() + proxy.delayMs });
      this.heldBytes += bytes.length;
      if (this.heldBytes > maxHeldBytes) from.pause();
      this.flush();
    });
    from.on('end', () => {
      this.isEnded = true;
      this.flush();
    });
    to.on('drain', () => this.flush());
  }

  /** Passes on what is due; nothing while the direction is stalled. */
  flush(): void {
    clearTimeout(this.timer);
    if (this.proxy.isStalled(this.direction) || this.to.destroyed) return;
    const now = performance.now();
    while (this.chunks.length > 0 && this.chunks[0].dueMs <= now && !this.to.writableNeedDrain) {
      const [{ bytes }] = this.chunks.splice(0, 1);
      this.heldBytes -= bytes.length;
      this.to.write(bytes);
    }
    if (this.heldBytes <= maxHeldBytes / 2) this.from.resume();
    if (this.chunks.length > 0) this.timer = setTimeout(() => this.flush(), Math.max(0, this.chunks[0].dueMs - now));
    else if (this.isEnded) this.to.end();
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}

interface Connection {
  readonly sockets: readonly [Socket, Socket];
  readonly pipes: readonly [Pipe, Pipe];
}

/** A TCP proxy on loopback that cuts, delays and stalls what passes through it, on demand. */
export class FaultProxy {
  private readonly connections = new Set<Connection>();
  private readonly stalled = new Set<Direction>();
  /** Added to each byte's way, in each direction. */
  delayMs = 0;
  private isRefusing = false;

  private constructor(private readonly server: Server, private readonly targetPort: () => number) {}

  /** Listens on a free port; `targetPort` is asked at each connection. */
  static async start(targetPort: () => number): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: true });
    const proxy = new FaultProxy(server, targetPort);
    server.on('connection', (client) => { proxy.accept(client); });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get connectionCount(): number {
    return this.connections.size;
  }

  isStalled(direction: Direction): boolean {
    return this.stalled.has(direction);
  }

  /** Resets every connection; what it held is gone, as with a cable that is pulled. New ones are taken. */
  cut(): void {
    for (const { sockets } of [...this.connections]) for (const socket of sockets) socket.resetAndDestroy();
  }

  /** Resets every connection and each new one until healed. */
  refuse(): void {
    this.isRefusing = true;
    this.cut();
  }

  /** Passes nothing on in that direction until healed; connections stay open. */
  stall(direction: Direction): void {
    this.stalled.add(direction);
  }

  /** Ends every fault; what was held goes on its way. */
  heal(): void {
    this.isRefusing = false;
    this.delayMs = 0;
    this.stalled.clear();
    for (const { pipes } of this.connections) for (const pipe of pipes) pipe.flush();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => { this.server.close(() => { resolve(); }); });
  }

  private accept(client: Socket): void {
    client.on('error', () => undefined);
    if (this.isRefusing) {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ host: '127.0.0.1', port: this.targetPort(), allowHalfOpen: true, noDelay: true });
    client.setNoDelay(true);
    const connection: Connection = { sockets: [client, server], pipes: [new Pipe(client, server, 'up', this), new Pipe(server, client, 'down', this)] };
    this.connections.add(connection);
    const end = (): void => {
      if (!this.connections.delete(connection)) return;
      for (const pipe of connection.pipes) pipe.stop();
      for (const socket of connection.sockets) if (!socket.destroyed) socket.resetAndDestroy();
    };
    for (const socket of connection.sockets) {
      // A side that fails takes the other with it; one that ended in order leaves it time for what is still on its way.
      socket.on('error', end);
      socket.on('close', () => {
        if (!socket.readableEnded || connection.sockets.every(({ destroyed }) => destroyed)) end();
      });
    }
  }
}
