import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { SpineFrameBuilder } from '@arqonbus/link';
import { WebSocketServer, type WebSocket } from 'ws';

/** A Spine's door that upgrades and greets only when told to. */
export class HeldSpine {
  upgrade: (() => void) | undefined;
  socket: WebSocket | undefined;
  dialCount = 0;
  readonly #sockets = new Set<Socket>();
  readonly #http: Server = createServer();
  readonly #wss = new WebSocketServer({ noServer: true, handleProtocols: () => 'arqon.link.v1' });

  static async start(): Promise<HeldSpine> {
    const spine = new HeldSpine();
    spine.#http.on('connection', (socket) => { spine.#sockets.add(socket); });
    spine.#http.on('upgrade', (request, socket, head) => {
      spine.dialCount += 1;
      // A Shield that gives up resets the connection.
      socket.on('error', () => { socket.destroy(); });
      spine.upgrade = () => { spine.#wss.handleUpgrade(request, socket, head, (upgraded) => { spine.socket = upgraded; }); };
    });
    await new Promise<void>((resolve) => { spine.#http.listen(0, '127.0.0.1', resolve); });
    return spine;
  }

  get url(): string {
    const address = this.#http.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return `ws://127.0.0.1:${String(address.port)}`;
  }

  welcome(protocol = 1): void {
    const builder = new SpineFrameBuilder();
    builder.appendMessage({ body: { case: 'welcome', value: { protocol, spineId: 'held', version: '0', heartbeatMs: 25_000 } } });
    const bytes = builder.take();
    if (bytes !== undefined) this.socket?.send(bytes);
  }

  /** Cuts whatever is connected. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => { this.#http.close(() => { resolve(); }); });
  }
}
