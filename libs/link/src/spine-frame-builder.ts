import { SpineMessageSchema } from '@arqonbus/proto';
import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { LinkMessageBuffer } from './link-message-buffer.js';
import { varintSize, writeFixed64, writeVarint } from './wire.js';

/** Init of a SpineMessage, e.g. `{ body: { case: 'kickSession', value: { session, code, reason } } }`. */
export type SpineMessageInit = MessageInitShape<typeof SpineMessageSchema>;

/**
 * Spine → Shield: collects the cold messages and session frames of one turn. Messages leave in the
 * order of the calls, in WebSocket messages of at most 1 MiB.
 */
export class SpineFrameBuilder {
  readonly #buffer = new LinkMessageBuffer();

  /** Bytes that wait for `take`. */
  get sizeBytes(): number {
    return this.#buffer.sizeBytes;
  }

  /**
   * Copies a frame for one session; `page` marks a page of a catch-up, which the Shield answers with
   * SessionCredit. Raises FRAME_TOO_LARGE, with nothing appended, for a frame that leaves no room for
   * its headers (32 bytes) under 1 MiB.
   */
  appendDeliverSession(session: number, frame: Uint8Array, options: { readonly page: boolean }): void {
    const pageBytes = options.page ? 2 : 0;
    const deliverBytes = 9 + pageBytes + 1 + varintSize(frame.length) + frame.length;
    let at = this.#buffer.begin(1 + varintSize(deliverBytes) + deliverBytes);
    const target = this.#buffer.target;
    target[at] = 0x12;
    at = writeVarint(target, at + 1, deliverBytes);
    target[at] = 0x09;
    at = writeFixed64(target, at + 1, session);
    if (options.page) {
      target[at] = 0x10;
      target[at + 1] = 1;
      at += 2;
    }
    target[at] = 0x7a;
    target.set(frame, writeVarint(target, at + 1, frame.length));
  }

  /** Appends any message by its init; raises FRAME_TOO_LARGE above 1 MiB. */
  appendMessage(init: SpineMessageInit): void {
    const bytes = toBinary(SpineMessageSchema, create(SpineMessageSchema, init));
    const at = this.#buffer.begin(bytes.length);
    this.#buffer.target.set(bytes, at);
  }

  /**
   * Oldest WebSocket message that waits, or undefined: call it until then, for what was appended may
   * fill several. The bytes are valid until the next append.
   */
  take(): Uint8Array | undefined {
    return this.#buffer.take();
  }
}
