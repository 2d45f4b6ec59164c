import type { StartTransport, TransportHandlers, TransportOptions, TransportServer, TransportSocket, UpgradeDecision, UpgradeRequest } from '../src/transport.js';
import { until } from './until.js';

export interface Session {
  readonly name: string;
}

export type TestSocket = TransportSocket<Session>;

/** Handlers that keep what they are told; tests replace the ones they are about. */
export class RecordingOwner implements TransportHandlers<Session> {
  readonly opened: TestSocket[] = [];
  readonly messages: { bytes: Buffer; isBinary: boolean }[] = [];
  readonly losses: { socket: TestSocket; bytes: Buffer }[] = [];
  readonly drains: TestSocket[] = [];
  readonly closes: { socket: TestSocket; code: number }[] = [];
  readonly failures: unknown[] = [];
  decide: (request: UpgradeRequest) => UpgradeDecision<Session> | Promise<UpgradeDecision<Session>> = (request) => accept(request.path);
  onOpen: (socket: TestSocket) => void = () => undefined;
  onMessage: (socket: TestSocket, bytes: Uint8Array) => void = () => undefined;
  onDropped: (socket: TestSocket) => void = () => undefined;
  onDrain: (socket: TestSocket) => void = () => undefined;

  upgrade(request: UpgradeRequest): UpgradeDecision<Session> | Promise<UpgradeDecision<Session>> {
    return this.decide(request);
  }

  open(socket: TestSocket): void {
    this.opened.push(socket);
    this.onOpen(socket);
  }

  message(socket: TestSocket, bytes: Uint8Array, isBinary: boolean): void {
    this.messages.push({ bytes: Buffer.from(bytes), isBinary });
    this.onMessage(socket, bytes);
  }

  dropped(socket: TestSocket, bytes: Uint8Array): void {
    this.losses.push({ socket, bytes: Buffer.from(bytes) });
    this.onDropped(socket);
  }

  drain(socket: TestSocket): void {
    this.drains.push(socket);
    this.onDrain(socket);
  }

  close(socket: TestSocket, code: number): void {
    this.closes.push({ socket, code });
  }

  upgradeFailed(error: unknown): void {
    this.failures.push(error);
  }

  /** The socket of the session with this name (the path of its upgrade). */
  async socket(name: string): Promise<TestSocket> {
    await until(`${name} opens`, () => this.opened.some((socket) => socket.data.name === name));
    const found = this.opened.find((socket) => socket.data.name === name);
    if (found === undefined) throw new Error(`${name} is not open`);
    return found;
  }
}

export function accept(name: string): UpgradeDecision<Session> {
  return { accept: true, data: { name }, subprotocol: 'arqon.v1' };
}

export interface TestServer {
  readonly owner: RecordingOwner;
  readonly server: TransportServer;
}

const defaults: TransportOptions = {
  host: '127.0.0.1',
  port: 0,
  maxMessageBytes: 1_048_576,
  maxBufferedBytes: 65_536,
  idleTimeoutMs: 60_000,
};

/** Starts servers and closes all of them at the end of a test. */
export class TestServers {
  private readonly running: TransportServer[] = [];

  constructor(private readonly start: StartTransport) {}

  async run(options: Partial<TransportOptions> = {}): Promise<TestServer> {
    const owner = new RecordingOwner();
    const server = await this.start<Session>({ ...defaults, ...options }, owner);
    this.running.push(server);
    return { owner, server };
  }

  async closeAll(): Promise<void> {
    await Promise.all(this.running.splice(0).map((server) => server.close()));
  }
}

/** A message of `sizeBytes` that begins with its number. */
export function numbered(number: number, sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  bytes.writeUInt32BE(number, 0);
  return bytes;
}

/** 0, 1 … count - 1. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
