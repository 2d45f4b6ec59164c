import { ArqonError, hardCaps } from '@arqonbus/errors';
import { varintSize, writeVarint } from './wire.js';

/** Largest WebSocket message on a link, bytes: the hard cap of every listener (G1). */
export const LINK_MESSAGE_MAX_BYTES = hardCaps.frameBytes;

const INITIAL_CAPACITY_BYTES = 4_096;
/** Tag of `messages`, field 1, in ShieldFrame and SpineFrame alike. */
const MESSAGES_TAG = 0x0a;

/**
 * Growing buffer of `repeated Message messages = 1`, cut into WebSocket messages of at most
 * LINK_MESSAGE_MAX_BYTES between two elements. Both frame builders are made of it.
 */
export class LinkMessageBuffer {
  #bytes = new Uint8Array(INITIAL_CAPACITY_BYTES);
  #size = 0;
  #full: Uint8Array[] = [];
  #fullBytes = 0;

  /** Bytes that wait for `take`, in all. */
  get sizeBytes(): number {
    return this.#fullBytes + this.#size;
  }

  /** Where the next byte goes, after `begin` made room for it. */
  get target(): Uint8Array {
    return this.#bytes;
  }

  /**
   * Writes the header of an element of `bodyBytes` bytes and returns the offset in `target` at which
   * the caller writes exactly that many. Raises FRAME_TOO_LARGE, with nothing written, when the
   * element alone is above the cap.
   */
  begin(bodyBytes: number): number {
    const elementBytes = 1 + varintSize(bodyBytes) + bodyBytes;
    if (elementBytes > LINK_MESSAGE_MAX_BYTES) throw new ArqonError('FRAME_TOO_LARGE', { message: `link message of ${elementBytes} bytes` });
    if (this.#size + elementBytes > LINK_MESSAGE_MAX_BYTES) this.#cut();
    this.#reserve(this.#size + elementBytes);
    this.#bytes[this.#size] = MESSAGES_TAG;
    const body = writeVarint(this.#bytes, this.#size + 1, bodyBytes);
    this.#size = body + bodyBytes;
    return body;
  }

  /** Oldest WebSocket message that waits, or undefined; valid until the next `begin`. */
  take(): Uint8Array | undefined {
    const full = this.#full.shift();
    if (full !== undefined) {
      this.#fullBytes -= full.length;
      return full;
    }
    if (this.#size === 0) return undefined;
    const last = this.#bytes.subarray(0, this.#size);
    this.#size = 0;
    return last;
  }

  #cut(): void {
    this.#full.push(this.#bytes.subarray(0, this.#size));
    this.#fullBytes += this.#size;
    this.#bytes = new Uint8Array(INITIAL_CAPACITY_BYTES);
    this.#size = 0;
  }

  #reserve(neededBytes: number): void {
    if (neededBytes <= this.#bytes.length) return;
    let capacity = this.#bytes.length * 2;
    while (capacity < neededBytes) capacity *= 2;
    const grown = new Uint8Array(Math.min(capacity, LINK_MESSAGE_MAX_BYTES));
    grown.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = grown;
  }
}
