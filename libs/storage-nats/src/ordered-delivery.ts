import { AckPolicy, DeliverPolicy, ReplayPolicy } from '@nats-io/jetstream';
import { createInbox, nanos, nuid, type Msg, type MsgHdrs, type Subscription } from '@nats-io/transport-node';
import type { NatsLink } from './nats-link.js';
import { ignoreFailure, unavailable } from './unavailable.js';

const heartbeatMs = 400;
/** Two heartbeats that did not come: within the second in which what was missed is noticed. */
const silenceMs = 900;
const checkMs = 100;
const inactiveMs = 10_000;

/** A message as a consumer hands it over. */
export interface Delivered {
  readonly subject: string;
  readonly headers: MsgHdrs | undefined;
  readonly data: Uint8Array;
  readonly streamSequence: number;
  /** Nanoseconds as the server wrote them: another time is another message. */
  readonly timestamp: string;
  /** Times that it was handed over, this one included. */
  readonly deliveryCount: number;
  /** Messages behind it that wait. */
  readonly pending: number;
  readonly reply: string;
}

export interface DeliveryOptions {
  readonly stream: string;
  readonly filter: string;
  readonly startSequence: number;
  readonly isHeadersOnly: boolean;
}

export interface DeliveryHandlers {
  message(delivered: Delivered): void;
  /** All messages up to here were handed over. */
  reached(streamSequence: number): void;
  /** Something is missing or nothing comes any more; this delivery is over. */
  broken(reason: string): void;
}

/** The messages of a stream from a place on, in order and without a hole, as long as it lasts; its owner begins a new one from where it ended. */
export class OrderedDelivery {
  private subscription: Subscription | undefined;
  private timer: NodeJS.Timeout | undefined;
  private consumerSequence = 0;
  private heardMs = 0;
  private isOver = false;
  private readonly name = `o-${nuid.next()}`;

  constructor(
    private readonly link: NatsLink,
    private readonly options: DeliveryOptions,
    private readonly handlers: DeliveryHandlers,
  ) {}

  /** Resolves to the number of messages that wait. Rejects with STORE_UNAVAILABLE. */
  async start(): Promise<number> {
    const inbox = createInbox();
    this.subscription = this.link.connection.subscribe(inbox, {
      callback: (error, message) => {
        if (error !== null) this.end(error.message);
        else if (!this.isOver) this.onMessage(message, inbox);
      },
    });
    try {
      const info = await this.link.ask('no consumer', (manager) => manager.consumers.add(this.options.stream, {
        name: this.name,
        deliver_subject: inbox,
        filter_subject: this.options.filter,
        deliver_policy: DeliverPolicy.StartSequence,
        opt_start_seq: this.options.startSequence,
        ack_policy: AckPolicy.None,
        replay_policy: ReplayPolicy.Instant,
        max_deliver: 1,
        flow_control: true,
        idle_heartbeat: nanos(heartbeatMs),
        inactive_threshold: nanos(inactiveMs),
        mem_storage: true,
        num_replicas: 1,
        ...(this.options.isHeadersOnly ? { headers_only: true } : {}),
      }));
      // Stopped meanwhile: the consumer that came too late is removed again.
      if (this.isOver) this.remove();
      if (this.isOver) throw unavailable('the delivery was stopped');
      this.heardMs = performance.now();
      this.timer = setInterval(() => { this.checkSilence(); }, checkMs);
      return info.num_pending + info.delivered.consumer_seq;
    } catch (error) {
      this.stop();
      throw unavailable('no consumer', error);
    }
  }

  stop(): void {
    if (this.isOver) return;
    this.isOver = true;
    clearInterval(this.timer);
    this.subscription?.unsubscribe();
    this.remove();
  }

  private remove(): void {
    if (this.link.isUp) ignoreFailure(this.link.ask('a consumer was not removed', (manager) => manager.consumers.delete(this.options.stream, this.name)));
  }

  private end(reason: string): void {
    if (this.isOver) return;
    this.stop();
    this.handlers.broken(reason);
  }

  private checkSilence(): void {
    if (performance.now() - this.heardMs > silenceMs) this.end('neither messages nor heartbeats came');
  }

  private onMessage(message: Msg, inbox: string): void {
    this.heardMs = performance.now();
    if (message.subject === inbox) {
      this.onStatus(message);
      return;
    }
    const place = parseDelivery(message);
    if (place === undefined) return;
    this.consumerSequence += 1;
    if (place.consumerSequence === this.consumerSequence) this.handlers.message(place.delivered);
    else this.end('a message is missing');
  }

  private onStatus(message: Msg): void {
    const status = message.headers;
    if (status?.code === 100) {
      if ((message.reply ?? '') !== '') message.respond();
      const stalled = status.get('Nats-Consumer-Stalled');
      if (stalled !== '') this.link.connection.publish(stalled);
      const last = status.get('Nats-Last-Consumer');
      if (last === '') return;
      if (Number(last) === this.consumerSequence) this.handlers.reached(Number(status.get('Nats-Last-Stream')));
      else this.end('messages are missing');
    } else if (status !== undefined && status.code >= 400) {
      this.end(`the consumer ended: ${status.description}`);
    }
  }
}

/**
 * Reads the place of a message from its reply subject: `$JS.ACK.<stream>.<consumer>.<deliveries>.<stream seq>.<consumer seq>.<time>.<pending>`,
 * with domain and account in front of the stream on newer servers. Undefined for other messages.
 */
export function parseDelivery(message: Msg): { delivered: Delivered; consumerSequence: number } | undefined {
  const tokens = (message.reply ?? '').split('.');
  if (tokens.length < 9 || tokens[1] !== 'ACK') return undefined;
  const at = tokens.length === 9 ? 4 : 6;
  const [deliveryCount, streamSequence, consumerSequence] = tokens.slice(at, at + 3).map(Number);
  return {
    consumerSequence,
    delivered: {
      subject: message.subject, headers: message.headers, data: message.data, streamSequence, deliveryCount,
      timestamp: tokens[at + 3], pending: Number(tokens[at + 4]), reply: message.reply ?? '',
    },
  };
}

/** The headers of all messages of a subject now. Rejects with STORE_UNAVAILABLE. */
export function scanHeaders(link: NatsLink, stream: string, filter: string): Promise<readonly Delivered[]> {
  return new Promise((resolve, reject) => {
    const found: Delivered[] = [];
    let waitingCount: number | undefined;
    const finish = (): void => {
      delivery.stop();
      resolve(found);
    };
    const delivery = new OrderedDelivery(link, { stream, filter, startSequence: 1, isHeadersOnly: true }, {
      message: (delivered) => {
        found.push(delivered);
        if (delivered.pending === 0) finish();
      },
      // Messages that were dropped while they waited never come; a heartbeat then says that there are no more.
      reached: () => { if (waitingCount !== undefined) finish(); },
      broken: (reason) => { reject(unavailable(`a log could not be read: ${reason}`)); },
    });
    delivery.start().then((count) => {
      waitingCount = count;
      if (count === 0) finish();
    }, reject);
  });
}
