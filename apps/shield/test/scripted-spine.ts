import { createServer, type Server } from 'node:http';
import { buildFrame, encodeEpoch, encodeRouting, encodeSender, newEnvelopeId, stampedBatchSize, writeStampedHeader, idRandomBytes } from '@arqonbus/envelope';
import { DELIVER_HEADROOM_BYTES, prependDeliverTopic, readShieldFrame, SpineFrameBuilder, type ShieldMessageBody, type SpineMessageInit } from '@arqonbus/link';
import { FrameQueue } from '@arqonbus/testkit';
import { WebSocketServer, type WebSocket } from 'ws';

export const linkKey = 'link-key-of-the-tests-0123456789abcdef';

/** A client frame as it came up the link. */
export interface InboundFrame {
  readonly case: 'inbound';
  readonly value: { readonly session: bigint; readonly frame: Uint8Array };
}

/** What the Shield said, in order. */
export type Told = InboundFrame | ShieldMessageBody;

/** Which body of what the Shield said. */
export type ToldOf<C extends Told['case']> = Extract<Told, { case: C }>;

/** The Spine's end of the link as a script: it greets, welcomes sessions unless told not to, and records. */
export class ScriptedSpine {
  readonly told = new FrameQueue<Told>();
  readonly all: Told[] = [];
  /** Authorization headers of the links. */
  readonly keys: string[] = [];
  linkCount = 0;
  heartbeatMs = 25_000;
  welcomesLinks = true;
  welcomesSessions = true;
  onTold: (body: Told) => void = () => undefined;
  readonly #http: Server;
  readonly #wss: WebSocketServer;
  #link: WebSocket | undefined;

  private constructor(http: Server) {
    this.#http = http;
    this.#wss = new WebSocketServer({ server: http, handleProtocols: (offered) => (offered.has('arqon.link.v1') ? 'arqon.link.v1' : false) });
    this.#wss.on('connection', (socket, request) => {
      this.linkCount += 1;
      this.#link = socket;
      this.keys.push(request.headers.authorization ?? '');
      socket.on('message', (data) => {
        if (Buffer.isBuffer(data)) this.#receive(data);
      });
      socket.on('close', () => {
        if (this.#link === socket) this.#link = undefined;
      });
    });
  }

  static async start(port = 0): Promise<ScriptedSpine> {
    const http = createServer();
    const spine = new ScriptedSpine(http);
    await new Promise<void>((resolve, reject) => {
      http.once('error', reject);
      http.listen(port, '127.0.0.1', resolve);
    });
    return spine;
  }

  get port(): number {
    const address = this.#http.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return address.port;
  }

  get url(): string {
    return `ws://127.0.0.1:${String(this.port)}`;
  }

  get isLinked(): boolean {
    return this.#link !== undefined;
  }

  /** Sends messages in one link message (or as many as they need). */
  send(...messages: readonly SpineMessageInit[]): void {
    const builder = new SpineFrameBuilder();
    for (const message of messages) builder.appendMessage(message);
    this.#sendBuilt(builder);
  }

  deliver(session: bigint, frame: Uint8Array, options: { readonly page: boolean } = { page: false }): void {
    const builder = new SpineFrameBuilder();
    builder.appendDeliverSession(Number(session), frame, options);
    this.#sendBuilt(builder);
  }

  publish(header: { topic: number; room: number; lastSequence: number; prevSequence: number }, frame: Uint8Array): void {
    const target = new Uint8Array(DELIVER_HEADROOM_BYTES + frame.length);
    target.set(frame, DELIVER_HEADROOM_BYTES);
    this.sendBytes(target.subarray(prependDeliverTopic(target, DELIVER_HEADROOM_BYTES, frame.length, header)));
  }

  sendBytes(bytes: Uint8Array): void {
    this.#link?.send(bytes);
  }

  /** Takes the next message of a kind. */
  async next<C extends Told['case']>(wanted: C, timeoutMs?: number): Promise<ToldOf<C>> {
    const body = await this.told.next((candidate) => candidate.case === wanted, timeoutMs);
    if (!isOf(body, wanted)) throw new Error('unreachable');
    return body;
  }

  of<C extends Told['case']>(wanted: C): ToldOf<C>[] {
    return this.all.filter((body): body is ToldOf<C> => isOf(body, wanted));
  }

  /** Cuts the link without a closing handshake. */
  cut(): void {
    this.#link?.terminate();
    this.#link = undefined;
  }

  async close(): Promise<void> {
    for (const client of this.#wss.clients) client.terminate();
    this.#wss.close();
    await new Promise<void>((resolve) => {
      this.#http.close(() => {
        resolve();
      });
      this.#http.closeAllConnections();
    });
  }

  #sendBuilt(builder: SpineFrameBuilder): void {
    for (let bytes = builder.take(); bytes !== undefined; bytes = builder.take()) this.#link?.send(bytes.slice());
  }

  #receive(data: Buffer): void {
    readShieldFrame(data, {
      inbound: (session, bytes, start, end) => {
        this.#record({ case: 'inbound', value: { session: BigInt(session), frame: new Uint8Array(bytes.subarray(start, end)) } });
      },
      message: (body) => {
        this.#record(body);
      },
    });
  }

  #record(body: Told): void {
    if (body.case === 'hello' && this.welcomesLinks) {
      this.send({ body: { case: 'welcome', value: { protocol: 1, spineId: 'scripted', version: '0', heartbeatMs: this.heartbeatMs } } });
    }
    if (body.case === 'openSession' && this.welcomesSessions) this.deliver(body.value.session, welcomeFrame(body.value.session));
    this.all.push(body);
    this.told.push(body);
    this.onTold(body);
  }
}

function isOf<C extends Told['case']>(body: Told, wanted: C): body is ToldOf<C> {
  return body.case === wanted;
}

/** Signal.welcome as a Spine sends it. */
export function welcomeFrame(session: bigint): Uint8Array {
  return buildFrame([{ envelopes: [{ id: newId(), body: { case: 'signal', value: { body: { case: 'welcome', value: { session } } } } }] }]);
}

/** A frame of one stamped run. */
export function runFrame(run: {
  room?: string; channel?: string; recipient?: string; sequence: number; prev?: number; count?: number; payloadBytes?: number; epoch?: number; replayed?: boolean;
}): Uint8Array {
  const { room = '', channel = '', recipient = '', sequence, prev = sequence - 1, count = 1, payloadBytes = 16, epoch = 7, replayed = false } = run;
  const payload = new Uint8Array(payloadBytes).fill(sequence & 0xff);
  const envelopes = Array.from({ length: count }, () => ({ id: newId(), body: { case: 'event' as const, value: { type: 'application/octet-stream', payload } } }));
  const entries = contentOf(buildFrame([{ envelopes }]));
  const stamped = {
    routing: encodeRouting(room, channel, recipient), sender: encodeSender('someone', 5), epoch: encodeEpoch(epoch), sequence, prev,
    timeUs: 1_000, after: new Uint8Array(0), replayed, envelopesBytes: entries.length,
  };
  const target = new Uint8Array(stampedBatchSize(stamped));
  target.set(entries, writeStampedHeader(target, 0, stamped));
  return target;
}

function contentOf(frame: Uint8Array): Uint8Array {
  let at = 1;
  while ((frame[at] & 0x80) !== 0) at += 1;
  return frame.subarray(at + 1);
}

function newId(): Uint8Array {
  return newEnvelopeId(Date.now(), crypto.getRandomValues(new Uint8Array(idRandomBytes)));
}
