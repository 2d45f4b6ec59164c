const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const timeCharacters = 10;
const randomCharacters = 16;
const maxCounter = 0xfff;

/** Id of a new episode: a ULID of now and 80 random bits. */
export function newEpisodeId(): string {
  let time = '';
  for (let rest = Date.now(), at = 0; at < timeCharacters; at++, rest = Math.floor(rest / 32)) time = crockford[rest % 32] + time;
  let random = '';
  for (const byte of crypto.getRandomValues(new Uint8Array(randomCharacters))) random += crockford[byte % 32];
  return time + random;
}

/**
 * Makes event ids: UUIDs of version 7 (RFC 9562, 5.7) as lower-case text, each greater than the one before, whatever the clock does. Of two
 * events with one source time the greater id wins, so that ids in the order of making keep that order.
 */
export class EventIdSource {
  private lastMs = 0;
  private counter = 0;

  constructor(private readonly nowMs: () => number = Date.now) {}

  next(): string {
    const random = crypto.getRandomValues(new Uint8Array(10));
    this.advance(((random[8] << 8) | random[9]) & (maxCounter >> 1));
    random[0] = (random[0] & 0x3f) | 0x80;
    let tail = '';
    for (let at = 0; at < 8; at++) tail += random[at].toString(16).padStart(2, '0');
    const time = this.lastMs.toString(16).padStart(12, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${this.counter.toString(16).padStart(3, '0')}-${tail.slice(0, 4)}-${tail.slice(4)}`;
  }

  /** Within a millisecond, and while the clock is behind, the counter rises (RFC 9562, 6.2, method 1); it begins in its lower half, so that there is room. */
  private advance(start: number): void {
    const nowMs = this.nowMs();
    if (nowMs > this.lastMs) {
      this.lastMs = nowMs;
      this.counter = start;
    } else if (this.counter < maxCounter) this.counter += 1;
    else {
      this.lastMs += 1;
      this.counter = start;
    }
  }
}
