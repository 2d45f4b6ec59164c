import { ArqonError } from '@arqonbus/errors';
import { encodeRunBody, type RunToAppend } from '@arqonbus/storage';
import { whenReady, type Directory, type FanOut, type Topic } from '../routing/index.js';
import type { DeadLetter, DeadLetterSink } from './group-source.js';
import { viewOf } from './live-group-source.js';

export interface DeadLetterPublisherParts {
  readonly directory: Pick<Directory, 'openTopic'>;
  readonly fanOut: Pick<FanOut, 'flushTopic' | 'markTopic'>;
  readonly nowMs: () => number;
}

/** Publishes dead letters into their channel, which comes into being with the first: into the log of a durable room, else into memory. */
export class DeadLetterPublisher implements DeadLetterSink {
  constructor(private readonly parts: DeadLetterPublisherParts) {}

  async publish(letter: DeadLetter): Promise<void> {
    const { origin, channel } = letter;
    const topic = this.parts.directory.openTopic(origin.tenant, origin.roomName, channel);
    await whenReady([topic]);
    const { durable } = topic;
    if (durable === undefined || topic.isInMemory) {
      this.append(topic, letter);
      return;
    }
    const { envelope, sender } = letter;
    const body = encodeRunBody(topic.routing, sender, noBytes, envelope, viewOf(envelope, 0, envelope.length));
    await new Promise<void>((resolve, reject) => {
      durable.submit({
        record: { producer: undefined, count: 1, body },
        settle: () => { resolve(); },
        refuse: (code, retryAfterMs) => { reject(new ArqonError(code, { retryAfterMs })); },
      });
    });
  }

  private append(topic: Topic, { envelope, sender }: DeadLetter): void {
    const { fanOut, nowMs } = this.parts;
    // Alone in its frame, so that the frame stays under the hard cap.
    fanOut.flushTopic(topic);
    const run: RunToAppend = {
      source: envelope, view: viewOf(envelope, 0, envelope.length), routing: topic.routing, sender, after: noBytes, producerOwner: '', turn: 0,
      sequence: 0, prev: 0, timeUs: 0, count: 0,
    };
    topic.history.append(run, nowMs() * 1_000);
    topic.lastActiveMs = nowMs();
    fanOut.markTopic(topic);
  }
}

const noBytes = new Uint8Array(0);
