import { create, toBinary } from '@bufbuild/protobuf';
import { createIdSource, encodeEventEntry, encodeSender } from '@arqonbus/envelope';
import { InspectionEventSchema } from '@arqonbus/proto';
import type { Logger } from '@arqonbus/telemetry';
import { randomFillSync } from 'node:crypto';
import type { Directory, OwnPublisher, Tenant } from '../routing/index.js';
import type { InspectionReport } from './casil-gate.js';
import { RateWindow } from './rate-window.js';

export interface CasilEventsParts {
  readonly directory: Pick<Directory, 'openTopic'>;
  readonly publisher: OwnPublisher;
  readonly room: string;
  /** Name of this node: the sender of its events. */
  readonly nodeId: string;
  readonly logger: Logger;
  readonly nowMs: () => number;
}

/** Full name of the message that events of inspection are. */
export const inspectionEventType = 'arqon.v1.InspectionEvent';

const maxEventsPerSecond = 200;
const maxWaiting = 1_000;
const warnEveryMs = 60_000;

interface WaitingEvent {
  readonly tenant: Tenant;
  readonly bytes: Uint8Array;
}

/**
 * Tells the sender's own tenant, in a reserved room, what inspection found (N3). Never in the way of messages: at most so many a second wait in
 * a bounded queue, the rest are dropped, counted, and said to be (E23).
 */
export class CasilEvents {
  droppedCount = 0;
  publishedCount = 0;
  private readonly rate = new RateWindow(maxEventsPerSecond);
  private readonly nextId: () => Uint8Array;
  private readonly sender: Uint8Array;
  private waiting: WaitingEvent[] = [];
  private isFlushing = false;
  private unreportedDrops = 0;
  private warnedMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly parts: CasilEventsParts) {
    this.sender = encodeSender(parts.nodeId, 0);
    this.nextId = createIdSource({ nowMs: parts.nowMs, random: (bytes) => { randomFillSync(bytes); } });
  }

  /** Takes one report; `excerpt` is the start of the payload as it may be shown. */
  add(report: InspectionReport, excerpt: Uint8Array): void {
    if (!this.rate.take(this.parts.nowMs()) || this.waiting.length >= maxWaiting) {
      this.drop();
      return;
    }
    this.waiting.push({ tenant: report.topic.tenant, bytes: this.encode(report, excerpt) });
    if (this.isFlushing) return;
    this.isFlushing = true;
    setImmediate(() => void this.flush());
  }

  private encode({ topic, session, inspection, type, payloadBytes }: InspectionReport, payloadExcerpt: Uint8Array): Uint8Array {
    const { kind, riskLevel, flags, reasonCode, decision, intended, policy, findings } = inspection;
    const message = create(InspectionEventSchema, {
      kind, riskLevel, flags: [...flags], reasonCode, decision, intendedDecision: intended, policy, detectors: [...new Set(findings.map(({ detector }) => detector))],
      room: topic.roomName, channel: topic.channel, recipient: topic.recipient, sender: session.clientId, session: BigInt(session.id), eventType: type,
      payloadBytes: BigInt(payloadBytes), payloadExcerpt, droppedEvents: BigInt(this.unreportedDrops),
    });
    this.unreportedDrops = 0;
    return toBinary(InspectionEventSchema, message);
  }

  private async flush(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      for (const event of batch) await this.publish(event);
    }
    this.isFlushing = false;
  }

  private async publish({ tenant, bytes }: WaitingEvent): Promise<void> {
    try {
      const topic = this.parts.directory.openTopic(tenant, this.parts.room, '');
      await this.parts.publisher.publish(topic, encodeEventEntry({ id: this.nextId(), type: inspectionEventType, payload: bytes }), this.sender);
      this.publishedCount += 1;
    } catch {
      // Full tenant, lost store: telemetry never blocks.
      this.drop();
    }
  }

  private drop(): void {
    this.droppedCount += 1;
    this.unreportedDrops += 1;
    const now = this.parts.nowMs();
    if (now - this.warnedMs < warnEveryMs) return;
    this.warnedMs = now;
    this.parts.logger.warn({ dropped: this.droppedCount }, 'events of content inspection are dropped: there are too many');
  }
}
