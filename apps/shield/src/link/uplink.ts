import { ShieldFrameBuilder, type ShieldMessageInit } from '@arqonbus/link';

/** Bytes at which a turn's message leaves without waiting for the turn's end. */
const FLUSH_BYTES = 65_536;

/** Where the bytes of the Shield's turns go. */
export interface UplinkTarget {
  readonly isUp: boolean;
  /** Bytes not yet given to the kernel. */
  readonly bufferedBytes: number;
  /** Copies or writes the bytes before it returns. */
  send(bytes: Uint8Array): void;
}

/** Collects what the Shield tells the Spine: one link message per turn, or at 64 KiB. */
export class Uplink {
  #builder = new ShieldFrameBuilder();
  #isScheduled = false;
  readonly #target: UplinkTarget;

  constructor(target: UplinkTarget) {
    this.#target = target;
  }

  get isUp(): boolean {
    return this.#target.isUp;
  }

  get bufferedBytes(): number {
    return this.#target.bufferedBytes;
  }

  /** A client's frame; the bytes are copied. */
  inbound(session: number, frame: Uint8Array): void {
    this.#builder.appendInbound(session, frame);
    if (this.#builder.sizeBytes >= FLUSH_BYTES) this.flush();
    else this.#schedule();
  }

  /** Any other message; dropped while the link is down, for a new link starts from nothing. */
  message(init: ShieldMessageInit): void {
    if (!this.#target.isUp) return;
    this.#builder.appendMessage(init);
    this.#schedule();
  }

  flush(): void {
    for (let bytes = this.#builder.take(); bytes !== undefined; bytes = this.#builder.take()) this.#target.send(bytes);
  }

  /** Forgets what a broken link can no longer take. */
  reset(): void {
    this.#builder = new ShieldFrameBuilder();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.flush();
    });
  }
}
