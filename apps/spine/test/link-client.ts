import { readSpineFrame, ShieldFrameBuilder, type ShieldMessageInit, type SpineMessageBody } from '@arqonbus/link';
import { FrameSchema, type Frame } from '@arqonbus/proto';
import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { FrameQueue } from '@arqonbus/testkit';
import { BinarySocket } from './binary-socket.js';

/** What a Spine said over a link: one of its messages, or a delivered frame, decoded. */
export type Heard =
  | { readonly kind: 'topic'; readonly topic: number; readonly room: number; readonly last: number; readonly prev: number; readonly frame: Frame }
  | { readonly kind: 'session'; readonly session: number; readonly page: boolean; readonly frame: Frame }
  | { readonly kind: 'message'; readonly body: SpineMessageBody };

/** A Shield's side of a link, without a Shield: it sends what a test says and interprets nothing. */
export class LinkClient {
  readonly heard = new FrameQueue<Heard>();
  /** The same by the WebSocket message that it came in. */
  readonly messages: (readonly Heard[])[] = [];

  private constructor(private socket: BinarySocket | undefined) {}

  /** Opens a link; rejects with the status of a refused upgrade as message. */
  static async connect(url: string, key: string, subprotocol = 'arqon.link.v1'): Promise<LinkClient> {
    const client = new LinkClient(undefined);
    client.socket = await BinarySocket.connect(url, { subprotocol, authorization: `Bearer ${key}`, onMessage: (bytes) => { client.read(bytes); } });
    return client;
  }

  /** The code that the link closed with. */
  get closed(): Promise<number> {
    return this.socket?.closed ?? Promise.reject(new Error('the link was never open'));
  }

  /** Says hello and gives the welcome. */
  async greet(protocol = 1): Promise<Extract<SpineMessageBody, { case: 'welcome' }>['value']> {
    this.say({ body: { case: 'hello', value: { protocol, shieldId: 'test-shield', version: '1' } } });
    return (await this.message('welcome')).value;
  }

  /** Sends messages as one WebSocket message. */
  say(...messages: ShieldMessageInit[]): void {
    const builder = new ShieldFrameBuilder();
    for (const message of messages) builder.appendMessage(message);
    this.sendAll(builder);
  }

  /** Sends a session's frame as its Shield would pass it on. */
  inbound(session: number, init: MessageInitShape<typeof FrameSchema>): void {
    const builder = new ShieldFrameBuilder();
    builder.appendInbound(session, toBinary(FrameSchema, create(FrameSchema, init)));
    this.sendAll(builder);
  }

  sendBytes(bytes: Uint8Array): void {
    this.socket?.send(bytes);
  }

  /** The next message of a kind. */
  async message<Case extends SpineMessageBody['case']>(name: Case, timeoutMs?: number): Promise<Extract<SpineMessageBody, { case: Case }>> {
    const heard = await this.heard.next((candidate) => candidate.kind === 'message' && candidate.body.case === name, timeoutMs);
    if (heard.kind !== 'message') throw new Error('no message');
    return heard.body as Extract<SpineMessageBody, { case: Case }>;
  }

  /** The next delivery to a topic that holds events. */
  async delivery(timeoutMs?: number): Promise<Extract<Heard, { kind: 'topic' }>> {
    const heard = await this.heard.next((candidate) => candidate.kind === 'topic' && candidate.frame.batches.some((batch) => batch.envelopes.length > 0), timeoutMs);
    if (heard.kind !== 'topic') throw new Error('no delivery');
    return heard;
  }

  /** The next frame for one session. */
  async sessionFrame(session: number, predicate: (frame: Frame) => boolean = () => true, timeoutMs?: number): Promise<Extract<Heard, { kind: 'session' }>> {
    const heard = await this.heard.next((candidate) => candidate.kind === 'session' && candidate.session === session && predicate(candidate.frame), timeoutMs);
    if (heard.kind !== 'session') throw new Error('no frame');
    return heard;
  }

  close(): void {
    this.socket?.terminate();
  }

  private sendAll(builder: ShieldFrameBuilder): void {
    for (let bytes = builder.take(); bytes !== undefined; bytes = builder.take()) this.socket?.send(bytes);
  }

  private read(data: Buffer): void {
    if (data.length === 0) return;
    const message: Heard[] = [];
    readSpineFrame(data, {
      deliverTopic: (topic, room, last, prev, bytes, start, end) => {
        message.push({ kind: 'topic', topic, room, last, prev, frame: fromBinary(FrameSchema, bytes.subarray(start, end)) });
      },
      deliverSession: (session, page, bytes, start, end) => {
        message.push({ kind: 'session', session, page, frame: fromBinary(FrameSchema, bytes.subarray(start, end)) });
      },
      message: (body) => { message.push({ kind: 'message', body }); },
    });
    this.messages.push(message);
    for (const heard of message) this.heard.push(heard);
  }
}
