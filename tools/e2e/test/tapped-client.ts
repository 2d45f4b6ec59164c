import { FrameSchema, type Frame } from '@arqonbus/proto';
import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { waitFor } from '@arqonbus/testkit';
import { WebSocket } from 'ws';
import { newId, type BatchInit, type CommandInit } from '../src/index.js';

/** A client that keeps every byte that the server ever gave it. */
export class TappedClient {
  readonly messages: Buffer[] = [];
  /** Ids of what was asked, in order: answers carry them. */
  readonly asked: string[] = [];
  private headers = '';

  private constructor(private readonly socket: WebSocket) {
    socket.on('upgrade', (response) => { this.headers = response.rawHeaders.join('\n'); });
    socket.on('message', (data) => { this.messages.push(Buffer.from(data as Buffer)); });
    socket.on('ping', (data) => { this.messages.push(Buffer.from(data)); });
  }

  /** Resolves with the welcome received. */
  static async connect(url: string, ca: string, token: string): Promise<TappedClient> {
    const socket = new WebSocket(url, ['arqon.v1'], { ca, headers: { authorization: `Bearer ${token}` }, perMessageDeflate: false });
    const client = new TappedClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => { resolve(); });
      socket.once('error', reject);
    });
    await waitFor(() => client.messages.length > 0, { timeoutMs: 20_000, what: 'the welcome' });
    return client;
  }

  /** All bytes received: headers of the upgrade and messages. */
  get bytes(): Buffer {
    return Buffer.concat([Buffer.from(this.headers), ...this.messages]);
  }

  get frames(): Frame[] {
    return this.messages.map((bytes) => fromBinary(FrameSchema, bytes));
  }

  /** Sends a batch, and waits for an answer (reply, error or acknowledgement) to it. */
  async ask(batch: BatchInit, isAnswer: (frame: Frame) => boolean): Promise<void> {
    const frame: MessageInitShape<typeof FrameSchema> = { batches: [batch] };
    const from = this.messages.length;
    this.socket.send(toBinary(FrameSchema, create(FrameSchema, frame)));
    await waitFor(() => this.frames.slice(from).some(isAnswer), { timeoutMs: 20_000, intervalMs: 1, what: 'an answer' });
  }

  /** Sends a command and waits for what answers it. */
  async command(body: CommandInit): Promise<void> {
    const id = newId();
    const key = Buffer.from(id).toString('hex');
    this.asked.push(key);
    await this.ask({ envelopes: [{ id, body: { case: 'command', value: { body } } }] }, (frame) => JSON.stringify(plain(frame)).includes(key));
  }

  close(): void {
    this.socket.terminate();
  }
}

/** A message as data for JSON: bytes as hex, integers of 64 bits as text. */
export function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, member]) => (key.startsWith('$') ? [] : [[key, plain(member)]])));
}
