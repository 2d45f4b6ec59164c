import { envelopeRanges, BatchView } from '@arqonbus/envelope';
import { ArqonError } from '@arqonbus/errors';
import { encodeRunBody, type RunToAppend } from '@arqonbus/storage';
import type { FanOut } from './fan-out.js';
import { whenReady, type Topic } from './topic.js';

export interface OwnPublisherParts {
  readonly fanOut: Pick<FanOut, 'flushTopic' | 'markTopic'>;
  readonly nowMs: () => number;
}

/** Publishes what the Spine itself has to say: into the log of a durable topic, else into memory. */
export class OwnPublisher {
  constructor(private readonly parts: OwnPublisherParts) {}

  /**
   * Publishes one `Batch.envelopes` entry; resolves once history has it. `sender` is from encodeSender.
   * @throws ArqonError by the promise, when the store refuses it.
   */
  async publish(topic: Topic, envelope: Uint8Array, sender: Uint8Array): Promise<void> {
    await whenReady([topic]);
    const { durable } = topic;
    if (durable === undefined || topic.isInMemory) {
      this.append(topic, envelope, sender);
      return;
    }
    const body = encodeRunBody(topic.routing, sender, noBytes, envelope, viewOf(envelope, 0, envelope.length));
    await new Promise<void>((resolve, reject) => {
      durable.submit({
        record: { producer: undefined, count: 1, body },
        settle: () => { resolve(); },
        refuse: (code, retryAfterMs) => { reject(new ArqonError(code, { retryAfterMs })); },
      });
    });
  }

  private append(topic: Topic, envelope: Uint8Array, sender: Uint8Array): void {
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

/** A view of nothing but contiguous envelope entries. */
export function viewOf(bytes: Uint8Array, start: number, end: number): BatchView {
  const view = new BatchView();
  view.reset(start, end);
  view.kind = 'events';
  view.envelopesStart = start;
  view.envelopesEnd = end;
  view.envelopesBytes = end - start;
  view.envelopeCount = envelopeRanges(bytes, start, end).length;
  return view;
}

const noBytes = new Uint8Array(0);
