import type { EngineSocket } from './engine-socket.js';

/** Bytes that wait at most: what one turn of the loop reads of many fast sockets. */
const maxWaitingBytes = 67_108_864;

interface WaitingMessage<Data> {
  readonly socket: EngineSocket<Data>;
  readonly bytes: Uint8Array;
  readonly isBinary: boolean;
}

/**
 * Messages of which the owner hears once the engine has read all that came. With TLS the engine throws away what it has not yet decrypted of a
 * read when anything is sent meanwhile, to whichever socket, and then cuts the connection: that shows with bursts of more than 512 KiB.
 */
export class LaterMessages<Data> {
  private waiting: WaitingMessage<Data>[] = [];
  private waitingBytes = 0;
  private isScheduled = false;

  constructor(private readonly tell: (socket: EngineSocket<Data>, bytes: Uint8Array, isBinary: boolean) => void) {}

  /** Keeps a copy. */
  add(socket: EngineSocket<Data>, bytes: Uint8Array, isBinary: boolean): void {
    this.waiting.push({ socket, bytes: bytes.slice(), isBinary });
    this.waitingBytes += bytes.length;
    if (this.waitingBytes > maxWaitingBytes) this.flush();
    else this.schedule();
  }

  /** Tells of what waits of open sockets, and of `closing`, which its peer has closed after it sent that. */
  flush(closing?: EngineSocket<Data>): void {
    const { waiting } = this;
    this.waiting = [];
    this.waitingBytes = 0;
    for (const { socket, bytes, isBinary } of waiting) if (socket.isOpen || socket === closing) this.tell(socket, bytes, isBinary);
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.flush();
    });
  }
}
