import { isAgentId } from '@arqonbus/continuum';
import { ArqonError } from '@arqonbus/errors';
import { isTenantId } from '@arqonbus/tenancy';
import { ClosedError } from '../closed-error.js';
import { withDeadline, type WaitOptions } from '../deadline.js';
import { Emitter } from '../emitter.js';
import type { PublishResult } from '../publish/ticket.js';
import type { EpisodeBusSource } from './bus-source.js';
import { Delivery } from './delivery.js';
import { EpisodeEncoder } from './episode-encoder.js';
import type { EpisodeInit } from './episode-init.js';
import { EpisodeSender } from './episode-sender.js';
import { memoryOutbox } from './memory-outbox.js';
import type { Outbox, OutboxEvent, RefusedEvent } from './outbox.js';

/** Options of `createContinuum`. */
export interface ContinuumOptions {
  /** Tenant of the token that the Bus has. The Bus does not know it; the projector refuses the events of another. */
  readonly tenantId: string;
  /** Whose episodes these are: a name as client ids are. */
  readonly agentId: string;
  /** Where events wait for the bus; default `memoryOutbox()`. Closed with the Continuum. */
  readonly outbox?: Outbox | undefined;
}

/** An event that the outbox has. */
export interface Publication {
  readonly eventId: string;
  /**
   * What the bus says of it, once it took it. Rejects with the ArqonError of a refusal for good, and with ClosedError where the Continuum or
   * its Bus closes first: then the event is still in the outbox. Nobody needs to wait for it.
   */
  readonly delivered: Promise<PublishResult>;
}

/** Events of a Continuum. */
export interface ContinuumEvents {
  /** The bus took an event. `id` is that of the outbox. */
  delivered: { readonly id: string; readonly result: PublishResult };
  /** The bus refused an event for good; it stays among the refused ones of the outbox. */
  refused: { readonly event: OutboxEvent; readonly error: ArqonError };
  /** The oldest refused events had to make room, and are lost. */
  dropped: { readonly events: readonly RefusedEvent[] };
  /** Sending failed; it is tried again. With a ClosedError the Bus is closed for good, and nothing is sent any more. */
  error: Error;
}

/**
 * Publishes the episodes of one agent. A local write never waits for the bus: an event goes to the outbox, and from there to the bus in the
 * background, each at least once, in order. Made by `createContinuum`.
 */
export class Continuum {
  private readonly encoder: EpisodeEncoder;
  private readonly outbox: Outbox;
  private readonly sender: EpisodeSender;
  private readonly events = new Emitter<ContinuumEvents>();
  private readonly deliveries = new Map<string, Delivery>();
  private waiters = new Set<{ resolve: () => void; reject: (error: unknown) => void }>();
  private endedBy: Error | undefined;
  private isClosed = false;

  /** @internal Made by `createContinuum`. */
  constructor(bus: EpisodeBusSource, { tenantId, agentId, outbox = memoryOutbox() }: ContinuumOptions) {
    this.encoder = new EpisodeEncoder({ tenantId, agentId });
    this.outbox = outbox;
    this.sender = new EpisodeSender(bus, outbox, {
      delivered: (id, result) => {
        this.deliveries.get(id)?.resolve(result);
        this.events.emit('delivered', { id, result });
      },
      refused: (event, error) => {
        this.deliveries.get(event.id)?.reject(error);
        this.events.emit('refused', { event, error });
      },
      dropped: (events) => this.events.emit('dropped', { events }),
      failed: (error) => this.events.emit('error', error),
      drained: () => this.drained(),
      ended: (error) => this.ended(error),
    });
    // What an earlier process left.
    this.sender.wake();
  }

  /** Adds a listener; the returned function takes it off. */
  on<Name extends keyof ContinuumEvents>(name: Name, listener: (event: ContinuumEvents[Name]) => void): () => void {
    return this.events.on(name, listener);
  }

  /**
   * Gives an event to the outbox and resolves when it has it, whether or not there is a bus. Rejects with what `encodeEpisode` raises, with
   * ArqonError LIMIT when the outbox is full, with its own failure, and with ClosedError after `close`.
   */
  async publishEpisode(episode: EpisodeInit): Promise<Publication> {
    this.requireOpen();
    const { id, eventId, payload } = this.encoder.encode(episode);
    const known = this.deliveries.get(id);
    const delivery = known ?? new Delivery(() => void this.deliveries.delete(id));
    this.deliveries.set(id, delivery);
    try {
      await this.outbox.append({ id, payload });
    } catch (error) {
      if (known === undefined) this.deliveries.delete(id);
      throw error;
    }
    const closed = this.closedError();
    if (closed === undefined) this.sender.wake();
    else delivery.reject(closed);
    return { eventId, delivered: delivery.promise };
  }

  /**
   * Checks and encodes an event for a program that puts it into its own outbox, in one transaction with its own rows; `wake` sends it then. Raises
   * ArqonError with the code and field that the projector would refuse it with: EPISODE_INVALID_FIELD, EPISODE_TOO_LARGE, EPISODE_NOT_A_REFERENCE,
   * EPISODE_SOURCE_TIME_AHEAD.
   */
  encodeEpisode(episode: EpisodeInit): OutboxEvent {
    const { id, payload } = this.encoder.encode(episode);
    return { id, payload };
  }

  /** Sends what was put into the outbox by other means than `publishEpisode`. */
  wake(): void {
    this.sender.wake();
  }

  /** Events that the bus refused for good, oldest first. */
  refused(): Promise<readonly RefusedEvent[]> {
    return this.outbox.refused();
  }

  /** Sends refused events again, behind all others; by default every one. For when a right was granted since. */
  async retryRefused(ids?: readonly string[]): Promise<void> {
    this.requireOpen();
    await this.outbox.readmit(ids ?? (await this.outbox.refused()).map(({ id }) => id));
    this.sender.wake();
  }

  /** Resolves once nothing waits in the outbox: each event is taken or refused. Rejects with TIMEOUT, the signal's reason, or ClosedError. */
  async flush(options: WaitOptions = {}): Promise<void> {
    this.requireOpen();
    if (this.endedBy !== undefined) throw this.endedBy;
    await withDeadline<undefined>(options, (resolve, reject) => {
      const waiter = { resolve: () => resolve(undefined), reject };
      this.waiters.add(waiter);
      this.sender.wake();
      return () => void this.waiters.delete(waiter);
    });
  }

  /**
   * Stops sending and closes the outbox, without waiting for the bus. A Bus that was given stays open, one that was connected by a function is
   * closed. What waits in a file stays there for the next one.
   */
  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    const stopped = this.sender.stop();
    this.settleAll(closedError());
    await Promise.all([stopped, this.outbox.close()]);
  }

  private drained(): void {
    const waiters = this.waiters;
    this.waiters = new Set();
    for (const { resolve } of waiters) resolve();
  }

  private ended(error: Error): void {
    this.endedBy = error;
    this.settleAll(error);
    this.events.emit('error', error);
  }

  private settleAll(error: Error): void {
    const waiters = this.waiters;
    this.waiters = new Set();
    for (const { reject } of waiters) reject(error);
    for (const delivery of this.deliveries.values()) delivery.reject(error);
  }

  private closedError(): Error | undefined {
    return this.isClosed ? closedError() : this.endedBy;
  }

  private requireOpen(): void {
    if (this.isClosed) throw closedError();
  }
}

function closedError(): ClosedError {
  return new ClosedError('The Continuum is closed; what its outbox keeps was not sent.');
}

/**
 * Makes the producer of one agent's episodes over a Bus, or over a function that connects one: with that, it also begins while there is no bus. Raises
 * ArqonError INVALID_ARGUMENT for a tenant or an agent that is no name.
 */
export function createContinuum(bus: EpisodeBusSource, options: ContinuumOptions): Continuum {
  if (!isTenantId(options.tenantId)) throw new ArqonError('INVALID_ARGUMENT', { field: 'tenantId', message: 'tenantId is not the id of a tenant.' });
  if (!isAgentId(options.agentId)) throw new ArqonError('INVALID_ARGUMENT', { field: 'agentId', message: 'agentId is not the id of an agent.' });
  return new Continuum(bus, options);
}
