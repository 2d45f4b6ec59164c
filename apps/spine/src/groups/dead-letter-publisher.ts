import { OwnPublisher, type Directory, type FanOut } from '../routing/index.js';
import type { DeadLetter, DeadLetterSink } from './group-source.js';

export interface DeadLetterPublisherParts {
  readonly directory: Pick<Directory, 'openTopic'>;
  readonly fanOut: Pick<FanOut, 'flushTopic' | 'markTopic'>;
  readonly nowMs: () => number;
}

/** Publishes dead letters into their channel, which comes into being with the first: into the log of a durable room, else into memory. */
export class DeadLetterPublisher implements DeadLetterSink {
  private readonly publisher: OwnPublisher;

  constructor(private readonly parts: DeadLetterPublisherParts) {
    this.publisher = new OwnPublisher(parts);
  }

  async publish({ origin, channel, envelope, sender }: DeadLetter): Promise<void> {
    await this.publisher.publish(this.parts.directory.openTopic(origin.tenant, origin.roomName, channel), envelope, sender);
  }
}
