/** Random bytes that one id takes. */
export const idRandomBytes = 10;

const idBytes = 16;
const counterMax = 0xfff;
/** A fresh millisecond's counter starts in the lower half, so that at least 2,048 ids follow before it is full. */
const counterSeedMask = 0x7ff;

/** Where an id source takes its time and randomness from. */
export interface IdSourceOptions {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly nowMs: () => number;
  /** Fills the given bytes with randomness of cryptographic quality. */
  readonly random: (bytes: Uint8Array) => void;
}

/**
 * A UUIDv7 (RFC 9562, 5.7) of the given time: 48 bits of milliseconds, version, 12 random bits, variant, 62 random bits.
 * `random` is at least 10 bytes long. Ids of one millisecond have no order; createIdSource gives them one.
 */
export function newEnvelopeId(nowMs: number, random: Uint8Array): Uint8Array {
  return layOut(nowMs, ((random[0] << 8) | random[1]) & counterMax, random);
}

/**
 * A function that gives UUIDv7s which rise strictly in byte order, even when the clock stands or goes back
 * (RFC 9562, 6.2, method 1: the 12 bits behind the version count within a millisecond; when they are full, the time
 * in the id runs ahead by one millisecond).
 */
export function createIdSource(options: IdSourceOptions): () => Uint8Array {
  const random = new Uint8Array(idRandomBytes);
  let lastMs = -1;
  let counter = 0;
  return () => {
    options.random(random);
    const nowMs = options.nowMs();
    const isNewMs = nowMs > lastMs;
    if (isNewMs || counter === counterMax) {
      lastMs = isNewMs ? nowMs : lastMs + 1;
      counter = ((random[0] << 8) | random[1]) & counterSeedMask;
    } else {
      counter++;
    }
    return layOut(lastMs, counter, random);
  };
}

function layOut(ms: number, counter: number, random: Uint8Array): Uint8Array {
  const id = new Uint8Array(idBytes);
  const high = Math.floor(ms / 0x1_0000);
  id[0] = high >>> 24;
  id[1] = high >>> 16;
  id[2] = high >>> 8;
  id[3] = high;
  id[4] = (ms % 0x1_0000) >>> 8;
  id[5] = ms % 0x100;
  id[6] = 0x70 | (counter >>> 8);
  id[7] = counter;
  id[8] = 0x80 | (random[2] & 0x3f);
  for (let index = 9; index < idBytes; index++) id[index] = random[index - 6];
  return id;
}
