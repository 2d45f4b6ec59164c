import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import {
  CallSchema, Durability, EnvelopeSchema, FrameSchema, type Batch, type BatchSchema, type Command, type Envelope, type Position, type ReplySchema, type SignalSchema,
} from '@arqonbus/proto';
import type { ErrorCode } from '@arqonbus/errors';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

type BatchInit = Exclude<MessageInitShape<typeof BatchSchema>, { $typeName: string }>;
type EnvelopeInit = Exclude<MessageInitShape<typeof EnvelopeSchema>, { $typeName: string }>;
type SignalBody = NonNullable<Exclude<MessageInitShape<typeof SignalSchema>, { $typeName: string }>['body']>;
type ReplyBody = NonNullable<Exclude<MessageInitShape<typeof ReplySchema>, { $typeName: string }>['body']>;
type CommandOf<Case> = Extract<Command['body'], { case: Case }>['value'];

/** One numbered event of a scripted topic. */
interface StoredEvent {
  readonly sequence: bigint;
  readonly prev: bigint;
  readonly sender: string;
  readonly session: bigint;
  readonly recipientSession: bigint;
  readonly envelope: Envelope;
}

interface ScriptedTopic {
  readonly room: string;
  readonly channel: string;
  readonly recipient: string;
  epoch: bigint;
  events: StoredEvent[];
  head: bigint;
  readonly producers: Map<bigint, { next: bigint; readonly taken: Map<bigint, bigint> }>;
}

/** A refusal that a script asks for. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly index?: number;
  readonly retryAfterMs?: number;
  readonly field?: string;
}

/** What a script does with a run: take it, take it and lose the acknowledgement, lose the run, or refuse it. */
export type RunVerdict = 'take' | 'lose-ack' | 'ignore' | Refusal;

export interface ScriptedOptions {
  readonly heartbeatMs?: number;
  readonly limits?: Partial<Record<'maxFrameBytes' | 'maxEnvelopeBytes' | 'maxEventsPerRun' | 'maxUnacknowledgedRuns' | 'maxEventsPerSecond' | 'maxBytesInFlight', number>>;
}

const noId = new Uint8Array(16);

/** Session on the server's side. */
export class ServerSession {
  readonly received: Batch[] = [];
  readonly topics = new Set<string>();
  readonly rooms = new Set<string>();
  frameCount = 0;

  constructor(
    readonly server: ScriptedServer, readonly socket: WebSocket, readonly id: bigint, readonly clientId: string, readonly request: IncomingMessage,
  ) {
    socket.on('message', (data: Buffer) => {
      this.frameCount += 1;
      for (const batch of fromBinary(FrameSchema, data).batches) {
        this.received.push(batch);
        this.server.take(this, batch);
      }
    });
  }

  send(batches: BatchInit[]): void {
    this.socket.send(toBinary(FrameSchema, create(FrameSchema, { batches })));
  }

  signal(body: SignalBody, names: Partial<Pick<BatchInit, 'room' | 'channel' | 'recipient'>> = {}): void {
    this.send([{ ...names, envelopes: [{ id: noId, body: { case: 'signal', value: { body } } }] }]);
  }

  reply(requestId: Uint8Array, body: ReplyBody, before: BatchInit[] = []): void {
    this.send([...before, { envelopes: [{ id: noId, body: { case: 'reply', value: { requestId, body } } }] }]);
  }

  refuse(batch: Batch, refusal: Refusal): void {
    const { room, channel, recipient, run } = batch;
    const { code, index = 0, retryAfterMs = 0, field = '' } = refusal;
    const value = { requestId: batch.envelopes[0].id, code, message: '', field, index, retryAfterMs, run };
    this.send([{ room, channel, recipient, envelopes: [{ id: noId, body: { case: 'error', value } }] }]);
  }

  welcome(): void {
    const { heartbeatMs = 60_000, limits = {} } = this.server.options;
    this.signal({
      case: 'welcome',
      value: {
        clientId: this.clientId, session: this.id, protocol: 1, server: 'scripted 1', heartbeatMs, expiresAtUs: 0n, incarnation: this.server.incarnation,
        limits: { maxFrameBytes: 983_040, maxEnvelopeBytes: 262_144, maxEventsPerRun: 1_024, maxUnacknowledgedRuns: 64, ...limits },
      },
    });
  }

  commandsOf<Case extends NonNullable<Command['body']['case']>>(wanted: Case): CommandOf<Case>[] {
    return this.received.flatMap((batch) => batch.envelopes).flatMap((envelope) => {
      const body = envelope.body.case === 'command' ? envelope.body.value.body : undefined;
      return body?.case === wanted ? [body.value as CommandOf<Case>] : [];
    });
  }

  /** Runs of events and replies received, as text per run. */
  runs(): { run: bigint; producer: bigint; payloads: string[]; batch: Batch }[] {
    return this.received.filter((batch) => batch.envelopes[0]?.body.case !== 'command').map((batch) => ({
      run: batch.run, producer: batch.producer, batch,
      payloads: batch.envelopes.map((envelope) => textOf(envelope)),
    }));
  }
}

/**
 * Enough of a server to test a client against, over real sockets: welcome, join with resume, history, numbered runs, inboxes, and
 * hooks by which a test makes it lose, refuse, delay, repeat and close.
 */
export class ScriptedServer {
  readonly sessions: ServerSession[] = [];
  readonly tokens: string[] = [];
  url = '';
  /** HTTP status to refuse upgrades with, or a close code to answer them with. */
  refuseUpgrade: ((token: string) => { status?: number; close?: number } | undefined) | undefined;
  onWelcome: ((session: ServerSession) => boolean) | undefined;
  onRun: ((batch: Batch, session: ServerSession) => RunVerdict) | undefined;
  /** True: the test answers the command itself. */
  onCommand: ((session: ServerSession, id: Uint8Array, body: Command['body']) => boolean) | undefined;
  /** True: the batch is left out of a replay. */
  onReplayed: ((session: ServerSession, batch: BatchInit) => boolean) | undefined;
  /** False: live events are stored and not delivered. */
  isDelivering = true;
  durability = Durability.MEMORY;
  incarnation = 0n;
  historyPageEvents = 100;
  oldestSequence = 1n;
  private readonly topics = new Map<string, ScriptedTopic>();
  private readonly http: Server = createServer();
  private readonly upgrader: WebSocketServer;
  private nextSession = 100n;
  private nextEpoch = 1_000_000n;

  constructor(readonly options: ScriptedOptions = {}) {
    this.upgrader = new WebSocketServer({ noServer: true, perMessageDeflate: false, handleProtocols: (offered) => (offered.has('arqon.v1') ? 'arqon.v1' : false) });
  }

  static async start(options: ScriptedOptions = {}): Promise<ScriptedServer> {
    const server = new ScriptedServer(options);
    server.http.on('upgrade', (request, socket, head) => {
      // A client that gives up resets the connection.
      socket.on('error', () => { socket.destroy(); });
      const token = tokenOf(request);
      server.tokens.push(token);
      const refusal = server.refuseUpgrade?.(token);
      if (refusal?.status !== undefined) {
        socket.end(`HTTP/1.1 ${refusal.status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
      server.upgrader.handleUpgrade(request, socket, head, (webSocket) => {
        if (refusal?.close !== undefined) webSocket.close(refusal.close, 'scripted');
        else server.open(webSocket, request, token);
      });
    });
    await new Promise<void>((resolve) => server.http.listen(0, '127.0.0.1', resolve));
    server.url = `ws://127.0.0.1:${(server.http.address() as AddressInfo).port}`;
    return server;
  }

  async stop(): Promise<void> {
    for (const session of this.sessions) session.socket.terminate();
    await new Promise<void>((resolve) => void this.http.close(() => resolve()));
  }

  /** The newest session. */
  get current(): ServerSession {
    const session = this.sessions.at(-1);
    if (session === undefined) throw new Error('nobody is connected');
    return session;
  }

  /** The topic `room`, `room:channel` or `@client`. */
  topic(name: string): ScriptedTopic {
    const known = this.topics.get(name);
    if (known !== undefined) return known;
    const [room, channel = ''] = name.startsWith('@') ? [''] : name.split(':');
    const recipient = name.startsWith('@') ? name.slice(1) : '';
    const topic: ScriptedTopic = { room, channel, recipient, epoch: this.nextEpoch++, events: [], head: 0n, producers: new Map() };
    this.topics.set(name, topic);
    return topic;
  }

  /** Appends events by another client and delivers them as one run, unless delivery is off. */
  emit(name: string, ...payloads: string[]): void {
    const envelopes = payloads.map((payload) => create(EnvelopeSchema, eventOf(payload)));
    this.append(this.topic(name), envelopes, { sender: 'other', session: 7n, recipientSession: 0n });
  }

  /** Empties a topic: a new epoch begins. */
  recreate(name: string): void {
    const topic = this.topic(name);
    topic.epoch = this.nextEpoch++;
    topic.events = [];
    topic.head = 0n;
  }

  /** A restart that loses everything: topics begin new epochs, producers are unknown, connections end. */
  restart(incarnation: bigint): void {
    this.incarnation = incarnation;
    for (const [name, topic] of this.topics) {
      this.recreate(name);
      topic.producers.clear();
    }
    for (const session of this.sessions) session.socket.terminate();
  }

  /** Tells a topic's end, in a batch without envelopes. */
  sendHead(name: string): void {
    const topic = this.topic(name);
    const { room, channel, recipient, epoch, head } = topic;
    for (const session of this.followers(topic)) session.send([{ room, channel, recipient, stamp: { epoch, sequence: head, prev: head } }]);
  }

  /** Batches of stored events, one run each. */
  stored(name: string, from: bigint, to: bigint, replayed: boolean): BatchInit[] {
    const topic = this.topic(name);
    return topic.events
      .filter((event) => event.sequence >= from && event.sequence <= to && event.sequence >= this.oldestSequence)
      .map((event) => batchOf(topic, [event], replayed));
  }

  take(session: ServerSession, batch: Batch): void {
    const body = batch.envelopes[0]?.body;
    if (body.case === 'command') {
      for (const envelope of batch.envelopes) {
        if (envelope.body.case === 'command' && this.onCommand?.(session, envelope.id, envelope.body.value.body) !== true) {
          this.carryOut(session, envelope.id, envelope.body.value.body);
        }
      }
      return;
    }
    const verdict = this.onRun?.(batch, session) ?? 'take';
    if (verdict === 'ignore') return;
    if (verdict === 'take' || verdict === 'lose-ack') this.takeRun(session, batch, { isAckLost: verdict === 'lose-ack' });
    else session.refuse(batch, verdict);
  }

  /** Takes a run as the protocol says: numbers in order, taken ones acknowledged again, jumps refused. */
  takeRun(session: ServerSession, batch: Batch, { isAckLost = false } = {}): void {
    const topic = this.topic(nameOf(batch));
    if (batch.ack && batch.run > 1n && this.incarnation !== 0n && !topic.producers.has(batch.producer)) {
      session.refuse(batch, { code: 'PRODUCER_UNKNOWN' });
      return;
    }
    const producer = topic.producers.get(batch.producer) ?? { next: 1n, taken: new Map<bigint, bigint>() };
    topic.producers.set(batch.producer, producer);
    if (batch.ack && batch.run > producer.next) {
      session.refuse(batch, { code: 'RUN_OUT_OF_ORDER' });
      return;
    }
    const taken = producer.taken.get(batch.run);
    const sequence = taken ?? topic.head + 1n;
    if (taken === undefined) {
      if (batch.ack) {
        producer.next = batch.run + 1n;
        producer.taken.set(batch.run, sequence);
      }
      this.append(topic, batch.envelopes, { sender: session.clientId, session: session.id, recipientSession: batch.recipientSession });
    }
    if (batch.ack && !isAckLost) this.acknowledge(session, batch, sequence, taken !== undefined);
  }

  acknowledge(session: ServerSession, batch: Batch, sequence: bigint, duplicate = false): void {
    const { room, channel, recipient, producer, run } = batch;
    const epoch = this.topic(nameOf(batch)).epoch;
    const value = { producer, run, sequence, count: batch.envelopes.length, epoch, durability: this.durability, duplicate };
    session.signal({ case: 'published', value }, { room, channel, recipient });
  }

  /** A call as its service gets it: an event of the caller under the id of the command. */
  takeCall(session: ServerSession, id: Uint8Array, call: CommandOf<'call'>): void {
    const event = { type: CallSchema.typeName, payload: toBinary(CallSchema, call) };
    const origin = { sender: session.clientId, session: session.id, recipientSession: 0n };
    this.append(this.topic(`sys.calls:${call.name.split('.')[0]}`), [create(EnvelopeSchema, { id, body: { case: 'event', value: event } })], origin);
  }

  private open(socket: WebSocket, request: IncomingMessage, token: string): void {
    const session = new ServerSession(this, socket, this.nextSession++, token.split('.')[0] || 'me', request);
    this.sessions.push(session);
    if (this.onWelcome?.(session) !== false) session.welcome();
  }

  private append(topic: ScriptedTopic, envelopes: readonly Envelope[], origin: Pick<StoredEvent, 'sender' | 'session' | 'recipientSession'>): void {
    const run = envelopes.map((envelope) => {
      const event = { sequence: topic.head + 1n, prev: topic.head, envelope, ...origin };
      topic.head = event.sequence;
      return event;
    });
    topic.events.push(...run);
    if (!this.isDelivering) return;
    for (const session of this.followers(topic)) {
      if (origin.recipientSession === 0n || origin.recipientSession === session.id) session.send([batchOf(topic, run, false)]);
    }
  }

  private followers(topic: ScriptedTopic): ServerSession[] {
    return this.sessions.filter((session) => session.socket.readyState === session.socket.OPEN && (
      topic.recipient === '' ? session.topics.has(`${topic.room}:${topic.channel}`) || session.rooms.has(topic.room) : session.clientId === topic.recipient));
  }

  private carryOut(session: ServerSession, id: Uint8Array, body: Command['body']): void {
    switch (body.case) {
      case 'join': this.join(session, id, body.value); break;
      case 'leave':
        session.topics.delete(`${body.value.room}:${body.value.channel}`);
        session.reply(id, { case: 'left', value: {} });
        break;
      case 'historyGet': this.history(session, id, body.value); break;
      case 'historyReplay': this.replay(session, id, body.value); break;
      case 'call':
        this.takeCall(session, id, body.value);
        session.reply(id, { case: 'done', value: {} });
        break;
      case 'taskAck':
      case 'erase':
        session.reply(id, { case: 'done', value: {} });
        break;
      case 'ping': session.reply(id, { case: 'pong', value: { timeUs: 1_700_000_000_000_000n } }); break;
      case 'status':
        session.reply(id, { case: 'status', value: { server: 'scripted 1', readiness: 'Ready', session: session.id, clientId: session.clientId, uptimeMs: 5n, topics: session.topics.size } });
        break;
      case 'listChannels':
        session.reply(id, { case: 'channels', value: { channels: [{ room: body.value.room, channel: 'a', sequence: 3n, epoch: 9n }, { room: body.value.room, channel: 'b' }] } });
        break;
      case 'channelInfo':
      case 'createChannel':
        session.reply(id, { case: 'channel', value: { room: body.value.room, channel: body.value.channel, subscribers: 2, historyEvents: 4n, historyBytes: 400n, firstSequence: 1n } });
        break;
      case 'deleteChannel': session.reply(id, { case: 'done', value: {} }); break;
      case 'refreshToken': session.reply(id, { case: 'tokenRefreshed', value: { expiresAtUs: 2_000_000_000_000_000n } }); break;
      default: throw new Error(`the script knows no ${String(body.case)}`);
    }
  }

  private join(session: ServerSession, id: Uint8Array, join: CommandOf<'join'>): void {
    if (join.group !== '') {
      const { channel, epoch, head } = this.topic(nameOf({ ...join, recipient: '' }));
      session.reply(id, { case: 'joined', value: { positions: [{ channel, epoch, sequence: head }] } });
      return;
    }
    const name = join.room === '' ? `@${session.clientId}` : join.channel === '' ? join.room : `${join.room}:${join.channel}`;
    const topics = join.allChannels ? [...this.topics.values()].filter((topic) => topic.room === join.room) : [this.topic(name)];
    const wasLive = session.topics.has(`${join.room}:${join.channel}`);
    let reason = '';
    const missed: BatchInit[] = [];
    for (const position of join.resume) {
      const topic = topics.find((each) => each.channel === position.channel);
      if (topic === undefined || wasLive) continue;
      if (topic.epoch !== position.epoch) reason = 'EPOCH_CHANGED';
      else if (position.sequence + 1n < this.oldestSequence) reason = 'HISTORY_TRIMMED';
      else missed.push(...this.stored(keyOf(topic), position.sequence + 1n, topic.head, true));
    }
    if (missed.length > 0) session.send(missed);
    const positions = topics.map((topic) => ({ channel: topic.channel, epoch: topic.epoch, sequence: topic.head }));
    session.reply(id, { case: 'joined', value: { positions, recovered: join.resume.length > 0 && reason === '', reason } });
    if (join.allChannels) session.rooms.add(join.room);
    else session.topics.add(`${join.room}:${join.channel}`);
  }

  /** As the protocol says of history_replay: batches in frames of their own, then the reply. */
  private replay(session: ServerSession, id: Uint8Array, window: CommandOf<'historyReplay'>): void {
    const name = nameOf(window);
    const topic = this.topic(name);
    const refusal = window.epoch !== topic.epoch ? 'EPOCH_CHANGED' : window.fromSequence !== 0n && window.fromSequence < this.oldestSequence ? 'HISTORY_TRIMMED' : '';
    if (refusal !== '') {
      session.send([{ envelopes: [{ id: noId, body: { case: 'error', value: { requestId: id, code: refusal } } }] }]);
      return;
    }
    const wanted = this.stored(name, window.fromSequence, window.toSequence === 0n ? topic.head : window.toSequence, true);
    const portion = window.limit === 0 ? wanted : wanted.slice(0, window.limit);
    for (let at = 0; at < portion.length; at += this.historyPageEvents) {
      const batches = portion.slice(at, at + this.historyPageEvents).filter((batch) => this.onReplayed?.(session, batch) !== true);
      if (batches.length > 0) session.send(batches);
    }
    const rest = wanted.at(portion.length);
    session.reply(id, { case: 'history', value: { nextSequence: rest?.stamp?.sequence ?? 0n, complete: rest === undefined, epoch: topic.epoch } });
  }

  private history(session: ServerSession, id: Uint8Array, window: CommandOf<'historyGet'>): void {
    const name = window.recipient !== '' ? `@${window.recipient}` : window.channel === '' ? window.room : `${window.room}:${window.channel}`;
    const topic = this.topic(name);
    const limit = Math.min(window.limit || 100, this.historyPageEvents);
    const wanted = this.stored(name, window.fromSequence, window.toSequence === 0n ? topic.head : window.toSequence, true);
    const page = wanted.slice(0, limit);
    const rest = wanted.at(limit);
    session.reply(id, {
      case: 'history', value: { nextSequence: rest?.stamp?.sequence ?? 0n, complete: rest === undefined, epoch: topic.epoch },
    }, page);
  }
}

/** A leased task of a group. */
export function taskOf(name: string, sequence: bigint, payload: string, task: { group: string; leaseMs?: number; attempt?: number }): BatchInit {
  const [room, channel = ''] = name.split(':');
  const { group, leaseMs = 30_000, attempt = 1 } = task;
  return { room, channel, envelopes: [eventOf(payload)], stamp: { sequence, prev: sequence - 1n, epoch: 5n, sender: 'other', session: 7n, task: { group, leaseMs, attempt } } };
}

/** An event envelope with a text payload. */
export function eventOf(payload: string): EnvelopeInit {
  const id = crypto.getRandomValues(new Uint8Array(16));
  return { id, body: { case: 'event', value: { type: 'text/plain', payload: new TextEncoder().encode(payload) } } };
}

function batchOf(topic: ScriptedTopic, run: readonly StoredEvent[], replayed: boolean): BatchInit {
  const { room, channel, recipient, epoch } = topic;
  const { sequence, prev, sender, session, recipientSession } = run[0];
  return {
    room, channel, recipient, recipientSession, envelopes: run.map((event) => event.envelope),
    stamp: { sequence, prev, epoch, sender, session, timeUs: 1_700_000_000_000_000n + sequence, replayed },
  };
}

function nameOf(batch: Pick<Batch, 'room' | 'channel' | 'recipient'>): string {
  if (batch.recipient !== '') return `@${batch.recipient}`;
  return batch.channel === '' ? batch.room : `${batch.room}:${batch.channel}`;
}

function keyOf(topic: ScriptedTopic): string {
  return nameOf(topic);
}

function tokenOf(request: IncomingMessage): string {
  const header = request.headers.authorization?.replace('Bearer ', '');
  const offered = request.headers['sec-websocket-protocol']?.split(',').map((each) => each.trim()) ?? [];
  return header ?? offered.find((each) => each.startsWith('bearer.'))?.slice('bearer.'.length) ?? '';
}

/** Payload of an event or reply envelope as text. */
export function textOf(envelope: Envelope): string {
  const body = envelope.body;
  if (body.case === 'event') return new TextDecoder().decode(body.value.payload);
  const reply = body.case === 'reply' ? body.value.body : undefined;
  return reply?.case === 'event' ? new TextDecoder().decode(reply.value.payload) : '';
}

/** Position as a resume carries it. */
export function places(positions: readonly Position[]): string[] {
  return positions.map((position) => `${position.channel}@${position.sequence}`);
}
