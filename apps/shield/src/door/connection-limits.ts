/** Limits of connecting, all finite. */
export interface ConnectionLimitSettings {
  readonly connectionsPerSecond: number;
  readonly connectionsPerAddressCount: number;
  readonly connectionsCount: number;
  /** Failed authentications per address and minute after which it is banned. */
  readonly authFailuresPerMinute: number;
  readonly banMs: number;
}

/** Why an address may not connect now. */
export interface ConnectionRefusal {
  readonly reason: 'rate_limited' | 'peer_limit';
  readonly isGlobal: boolean;
  readonly retryAfterMs: number;
}

interface AddressRecord {
  tokenCount: number;
  refilledMs: number;
  openCount: number;
  failureCount: number;
  failuresSinceMs: number;
  bannedUntilMs: number;
}

const BURST_SECONDS = 2;
const MINUTE_MS = 60_000;
/** Addresses remembered; idle ones leave first. */
const ADDRESSES_CAP_COUNT = 65_536;

/** Who may connect, before any work is done for it (G6, F16, F17). Times come from the caller's monotonic clock. */
export class ConnectionLimits {
  readonly #settings: ConnectionLimitSettings;
  readonly #nowMs: () => number;
  readonly #addresses = new Map<string, AddressRecord>();
  #openCount = 0;
  /** Addresses at which idle ones are forgotten. */
  #sweepAtCount = ADDRESSES_CAP_COUNT;

  constructor(settings: ConnectionLimitSettings, nowMs: () => number) {
    this.#settings = settings;
    this.#nowMs = nowMs;
  }

  get openCount(): number {
    return this.#openCount;
  }

  /** Takes a slot for an attempt, or says why not; `release` gives it back. */
  admit(address: string): ConnectionRefusal | undefined {
    const record = this.#recordOf(address);
    const nowMs = this.#nowMs();
    if (record.bannedUntilMs > nowMs) return { reason: 'rate_limited', isGlobal: false, retryAfterMs: record.bannedUntilMs - nowMs };
    const rate = this.#settings.connectionsPerSecond;
    record.tokenCount = Math.min(rate * BURST_SECONDS, record.tokenCount + ((nowMs - record.refilledMs) * rate) / 1_000);
    record.refilledMs = nowMs;
    if (record.tokenCount < 1) return { reason: 'rate_limited', isGlobal: false, retryAfterMs: 1_000 };
    record.tokenCount -= 1;
    if (record.openCount >= this.#settings.connectionsPerAddressCount) return { reason: 'peer_limit', isGlobal: false, retryAfterMs: 5_000 };
    if (this.#openCount >= this.#settings.connectionsCount) return { reason: 'peer_limit', isGlobal: true, retryAfterMs: 5_000 };
    this.hold(address);
    return undefined;
  }

  /** Takes a slot for the socket of an admitted attempt. */
  hold(address: string): void {
    this.#recordOf(address).openCount += 1;
    this.#openCount += 1;
  }

  /** The connection, or the attempt, has ended. */
  release(address: string): void {
    this.#openCount -= 1;
    const record = this.#addresses.get(keyOf(address));
    if (record !== undefined) record.openCount -= 1;
  }

  /** Counts a failed authentication; true when the address is banned by it. */
  failAuthentication(address: string): boolean {
    const record = this.#recordOf(address);
    const nowMs = this.#nowMs();
    if (nowMs - record.failuresSinceMs > MINUTE_MS) {
      record.failuresSinceMs = nowMs;
      record.failureCount = 0;
    }
    record.failureCount += 1;
    if (record.failureCount < this.#settings.authFailuresPerMinute) return false;
    record.failureCount = 0;
    record.bannedUntilMs = nowMs + this.#settings.banMs;
    return true;
  }

  #recordOf(address: string): AddressRecord {
    const key = keyOf(address);
    const known = this.#addresses.get(key);
    if (known !== undefined) return known;
    if (this.#addresses.size >= this.#sweepAtCount) this.#forgetIdle();
    const nowMs = this.#nowMs();
    const record: AddressRecord = {
      tokenCount: this.#settings.connectionsPerSecond * BURST_SECONDS,
      refilledMs: nowMs, openCount: 0, failureCount: 0, failuresSinceMs: nowMs, bannedUntilMs: 0,
    };
    this.#addresses.set(key, record);
    return record;
  }

  /** Makes room for an eighth at once, so that a flood of addresses costs a pass over them rarely. */
  #forgetIdle(): void {
    const nowMs = this.#nowMs();
    const target = ADDRESSES_CAP_COUNT - ADDRESSES_CAP_COUNT / 8;
    for (const [key, record] of this.#addresses) {
      if (record.openCount <= 0 && record.bannedUntilMs <= nowMs && nowMs - record.refilledMs > BURST_SECONDS * 1_000) this.#addresses.delete(key);
    }
    // Under attack from many addresses the oldest without a connection leave all the same.
    for (const [key, record] of this.#addresses) {
      if (this.#addresses.size <= target) break;
      if (record.openCount <= 0) this.#addresses.delete(key);
    }
    // Those that stay are connected, which other limits bound.
    this.#sweepAtCount = Math.max(ADDRESSES_CAP_COUNT, this.#addresses.size + ADDRESSES_CAP_COUNT / 8);
  }
}

/** An IPv6 peer owns its /64 and is counted by it. */
function keyOf(address: string): string {
  if (!address.includes(':')) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped !== null) return mapped[1];
  const [head, tail = ''] = address.split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === '' ? [] : tail.split(':');
  const zeros = address.includes('::') ? Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0') : [];
  return [...front, ...zeros, ...back].slice(0, 4).join(':');
}
