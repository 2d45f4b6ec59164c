import { setTimeout as delay } from 'node:timers/promises';
import type { StreamInfo } from '@nats-io/jetstream';
import { natsStreamName, natsStreamSubject, natsSubjectsBelow, parseNatsSubject, type NatsTopicMessage } from '@arqonbus/tenancy';
import type { NatsLink } from './nats-link.js';
import { OrderedDelivery, type Delivered } from './ordered-delivery.js';
import { boundsOfClass, ensureStream, logStreamConfig } from './stream-config.js';
import { ignoreFailure, unavailable } from './unavailable.js';

const retryMs = 100;

/** A topic that hears of its messages, called in the order of the stream. */
export interface TopicSink {
  deliver(message: NatsTopicMessage, delivered: Delivered): void;
  /** The stream is another one or ends below what was read: what the topic knew cannot be trusted. */
  lost(): void;
  /** Messages may have been dropped before they were read. */
  reload(): void;
}

interface Waiting {
  readonly target: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * One stream as this process sees it: a single ordered consumer for all its topics, begun anew behind the last message seen whenever one is
 * missing or the connection was away.
 */
export class LogStream {
  readonly name: string;
  readonly maxRunsPerTopic: number;
  private readonly sinks = new Map<string, TopicSink>();
  private waiting: Waiting[] = [];
  private createdText = '';
  private processedSequence = 0;
  private lastSeen: { readonly streamSequence: number; readonly timestamp: string } | undefined;
  private delivery: OrderedDelivery | undefined;
  private isStarting = false;
  private isStopped = false;
  private isSuspect = false;
  private readonly forgetUp: () => void;

  private constructor(
    private readonly link: NatsLink,
    private readonly tenant: string,
    readonly retentionClass: string,
    private readonly onConfig: (info: StreamInfo) => void,
  ) {
    this.name = natsStreamName(tenant, retentionClass);
    this.maxRunsPerTopic = boundsOfClass(retentionClass).maxRunsPerTopic;
    this.forgetUp = link.whenUp(() => { this.restart(); });
  }

  /** Makes the stream where there is none and listens to it. Rejects with STORE_UNAVAILABLE. */
  static async open(link: NatsLink, tenant: string, retentionClass: string, onConfig: (info: StreamInfo) => void): Promise<LogStream> {
    const stream = new LogStream(link, tenant, retentionClass, onConfig);
    try {
      const info = await stream.ensure();
      stream.createdText = info.created;
      stream.processedSequence = info.state.last_seq;
      await stream.begin();
      return stream;
    } catch (error) {
      stream.stop();
      throw error;
    }
  }

  /** When the stream was made, as the server wrote it. */
  get created(): string {
    return this.createdText;
  }

  attach(stem: string, sink: TopicSink): void {
    this.sinks.set(stem, sink);
  }

  detach(stem: string, sink: TopicSink): void {
    if (this.sinks.get(stem) === sink) this.sinks.delete(stem);
  }

  /** Asks the server how far the stream is; finds out, and tells the topics, when it is not the one that was read. */
  async check(): Promise<StreamInfo> {
    const before = this.processedSequence;
    const info = await this.ensure();
    if (this.isOther(info, before)) this.lose(info);
    return info;
  }

  /** Resolves when all messages up to `streamSequence` were delivered to the topics. Rejects with STORE_UNAVAILABLE when that takes too long. */
  async reach(streamSequence: number): Promise<void> {
    if (this.processedSequence >= streamSequence) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      const waiting = { target: streamSequence, resolve, reject };
      this.waiting.push(waiting);
      timer = setTimeout(() => {
        this.waiting = this.waiting.filter((other) => other !== waiting);
        reject(unavailable('what was stored did not come back in time'));
      }, this.link.settings.requestTimeoutMs);
    }).finally(() => { clearTimeout(timer); });
  }

  stop(): void {
    this.isStopped = true;
    this.forgetUp();
    this.delivery?.stop();
    this.failWaiting('the store is closed');
  }

  private ensure(): Promise<StreamInfo> {
    return this.link.ask('the stream does not answer', async (manager) => {
      const info = await ensureStream(manager, logStreamConfig(this.tenant, this.retentionClass, this.link.settings));
      this.onConfig(info);
      return info;
    });
  }

  /** Compared with what was seen before the question, for messages may overtake the answer. */
  private isOther(info: StreamInfo, seenSequence: number): boolean {
    return info.created !== this.createdText || info.state.last_seq < seenSequence;
  }

  private lose(info: StreamInfo): void {
    this.createdText = info.created;
    this.processedSequence = info.state.last_seq;
    this.lastSeen = undefined;
    this.isSuspect = false;
    this.failWaiting('the stream is not the one that was read before');
    for (const sink of [...this.sinks.values()]) sink.lost();
    this.restart();
  }

  private restart(): void {
    this.delivery?.stop();
    this.delivery = undefined;
    if (!this.isStarting && !this.isStopped) ignoreFailure(this.beginUntilDone());
  }

  private async beginUntilDone(): Promise<void> {
    this.isStarting = true;
    try {
      while (!this.isStopped && this.delivery === undefined) {
        try {
          await this.begin();
        } catch {
          // Told by the link and by whoever asks for something; here it is only tried again.
          await delay(retryMs);
        }
      }
    } finally {
      this.isStarting = false;
    }
  }

  private async begin(): Promise<void> {
    const before = this.processedSequence;
    const info = await this.ensure();
    if (this.isSuspect || this.isOther(info, before)) this.lose(info);
    else if (info.state.first_seq > this.processedSequence + 1) for (const sink of [...this.sinks.values()]) sink.reload();
    const delivery: OrderedDelivery = new OrderedDelivery(
      this.link,
      {
        stream: this.name,
        filter: natsSubjectsBelow(natsStreamSubject(this.tenant, this.retentionClass)),
        // The last message is asked for again: if it is another one now, the stream was set back and went on without us.
        startSequence: this.lastSeen?.streamSequence ?? this.processedSequence + 1,
        isHeadersOnly: false,
      },
      {
        message: (delivered) => { this.onMessage(delivered); },
        reached: (streamSequence) => { this.advance(streamSequence); },
        broken: () => { if (this.delivery === delivery) this.restart(); },
      },
    );
    this.delivery = delivery;
    try {
      await delivery.start();
    } catch (error) {
      if (this.delivery === delivery) this.delivery = undefined;
      throw error;
    }
    if (this.isStopped) delivery.stop();
  }

  private onMessage(delivered: Delivered): void {
    const { streamSequence, timestamp, subject } = delivered;
    if (streamSequence <= this.processedSequence) {
      if (streamSequence === this.lastSeen?.streamSequence && timestamp !== this.lastSeen.timestamp) {
        this.isSuspect = true;
        this.restart();
      }
      return;
    }
    this.lastSeen = { streamSequence, timestamp };
    const message = parseNatsSubject(subject);
    if (message !== undefined) this.sinks.get(message.stem)?.deliver(message, delivered);
    this.advance(streamSequence);
  }

  private advance(streamSequence: number): void {
    if (streamSequence <= this.processedSequence) return;
    this.processedSequence = streamSequence;
    if (this.waiting.length === 0) return;
    const reached = this.waiting.filter(({ target }) => target <= streamSequence);
    this.waiting = this.waiting.filter(({ target }) => target > streamSequence);
    for (const { resolve } of reached) resolve();
  }

  private failWaiting(reason: string): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const { reject } of waiting) reject(unavailable(reason));
  }
}
