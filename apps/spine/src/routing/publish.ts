import { canPublish, canPublishInbox } from '@arqonbus/auth';
import { BatchView, copyEnvelopes, encodeStampAfter, readPositions } from '@arqonbus/envelope';
import { closeCodes, hardCaps, isArqonError, type ErrorCode } from '@arqonbus/errors';
import { encodeRunBody, type DurabilityName, type RunToAppend } from '@arqonbus/storage';
import type { DurableLog } from '../durable/durable-log.js';
import {
  invalidRecipient, invalidRoomOrChannel, isSameRouting, latin1, nameOf, routingToSession,
} from './batch-routing.js';
import type { CausalRooms } from './causal-rooms.js';
import type { Directory } from './directory.js';
import type { FanOut } from './fan-out.js';
import { RateBucket } from './rate-bucket.js';
import type { ServerMessages } from './server-messages.js';
import type { Session } from './session.js';
import { expectsReply, isFollowedByOthers, readReplyRequests } from './request-reply.js';
import type { Room, Topic } from './topic.js';

export interface PublishLimits {
  readonly eventsPerSecond: number | 'off';
  readonly bytesPerSecond: number | 'off';
  /** Newest events of each topic searched for the event that a reply answers. */
  readonly replySearchEvents: number;
  /** Whether other Spines may have subscribers of a durable topic. */
  readonly hasOtherSpines: boolean;
}

/** A run as it goes on after inspection. */
export interface RunForm {
  readonly bytes: Uint8Array;
  readonly view: BatchView;
  /** Field of the stamp that tells what was found; mostly empty. */
  readonly inspectionField: Uint8Array;
}

/** What becomes of a run that is not simply clean: refused, or passed on as `live` to subscribers and as `stored` to history. */
export type InspectedRun =
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly index: number }
  | { readonly kind: 'passed'; readonly live: RunForm; readonly stored: RunForm };

/** Content inspection as routing sees it. */
export interface RunInspector {
  /** Whether messages of a topic are inspected; asked once per topic. */
  covers(topic: Topic): boolean;
  /** Undefined when there is nothing to say of the run. Never throws. */
  inspect(session: Session, topic: Topic, bytes: Uint8Array, view: BatchView): InspectedRun | undefined;
}

/** What publishing works with. */
export interface PublisherParts {
  readonly directory: Directory;
  readonly fanOut: FanOut;
  readonly messages: ServerMessages;
  readonly limits: PublishLimits;
  readonly nowMs: () => number;
  /** Of history in this Spine's memory. */
  readonly durability: DurabilityName;
  readonly storeDurability: () => DurabilityName;
  readonly spans: PublishSpans;
  readonly causal: CausalRooms;
  /** Undefined when content inspection is off. */
  readonly inspector: RunInspector | undefined;
  /** Work in the background failed; for the log. */
  failed(error: unknown): void;
  /** Topics of which the session gets events as tasks. */
  readonly taskTopicsOf: (session: Session) => readonly Topic[];
}

/** Plain integers that the metrics read at scrape time. */
export interface PublishCounters {
  runs: number;
  events: number;
  bytes: number;
  refusedRuns: number;
  duplicates: number;
}

export interface PublishSpans {
  /** Starts the publish span of a sampled trace; undefined when nothing is traced. */
  start(traceparent: string, topic: Topic): (() => void) | undefined;
}

/** The way of a run: right checked, topic resolved, stamped into history, marked for fan-out, acknowledged. */
export class Publisher {
  readonly counters: PublishCounters = { runs: 0, events: 0, bytes: 0, refusedRuns: 0, duplicates: 0 };
  private readonly run: RunToAppend;

  constructor(private readonly parts: PublisherParts) {
    this.run = {
      source: noBytes, view: new BatchView(), routing: noBytes, sender: noBytes, after: noBytes, producerOwner: '', turn: 0, sequence: 0, prev: 0, timeUs: 0, count: 0,
    };
  }

  /** Whether a batch of any kind may go on: refused whole for what the reader found, or for the session's rate. */
  admit(session: Session, bytes: Uint8Array, view: BatchView, nowMs: number): boolean {
    if (view.refusalCode === undefined) return this.grantRate(session, bytes, view, nowMs);
    this.refuse(session, bytes, view, view.refusalCode, { field: view.refusalField, index: view.refusalIndex });
    return false;
  }

  /** Takes one admitted run or refuses it whole; never throws for what a client sent. */
  publish(session: Session, bytes: Uint8Array, view: BatchView, nowMs: number): void {
    const topic = isSameRouting(bytes, view, session.lastTopic) ? session.lastTopic : this.resolve(session, bytes, view);
    if (topic === undefined) return;
    if (view.kind === 'replies' && !this.answersDelivered(session, bytes, view)) return;
    const { inspector } = this.parts;
    if (inspector !== undefined && (topic.isInspected ??= inspector.covers(topic))) this.publishInspected(session, bytes, view, topic, nowMs, inspector);
    else this.order(session, bytes, view, topic, nowMs, nothingFound);
  }

  /** What was found is dealt with before the run is numbered, delivered or stored (E2). */
  private publishInspected(session: Session, bytes: Uint8Array, view: BatchView, topic: Topic, nowMs: number, inspector: RunInspector): void {
    const inspected = inspector.inspect(session, topic, bytes, view);
    if (inspected === undefined) {
      this.order(session, bytes, view, topic, nowMs, nothingFound);
    } else if (inspected.kind === 'refused') {
      this.refuse(session, bytes, view, inspected.code, { field: 'batches.envelopes', index: inspected.index, topic });
    } else {
      const { live, stored } = inspected;
      this.order(session, live.bytes, live.view, topic, nowMs, { inspectionField: live.inspectionField, stored: stored === live ? undefined : stored });
    }
  }

  private order(session: Session, bytes: Uint8Array, view: BatchView, topic: Topic, nowMs: number, found: Found): void {
    if (topic.policy.order === 'causal' && topic.room !== undefined) {
      this.offerCausal(session, bytes, view, topic, topic.room, found);
      return;
    }
    if (view.afterCount > 0 && !this.checkAfter(session, bytes, view, topic)) return;
    this.take(session, bytes, view, topic, nowMs, found);
  }

  /** A room with `order: causal`: the run goes on now or once what it depends on is there; its bytes are kept that long. */
  private offerCausal(session: Session, bytes: Uint8Array, view: BatchView, topic: Topic, room: Room, found: Found): void {
    const { bytes: kept, view: keptView } = view.detach(bytes);
    const keptFound = found.stored === undefined ? found : { ...found, stored: { ...found.stored, ...found.stored.view.detach(found.stored.bytes) } };
    const after = readPositions(bytes, view);
    for (const { channel } of after) void this.openDependency(session, room, channel);
    this.parts.causal.offer(room, {
      channel: topic.channel, after, sizeBytes: kept.length,
      publisher: view.ack ? `${session.clientId} ${String(view.producerHi)} ${String(view.producerLo)}` : `session ${String(session.id)}`,
      publish: () => { this.take(session, kept, keptView, topic, this.parts.nowMs(), keptFound); },
      refuse: (code) => { this.refuse(session, kept, keptView, code, { field: 'batches.after', topic }); },
    });
  }

  /** A channel that another Spine's publisher depends on may be in the store without being in use here. */
  private async openDependency(session: Session, room: Room, channel: string): Promise<void> {
    if (!this.parts.limits.hasOtherSpines || room.topics.has(channel)) return;
    try {
      await this.parts.directory.locate(session.tenant, room.name, channel);
    } catch (error) {
      // The run waits for the bound, and is judged then.
      this.parts.failed(error);
    }
  }

  /** Numbers a run, holds it and acknowledges it: at once where history is in memory, through the store's log elsewhere. */
  private take(session: Session, bytes: Uint8Array, view: BatchView, topic: Topic, nowMs: number, found: Found): void {
    const run = this.run;
    if (topic.sessionCount <= 1 && this.hasNoResponder(session, bytes, view, topic)) return;
    if (topic.durable !== undefined && !topic.isInMemory) {
      this.submit(session, bytes, view, topic, topic.durable, found);
      return;
    }
    run.source = bytes;
    run.view = view;
    run.routing = routingOf(topic, view);
    run.sender = session.sender;
    run.after = stampFieldsOf(bytes, view, found.inspectionField);
    run.producerOwner = session.clientId;
    run.turn = this.parts.fanOut.turn;
    this.parts.fanOut.makeRoom(topic, view.envelopesBytes);
    // A run of which history keeps another form stands alone.
    if (found.stored !== undefined) this.parts.fanOut.flushTopic(topic);
    const endSpan = view.traceparentStart < 0 ? undefined : this.parts.spans.start(latin1(bytes, view.traceparentStart, view.traceparentEnd), topic);
    const outcome = topic.history.append(run, nowMs * 1000);
    endSpan?.();
    if (outcome === 'accepted') {
      this.counters.runs += 1;
      this.counters.events += view.envelopeCount;
      this.counters.bytes += view.envelopesBytes;
      topic.lastActiveMs = nowMs;
      this.parts.fanOut.markTopic(topic);
      if (found.stored !== undefined) this.keep(topic, run.sequence, found.stored);
    } else if (outcome !== 'duplicate') {
      this.refuse(session, bytes, view, refusalOf[outcome], { field: 'batches.run', topic });
      return;
    } else this.counters.duplicates += 1;
    if (view.ack) this.acknowledge(session, topic, run, outcome === 'duplicate');
    if (topic.policy.order === 'causal') this.parts.causal.advance(topic);
  }

  /** Subscribers get the run now; history goes on with the form that it keeps. */
  private keep(topic: Topic, sequence: number, { bytes, view, inspectionField }: RunForm): void {
    this.parts.fanOut.flushTopic(topic);
    const envelopes = new Uint8Array(view.envelopesBytes);
    copyEnvelopes(envelopes, 0, bytes, view);
    topic.history.replaceRun(sequence, envelopes, stampFieldsOf(bytes, view, inspectionField));
  }

  private acknowledge(session: Session, topic: Topic, run: RunToAppend, duplicate: boolean): void {
    const { producerHi, producerLo, run: number } = run.view;
    session.queue(this.parts.messages.published(topic, {
      producerHi, producerLo, run: number, epoch: topic.history.epoch, sequence: run.sequence, count: run.count, durability: this.parts.durability, duplicate,
    }));
  }

  /** The way of a durable run: it is copied, waits for the log, and comes back to be fanned out once the log has it. */
  private submit(session: Session, liveBytes: Uint8Array, liveView: BatchView, topic: Topic, durable: DurableLog, found: Found): void {
    // Subscribers of a durable room get what its log holds, on every Spine.
    const { bytes, view, inspectionField } = found.stored ?? { bytes: liveBytes, view: liveView, inspectionField: found.inspectionField };
    const { ack, producerHi, producerLo, run, envelopeCount: count, envelopesBytes } = view;
    const after = stampFieldsOf(bytes, view, inspectionField);
    const endSpan = view.traceparentStart < 0 ? undefined : this.parts.spans.start(latin1(bytes, view.traceparentStart, view.traceparentEnd), topic);
    const requestId = view.firstIdStart < 0 ? noBytes : bytes.slice(view.firstIdStart, view.firstIdStart + 16);
    const refuse = (code: ErrorCode, retryAfterMs: number): void => {
      endSpan?.();
      this.counters.refusedRuns += 1;
      if (session.isClosed) return;
      session.refuse({ code, retryAfterMs, run, requestId, field: 'batches', room: topic.roomName, channel: topic.channel, recipient: topic.recipient });
    };
    durable.submit({
      record: {
        producer: ack ? { owner: session.clientId, hi: producerHi, lo: producerLo, run } : undefined, count,
        body: encodeRunBody(routingOf(topic, view), session.sender, after, bytes, view),
      },
      refuse,
      settle: (result, epoch) => {
        if (result.outcome !== 'accepted' && result.outcome !== 'duplicate') {
          refuse(refusalOf[result.outcome], 0);
          return;
        }
        endSpan?.();
        const duplicate = result.outcome === 'duplicate';
        if (duplicate) this.counters.duplicates += 1;
        else {
          this.counters.runs += 1;
          this.counters.events += count;
          this.counters.bytes += envelopesBytes;
        }
        if (!ack || session.isClosed) return;
        session.queue(this.parts.messages.published(topic, {
          producerHi, producerLo, run, epoch, sequence: result.sequence, count: result.count, durability: this.parts.storeDurability(), duplicate,
        }));
      },
    });
  }

  /** Rate of role client; role service has none. */
  private grantRate(session: Session, bytes: Uint8Array, view: BatchView, nowMs: number): boolean {
    const { eventsPerSecond, bytesPerSecond } = this.parts.limits;
    if (session.isService || (eventsPerSecond === 'off' && bytesPerSecond === 'off')) return true;
    session.bucket ??= new RateBucket(
      eventsPerSecond === 'off' ? Number.MAX_SAFE_INTEGER : eventsPerSecond, bytesPerSecond === 'off' ? Number.MAX_SAFE_INTEGER : bytesPerSecond, nowMs,
    );
    const retryAfterMs = session.bucket.take(view.envelopeCount, view.envelopesBytes, nowMs);
    if (retryAfterMs === 0) return true;
    this.refuse(session, bytes, view, 'RATE_LIMITED', { retryAfterMs });
    return false;
  }

  /** Finds or creates the topic that a batch names, once the token permits it. */
  private resolve(session: Session, bytes: Uint8Array, view: BatchView): Topic | undefined {
    const inbox = view.recipientStart >= 0;
    const invalid = inbox ? invalidRecipient(bytes, view) : invalidRoomOrChannel(bytes, view);
    if (invalid !== undefined) return this.refuse(session, bytes, view, 'INVALID_NAME', { field: invalid });
    const recipient = inbox ? latin1(bytes, view.recipientStart, view.recipientEnd) : '';
    const room = inbox ? '' : latin1(bytes, view.roomStart, view.roomEnd);
    const channel = inbox || view.channelStart < 0 ? '' : latin1(bytes, view.channelStart, view.channelEnd);
    try {
      const topic = inbox ? this.resolveInbox(session, view, recipient) : this.resolveChannel(session, room, channel);
      if (topic === undefined) return this.refuse(session, bytes, view, 'NOT_PERMITTED', { field: inbox ? 'batches.recipient' : 'batches.room' });
      // A reply needs no right, so it must not leave one behind.
      if (view.kind === 'events') session.lastTopic = topic;
      return topic;
    } catch (error) {
      if (!isArqonError(error)) throw error;
      return this.refuse(session, bytes, view, error.code, { field: error.field ?? '' });
    }
  }

  private resolveChannel(session: Session, room: string, channel: string): Topic | undefined {
    const known = this.parts.directory.findTopic(session.tenant, room, channel);
    if (known !== undefined && session.publishable?.has(known) === true) return known;
    if (!canPublish(session.claims, room, channel)) return undefined;
    const topic = known ?? this.parts.directory.resolveTopic(session.tenant, room, channel);
    session.publishable ??= new Set();
    if (session.publishable.size >= hardCaps.channelsPerRoomJoin) session.publishable.clear();
    session.publishable.add(topic);
    return topic;
  }

  private resolveInbox(session: Session, view: BatchView, recipient: string): Topic | undefined {
    if (view.kind === 'events' && !canPublishInbox(session.claims, recipient)) return undefined;
    return this.parts.directory.openInbox(session.tenant, recipient);
  }

  /** True when the reply answers an event that was delivered to this session (No forgery). */
  private answersDelivered(session: Session, bytes: Uint8Array, view: BatchView): boolean {
    const recipient = latin1(bytes, view.recipientStart, view.recipientEnd);
    const requests = readReplyRequests(bytes, view);
    if (requests.length <= maxRepliesPerBatch && requests.every((id) => this.wasDelivered(session, id, recipient, view.recipientSession))) return true;
    this.refuse(session, bytes, view, 'UNKNOWN_REQUEST', { field: 'batches.envelopes.reply.request_id' });
    if (!session.strike(this.parts.nowMs())) return false;
    session.flush();
    session.port.close(closeCodes.malformed, 'too many forged replies');
    return false;
  }

  private wasDelivered(session: Session, eventId: Uint8Array, sender: string, senderSession: number): boolean {
    for (const topic of this.deliveredTopics(session)) {
      const origin = topic.history.findSender(eventId, 0, this.parts.limits.replySearchEvents);
      if (origin?.sender === sender && (senderSession === 0 || senderSession === origin.session)) return true;
    }
    return false;
  }

  private *deliveredTopics(session: Session): Generator<Topic> {
    yield* session.topics?.keys() ?? [];
    for (const room of session.rooms?.keys() ?? []) yield* room.topics.values();
    yield* this.parts.taskTopicsOf(session);
  }

  /** A position above its channel's head cannot have been seen. */
  private checkAfter(session: Session, bytes: Uint8Array, view: BatchView, topic: Topic): boolean {
    for (const position of readPositions(bytes, view)) {
      const other = topic.room?.topics.get(position.channel);
      // With other Spines this one may be behind what the publisher has seen.
      const mayLag = this.parts.limits.hasOtherSpines && other?.durable !== undefined;
      const head = other === undefined || mayLag || other.history.epoch !== position.epoch ? undefined : other.history.lastSequence;
      if (head === undefined || position.sequence <= head) continue;
      this.refuse(session, bytes, view, 'FUTURE_DEPENDENCY', { field: 'batches.after', topic });
      return false;
    }
    return true;
  }

  /** A request to a topic that nobody else follows is refused at once. */
  private hasNoResponder(session: Session, bytes: Uint8Array, view: BatchView, topic: Topic): boolean {
    if (this.parts.limits.hasOtherSpines && topic.durable !== undefined) return false;
    if (topic.place.kind === 'inbox' || view.envelopeCount !== 1 || view.kind !== 'events') return false;
    if (isFollowedByOthers(session, topic.room, topic) || !expectsReply(bytes, view)) return false;
    this.refuse(session, bytes, view, 'NO_RESPONDERS', { topic });
    return true;
  }

  private refuse(session: Session, bytes: Uint8Array, view: BatchView, code: ErrorCode, details: RefusalDetails): undefined {
    this.counters.refusedRuns += 1;
    const { field = '', index = 0, retryAfterMs = 0 } = details;
    session.refuse({
      code, field, index, retryAfterMs, run: view.run,
      requestId: view.firstIdStart < 0 ? noBytes : bytes.slice(view.firstIdStart, view.firstIdStart + 16),
      room: nameOf(bytes, view.roomStart, view.roomEnd), channel: nameOf(bytes, view.channelStart, view.channelEnd),
      recipient: nameOf(bytes, view.recipientStart, view.recipientEnd),
    });
    return undefined;
  }
}

interface RefusalDetails {
  readonly field?: string;
  readonly index?: number;
  readonly retryAfterMs?: number;
  readonly topic?: Topic;
}

const refusalOf = {
  out_of_order: 'RUN_OUT_OF_ORDER',
  producer_unknown: 'PRODUCER_UNKNOWN',
  too_many_unacknowledged: 'TOO_MANY_UNACKNOWLEDGED',
} as const satisfies Record<string, ErrorCode>;

function routingOf(topic: Topic, view: BatchView): Uint8Array {
  const session = view.recipientSession;
  if (session === 0) return topic.routing;
  return routingToSession(topic, Number.isNaN(session) ? Number.MAX_SAFE_INTEGER : session);
}

/** Stamp fields 7 and 8. */
function stampFieldsOf(bytes: Uint8Array, view: BatchView, inspectionField: Uint8Array): Uint8Array {
  if (view.afterCount === 0) return inspectionField;
  const after = encodeStampAfter(bytes, view);
  return inspectionField.length === 0 ? after : Buffer.concat([after, inspectionField]);
}

/** What inspection leaves to be done with a run. */
interface Found {
  readonly inspectionField: Uint8Array;
  /** The form that history keeps, where subscribers get another. */
  readonly stored: RunForm | undefined;
}

/** Each reply costs a search of recent history. */
const maxRepliesPerBatch = 16;

const noBytes = new Uint8Array(0);
const nothingFound: Found = { inspectionField: noBytes, stored: undefined };
