import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { waitFor } from '@arqonbus/testkit';

/** The way of a client to a server. A test holds up what the client sends, and hears what it was sent. */
export class HoldingProxy {
  private readonly sockets = new Set<Socket>();
  private readonly held: (() => void)[] = [];
  private holdsAt: string | undefined;
  private isHolding = false;
  /** What the server sent since the last hold was asked for. */
  private received = '';

  private constructor(private readonly server: Server, private readonly targetPort: number) {
    server.on('connection', (socket) => { this.take(socket); });
  }

  static async start(targetPort: number): Promise<HoldingProxy> {
    const server = createServer();
    const proxy = new HoldingProxy(server, targetPort);
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** From the next piece on that contains `text`, that piece included, nothing more reaches the server. */
  holdAt(text: string): void {
    this.holdsAt = text;
    this.received = '';
  }

  async holds(): Promise<void> {
    await waitFor(() => this.isHolding, { timeoutMs: 20_000, what: `the client to send ${this.holdsAt ?? ''}` });
  }

  /** Resolves once the client was sent the text, also before the call; what it is sent from now on comes later. */
  async passed(text: string): Promise<void> {
    await waitFor(() => this.received.includes(text), { timeoutMs: 20_000, what: `the server to send ${text}` });
  }

  release(): void {
    this.holdsAt = undefined;
    this.isHolding = false;
    for (const send of this.held.splice(0)) send();
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => { this.server.close(() => { resolve(); }); });
  }

  private take(client: Socket): void {
    const server = connect(this.targetPort, '127.0.0.1');
    for (const [socket, other] of [[client, server], [server, client]]) {
      this.sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (piece: Buffer) => {
      if (this.holdsAt !== undefined && piece.includes(this.holdsAt)) this.isHolding = true;
      if (this.isHolding) this.held.push(() => server.write(piece));
      else server.write(piece);
    });
    server.on('data', (piece: Buffer) => {
      this.received += piece.toString('latin1');
      client.write(piece);
    });
  }
}
