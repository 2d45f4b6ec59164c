import { closeCodes } from '@arqonbus/errors';
import type { Uplink } from '../link/uplink.js';
import { slowReaderOf, type Session } from '../session.js';
import type { ShieldCounters } from '../shield-counters.js';
import { readPagePositions } from './page-positions.js';
import type { PublishEntry, PublishLog } from './publish-log.js';
import { hasCaughtUp, type Loss } from './slow-reader.js';
import { routingOf, type TopicTable } from './topic-table.js';

/** Engine topic of heartbeats, to which every socket is subscribed. */
export const HEARTBEAT_TOPIC = 'hb';
/** Below it, or half of the limit, a slow session gets its held frames and its next page. */
const CREDIT_BYTES = 262_144;
/** Session frames held for a reader whose buffer is full; above it 4008, since nothing may be lost in silence. */
const HELD_CAP_BYTES = 2_097_152;

export interface SlowReaderParts {
  readonly topics: TopicTable;
  readonly log: PublishLog;
  readonly uplink: Uplink;
  readonly counters: ShieldCounters;
  /** Bytes buffered per session above which the engine drops. */
  readonly maxBufferedBytes: number;
}

/**
 * Turns what the engine loses on a slow socket into positions, so that the Spine pages exactly the
 * rest. A loss is measured for two turns before it is reported: the engine names only the first loss
 * of each flush, and a large message before smaller ones that were published earlier.
 */
export class SlowReaders {
  readonly #parts: SlowReaderParts;
  readonly #creditBytes: number;
  #losing: Session[] = [];
  /** Sessions that wait for a credit, with the generation in which to look again. */
  #waiting: { readonly session: Session; readonly lookAt: number }[] = [];
  #isRotating = false;
  #sendingTo: Session | undefined;
  #sendingBytes: Uint8Array = new Uint8Array(0);
  /** The publish in progress, and whether it goes to the room's followers. */
  #publishing: PublishEntry | undefined;
  #isToRoom = false;
  /** A turn has ended. */
  onTurn: () => void = () => undefined;

  constructor(parts: SlowReaderParts) {
    this.#parts = parts;
    this.#creditBytes = Math.min(CREDIT_BYTES, parts.maxBufferedBytes / 2);
  }

  /** A publish begins; what is dropped until `published` may have this one queued behind it. */
  publishing(entry: PublishEntry, options: { readonly toRoom: boolean }): void {
    this.#publishing = entry;
    this.#isToRoom = options.toRoom;
  }

  published(): void {
    this.#publishing = undefined;
    this.#rotateLater();
  }

  /** Sends one session's frame, or holds it while its buffer is full. */
  deliver(session: Session, frame: Uint8Array, options: { readonly page: boolean }): void {
    if (options.page) {
      session.isCreditDue = true;
      this.#advance(session, frame);
    }
    if (session.slow !== undefined && session.slow.held.length > 0) this.#hold(session, frame);
    else if (!this.#send(session, frame)) {
      if (session.slow?.loss === undefined) this.#goOffLive(session, this.#parts.log.nextSerial);
      this.#hold(session, frame);
    }
    this.#creditIfDue(session);
    if (!session.isCreditDue) return;
    // A buffer that the end of the turn empties at once tells nobody that it did.
    this.#waiting.push({ session, lookAt: this.#parts.log.generation + 2 });
    this.#rotateLater();
  }

  /** The engine lost a message of this socket. */
  dropped(session: Session, bytes: Uint8Array): void {
    // The outcome of send tells of a lost session frame.
    if (this.#sendingTo === session && Buffer.compare(this.#sendingBytes, bytes) === 0) return;
    const entry = this.#parts.log.find(bytes, (candidate) => concerns(session, candidate));
    if (entry === undefined) {
      this.#giveUp(session, 'a lost message is not known');
      return;
    }
    this.#parts.counters.droppedCount += 1;
    const loss = session.slow?.loss ?? this.#goOffLive(session, entry.serial);
    if (entry === loss.queuedBehind) loss.queuedBehind = undefined;
    loss.first = Math.min(loss.first, entry.serial);
    this.#lowerPositions(loss);
  }

  /** The socket's buffer shrank. */
  drained(session: Session): void {
    const { slow, socket } = session;
    if (socket === undefined) return;
    if (slow !== undefined) {
      while (slow.held.length > 0 && socket.bufferedBytes < this.#creditBytes) {
        const [frame] = slow.held;
        if (!this.#send(session, frame)) break;
        slow.held.shift();
        slow.heldBytes -= frame.length;
      }
      const isClear = slow.loss === undefined && slow.held.length === 0 && socket.bufferedBytes < this.#creditBytes;
      if (isClear && slow.isOffHeartbeat) {
        slow.isOffHeartbeat = false;
        socket.subscribe(HEARTBEAT_TOPIC);
      }
    }
    this.#creditIfDue(session);
    this.tidy(session);
  }

  /** True when the session may not go live now. */
  isBlocked(session: Session): boolean {
    const { slow } = session;
    return slow !== undefined && (slow.loss !== undefined || slow.isReported || slow.held.length > 0);
  }

  /** Puts a blocked session on the pages of these topics instead of live. */
  defer(session: Session, positions: ReadonlyMap<number, number>): void {
    const slow = slowReaderOf(session);
    if (slow.loss !== undefined) for (const [topic, position] of positions) slow.loss.positions.set(topic, position);
    // The subscription crossed the report, which the Spine took to cover it: the client must resume.
    else if (slow.isReported) this.#giveUp(session, 'it joined while it lagged');
    else this.#report(session, positions);
  }

  /** Drops the slow state that no longer says anything. */
  tidy(session: Session): void {
    if (session.slow !== undefined && hasCaughtUp(session.slow)) session.slow = undefined;
  }

  /** True when the frame was taken by the engine. */
  #send(session: Session, frame: Uint8Array): boolean {
    const { socket } = session;
    // A closed socket loses nothing that its client will not resume.
    if (socket?.isOpen !== true) return true;
    this.#sendingTo = session;
    this.#sendingBytes = frame;
    const outcome = socket.send(frame);
    this.#sendingTo = undefined;
    if (outcome === 'dropped') return !socket.isOpen;
    this.#parts.counters.framesOutCount += 1;
    this.#parts.counters.bytesOutCount += frame.length;
    return true;
  }

  #hold(session: Session, frame: Uint8Array): void {
    const slow = slowReaderOf(session);
    if (slow.heldBytes + frame.length > HELD_CAP_BYTES) {
      this.#giveUp(session, 'too much waits for it');
      return;
    }
    slow.held.push(new Uint8Array(frame));
    slow.heldBytes += frame.length;
  }

  /** Takes the session off every engine topic; what it lost is told once the flush has ended. */
  #goOffLive(session: Session, first: number): Loss {
    const { log, topics, counters } = this.#parts;
    const slow = slowReaderOf(session);
    const positions = new Map<number, number>();
    for (const number of session.topics.keys()) {
      const topic = topics.topic(number);
      if (topic !== undefined) positions.set(number, topic.lastSequence);
    }
    for (const number of session.rooms.keys()) for (const topic of topics.room(number)?.topics ?? []) positions.set(topic.number, topic.lastSequence);
    const loss: Loss = {
      first, end: log.nextSerial, topics: session.topics, rooms: session.rooms, positions,
      queuedBehind: this.#queuedBehind(session, first), reportAt: log.generation + 2,
    };
    session.topics = new Map();
    session.rooms = new Map();
    slow.loss = loss;
    slow.isOffHeartbeat = true;
    this.#losing.push(session);
    counters.laggingCount += 1;
    session.socket?.unsubscribe(HEARTBEAT_TOPIC);
    for (const number of loss.topics.keys()) {
      const topic = topics.topic(number);
      if (topic !== undefined) session.socket?.unsubscribe(topic.engineTopic);
    }
    for (const number of loss.rooms.keys()) {
      const room = topics.room(number);
      if (room === undefined) continue;
      room.followerCount -= 1;
      session.socket?.unsubscribe(room.engineTopic);
    }
    this.#rotateLater();
    return loss;
  }

  /**
   * A publish in progress may be the cause of the flush that lost an earlier one: the engine flushes a
   * full queue before it queues a small message, and the whole queue before it writes a large one. The
   * message then follows behind the loss, although the session is taken off. Losses of earlier flushes
   * have been told before: see FanOut.settle.
   */
  #queuedBehind(session: Session, first: number): PublishEntry | undefined {
    const entry = this.#publishing;
    if (entry?.topic === undefined || entry.serial <= first) return undefined;
    const isMember = this.#isToRoom ? entry.topic.room !== undefined && session.rooms.has(entry.topic.room.number) : session.topics.has(entry.topic.number);
    if (!isMember) return undefined;
    return entry;
  }

  /** What was queued behind the loss has arrived: fine when its topic lost nothing before it. Order is per topic. */
  #acceptQueued(loss: Loss): boolean {
    const entry = loss.queuedBehind;
    if (entry?.topic === undefined) return true;
    const { number } = entry.topic;
    if (loss.positions.get(number) !== entry.prevSequence) return !loss.positions.has(number);
    loss.positions.set(number, entry.lastSequence);
    return true;
  }

  #lowerPositions(loss: Loss): void {
    for (const lost of this.#parts.log.range(loss.first, loss.end)) {
      if (lost.topic === undefined || !concernsLoss(loss, lost)) continue;
      const known = loss.positions.get(lost.topic.number);
      if (known !== undefined && lost.prevSequence < known) loss.positions.set(lost.topic.number, lost.prevSequence);
    }
  }

  #rotateLater(): void {
    if (this.#isRotating) return;
    this.#isRotating = true;
    setImmediate(() => {
      this.#isRotating = false;
      this.#parts.log.rotate();
      this.#reportLosses();
      this.#lookAgain();
      this.onTurn();
      if (!this.#parts.log.isEmpty || this.#losing.length > 0 || this.#waiting.length > 0) this.#rotateLater();
    });
  }

  #lookAgain(): void {
    if (this.#waiting.length === 0) return;
    const { generation } = this.#parts.log;
    const due = this.#waiting.filter((one) => one.lookAt <= generation);
    if (due.length === 0) return;
    this.#waiting = this.#waiting.filter((one) => one.lookAt > generation);
    for (const { session } of due) this.drained(session);
  }

  #reportLosses(): void {
    if (this.#losing.length === 0) return;
    const waiting: Session[] = [];
    for (const session of this.#losing) {
      const { slow } = session;
      const loss = slow?.loss;
      if (slow === undefined || loss === undefined || session.socket === undefined) continue;
      if (loss.reportAt > this.#parts.log.generation) {
        waiting.push(session);
        continue;
      }
      slow.loss = undefined;
      if (!this.#acceptQueued(loss)) {
        this.#giveUp(session, 'a message overtook a lost one');
        continue;
      }
      for (const room of loss.rooms.keys()) slow.rooms.add(room);
      this.#report(session, loss.positions);
      this.drained(session);
    }
    this.#losing = waiting;
  }

  #report(session: Session, positions: ReadonlyMap<number, number>): void {
    const slow = slowReaderOf(session);
    const told: { topic: number; epoch: bigint; sequence: bigint }[] = [];
    for (const [number, sequence] of positions) {
      const topic = this.#parts.topics.topic(number);
      if (topic === undefined) continue;
      slow.topics.set(number, sequence);
      told.push({ topic: number, epoch: topic.epoch, sequence: BigInt(sequence) });
    }
    if (told.length === 0 || session.phase !== 'live') return;
    slow.isReported = true;
    session.isCreditDue = true;
    this.#parts.uplink.message({ body: { case: 'sessionLagging', value: { session: BigInt(session.id), positions: told } } });
  }

  /** A page carries the session's own position on. */
  #advance(session: Session, frame: Uint8Array): void {
    const { slow } = session;
    if (slow === undefined || slow.topics.size === 0) return;
    for (const page of readPagePositions(frame)) {
      for (const number of slow.topics.keys()) {
        const topic = this.#parts.topics.topic(number);
        if (topic === undefined || Buffer.compare(routingOf(topic), page.routing) !== 0) continue;
        slow.topics.set(number, page.sequence);
        break;
      }
    }
  }

  /** Lets the Spine send the next page; after a loss, the first one. */
  #creditIfDue(session: Session): void {
    const { slow, socket } = session;
    if (!session.isCreditDue || socket === undefined || session.phase !== 'live') return;
    if ((slow !== undefined && slow.held.length > 0) || socket.bufferedBytes >= this.#creditBytes) return;
    session.isCreditDue = false;
    if (slow !== undefined) slow.isReported = false;
    this.#parts.uplink.message({ body: { case: 'sessionCredit', value: { session: BigInt(session.id) } } });
  }

  #giveUp(session: Session, why: string): void {
    this.#parts.counters.slowClosedCount += 1;
    const { code, reason } = closeCodes.slowConsumer;
    session.socket?.close(code, `${reason}: ${why}`);
  }
}

/** True when the session was meant to get this publish. */
function concerns(session: Session, entry: PublishEntry): boolean {
  if (entry.topic === undefined) return true;
  const loss = session.slow?.loss;
  return concernsLoss(session, entry) || (loss !== undefined && entry.serial < loss.end && concernsLoss(loss, entry));
}

function concernsLoss(subscriptions: { readonly topics: ReadonlyMap<number, number>; readonly rooms: ReadonlyMap<number, number> }, entry: PublishEntry): boolean {
  const { topic } = entry;
  if (topic === undefined) return false;
  const ofTopic = subscriptions.topics.get(topic.number);
  if (ofTopic !== undefined && ofTopic <= entry.serial) return true;
  const ofRoom = topic.room === undefined ? undefined : subscriptions.rooms.get(topic.room.number);
  return ofRoom !== undefined && ofRoom <= entry.serial;
}
