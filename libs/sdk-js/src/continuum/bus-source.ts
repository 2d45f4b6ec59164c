import { isClosedError } from '../closed-error.js';
import type { RawEvent } from '../publish-options.js';
import type { PublishResult } from '../publish/ticket.js';
import type { SessionLimits } from '../wire/control-reader.js';

/** What a Continuum asks of a Bus: to publish, and nothing that waits for an answer of others. */
export interface EpisodeBus {
  readonly limits: SessionLimits | undefined;
  publish(address: string, event: RawEvent): Promise<PublishResult>;
}

/** A Bus that is closed by whoever asked for it. */
export interface OwnedEpisodeBus extends EpisodeBus {
  close(): Promise<void>;
}

/**
 * A Bus, or what connects one. The latter is called when there is something to send, again when it failed, and again when its Bus closed for good;
 * its Bus is closed with the Continuum.
 */
export type EpisodeBusSource = EpisodeBus | (() => Promise<OwnedEpisodeBus>);

/** Gives a Bus that is not known to be closed. */
export class BusHolder {
  private owned: OwnedEpisodeBus | undefined;
  private isEnded = false;

  constructor(private readonly source: EpisodeBusSource) {}

  /** Rejects as the connecting function does. */
  async get(): Promise<EpisodeBus> {
    if (typeof this.source !== 'function') return this.source;
    if (this.owned !== undefined) return this.owned;
    const connected = await this.source();
    this.owned = connected;
    // Ended while it connected.
    if (this.isEnded) await connected.close();
    return connected;
  }

  /** Takes note of an error of the Bus; true when no Bus follows it. */
  isEndedBy(error: unknown): boolean {
    if (!isClosedError(error)) return false;
    this.owned = undefined;
    return typeof this.source !== 'function';
  }

  /** Closes the Bus, where it was connected for this. */
  async end(): Promise<void> {
    this.isEnded = true;
    await this.owned?.close();
  }
}
