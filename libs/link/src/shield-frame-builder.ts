import { ShieldMessageSchema } from '@arqonbus/proto';
import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { LINK_MESSAGE_MAX_BYTES, LinkMessageBuffer } from './link-message-buffer.js';
import { varintSize, writeFixed64, writeVarint } from './wire.js';

/** Init of a ShieldMessage, e.g. `{ body: { case: 'closeSession', value: { session } } }`. */
export type ShieldMessageInit = MessageInitShape<typeof ShieldMessageSchema>;

/**
 * Shield → Spine: collects what one turn of the Shield says. Messages leave in the order of the
 * calls, in WebSocket messages of at most `maxBytes`.
 */
export class ShieldFrameBuilder {
  /** Largest WebSocket message that `take` returns: 1 MiB. */
  readonly maxBytes = LINK_MESSAGE_MAX_BYTES;
  readonly #buffer = new LinkMessageBuffer();

  /** Bytes that wait for `take`. */
  get sizeBytes(): number {
    return this.#buffer.sizeBytes;
  }

  /**
   * Copies a client's frame as received. `session` is a safe integer and not 0. Raises
   * FRAME_TOO_LARGE, with nothing appended, when frame and headers exceed `maxBytes`; a frame within
   * the client cap (983,040 bytes) always fits.
   */
  appendInbound(session: number, frame: Uint8Array): void {
    const inboundBytes = 9 + 1 + varintSize(frame.length) + frame.length;
    let at = this.#buffer.begin(1 + varintSize(inboundBytes) + inboundBytes);
    const target = this.#buffer.target;
    target[at] = 0x0a;
    at = writeVarint(target, at + 1, inboundBytes);
    target[at] = 0x09;
    at = writeFixed64(target, at + 1, session);
    target[at] = 0x12;
    target.set(frame, writeVarint(target, at + 1, frame.length));
  }

  /** Appends any message by its init; raises FRAME_TOO_LARGE above `maxBytes`. */
  appendMessage(init: ShieldMessageInit): void {
    const bytes = toBinary(ShieldMessageSchema, create(ShieldMessageSchema, init));
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
