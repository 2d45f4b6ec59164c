import { FrameSchema } from '@arqonbus/proto';
import { fromBinary } from '@bufbuild/protobuf';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer, type RawData } from 'ws';

/** What a client sent through the tap, in the order of its envelopes. */
export interface TappedEnvelope {
  /** `event`, `reply`, or `command.<name>`. */
  readonly what: string;
  readonly room: string;
  readonly eventType: string;
  /** In hex. */
  readonly id: string;
}

/** Stands between clients and a Shield on loopback without TLS, and notes what clients send. */
export class FrameTap {
  readonly envelopes: TappedEnvelope[] = [];
  private readonly server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: (offered) => [...offered].find((name) => name === 'arqon.v1') ?? false });
  private readonly sockets = new Set<WebSocket>();

  private constructor(private readonly target: string, private readonly ca: string) {
    this.server.on('connection', (client, request) => { this.join(client, request.headers.authorization ?? ''); });
  }

  /** Listens; `target` is the Shield's address, `ca` its authority in PEM. */
  static async start(target: string, ca: string): Promise<FrameTap> {
    const tap = new FrameTap(target, ca);
    await once(tap.server, 'listening');
    return tap;
  }

  get url(): string {
    return `ws://127.0.0.1:${String((this.server.address() as AddressInfo).port)}/`;
  }

  /** Ends its connections and listens no more. */
  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.terminate();
    await new Promise<void>((resolve) => { this.server.close(() => { resolve(); }); });
  }

  private join(client: WebSocket, authorization: string): void {
    const upstream = new WebSocket(this.target, ['arqon.v1'], { ca: this.ca, headers: { authorization }, perMessageDeflate: false });
    const waiting: RawData[] = [];
    client.on('message', (data) => {
      this.note(data as Buffer);
      if (upstream.readyState === WebSocket.OPEN) upstream.send(data);
      else waiting.push(data);
    });
    upstream.on('open', () => { for (const data of waiting.splice(0)) upstream.send(data); });
    upstream.on('message', (data) => { if (client.readyState === WebSocket.OPEN) client.send(data); });
    for (const [one, other] of [[client, upstream], [upstream, client]]) {
      this.sockets.add(one);
      one.on('close', () => {
        this.sockets.delete(one);
        other.terminate();
      });
      // The close that follows ends the other side too.
      one.on('error', () => { other.terminate(); });
    }
  }

  private note(bytes: Buffer): void {
    for (const { room, envelopes } of fromBinary(FrameSchema, bytes).batches) {
      for (const { id, body } of envelopes) {
        const what = body.case === 'command' ? `command.${body.value.body.case ?? ''}` : body.case ?? 'nothing';
        this.envelopes.push({ what, room, eventType: body.case === 'event' ? body.value.type : '', id: Buffer.from(id).toString('hex') });
      }
    }
  }
}
