import type { Durability } from '../wire/control-reader.js';

/** What the bus says of a publish that it took. */
export interface PublishResult {
  /** The event's place in its topic; 0n when a duplicate's place is no longer known. */
  readonly sequence: bigint;
  readonly epoch: bigint;
  /** What the acceptance is worth: MEMORY is lost with the server, STORE survives kill -9, FSYNC a power cut, QUORUM is held by a majority. */
  readonly durability: Durability;
  /** True when an earlier send of the same run had been taken; it is not delivered twice. */
  readonly duplicate: boolean;
}

/** The promise of one publish, until it is settled. */
export class Ticket {
  isSettled = false;

  constructor(
    private readonly fulfil: (result: PublishResult | undefined) => void,
    private readonly fail: (error: unknown) => void,
    private readonly settled: () => void,
  ) {}

  /** Resolves once; `undefined` for a publish that asked for no acknowledgement. */
  resolve(result: PublishResult | undefined): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.settled();
    this.fulfil(result);
  }

  reject(error: unknown): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.settled();
    this.fail(error);
  }
}
