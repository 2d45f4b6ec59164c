const poolBytes = 4096;

/**
 * Makes UUIDv7 ids (RFC 9562, 5.7): 48 bits of milliseconds, then 74 bits from the platform's cryptographic source, which
 * is asked once per 409 ids.
 */
export class IdSource {
  private readonly pool = new Uint8Array(poolBytes);
  private used = poolBytes;

  /** Writes one id, 16 bytes, at `at`. */
  writeTo(target: Uint8Array, at: number): void {
    const milliseconds = Date.now();
    const high = Math.floor(milliseconds / 0x1_0000);
    target[at] = (high >>> 24) & 0xff;
    target[at + 1] = (high >>> 16) & 0xff;
    target[at + 2] = (high >>> 8) & 0xff;
    target[at + 3] = high & 0xff;
    const low = milliseconds % 0x1_0000;
    target[at + 4] = low >>> 8;
    target[at + 5] = low & 0xff;
    if (this.used + 10 > poolBytes) this.refill();
    for (let index = 0; index < 10; index++) target[at + 6 + index] = this.pool[this.used + index];
    this.used += 10;
    target[at + 6] = (target[at + 6] & 0x0f) | 0x70;
    target[at + 8] = (target[at + 8] & 0x3f) | 0x80;
  }

  next(): Uint8Array {
    const id = new Uint8Array(16);
    this.writeTo(id, 0);
    return id;
  }

  /** A random number that is not 0, for a producer. */
  nextProducer(): bigint {
    const words = crypto.getRandomValues(new BigUint64Array(1));
    return words[0] === 0n ? 1n : words[0];
  }

  private refill(): void {
    crypto.getRandomValues(this.pool);
    this.used = 0;
  }
}
