import { ArqonError } from '@arqonbus/errors';
import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { settingsOf, type BusOptions } from './bus-options.js';
import { withDeadline, type WaitOptions } from './deadline.js';
import { History, type HistoryOptions } from './history.js';
import { TokenSource, type GetToken } from './link/token-source.js';
import type { ConnectionState } from './link/session-link.js';
import { errorType, type Message, type Respond } from './message.js';
import { encodeEvent, type EventInit, type PublishOptions } from './publish-options.js';
import type { RunKind } from './publish/run.js';
import type { PublishResult } from './publish/ticket.js';
import { answeredError } from './server-error.js';
import { SessionCore, type BusEvents, type Platform } from './session-core.js';
import type { GroupMember, GroupOptions, TaskHandler } from './group/group-member.js';
import { joinGroup } from './group/joining-group.js';
import { replayMessages, replayWindow, type ReplayOptions, type ReplayWindow } from './replay/replay.js';
import { inboxTarget, subscribe, targetOf, type JoinOptions } from './subscribe/joining.js';
import { pageReader } from './subscribe/page-reader.js';
import type { Subscription } from './subscribe/subscription.js';
import { checkedRoom, resolveTopic, topicOf, type JoinAddress, type Topic, type TopicAddress } from './topic.js';
import type { ClientCommand } from './wire/command-writer.js';
import type { SessionLimits } from './wire/control-reader.js';
import type { ChannelPosition } from './wire/frame-reader.js';
import { idKey } from './wire/envelope-reader.js';
import { dateOf, type ChannelInfo, type ReplyBody, type ServerStatus } from './wire/reply-reader.js';

/** Answer of `Bus.ping`. */
export interface Pong {
  /** There and back, in milliseconds. */
  readonly roundTripMs: number;
  readonly serverTime: Date;
}

const expectsReply = { 'arqon-expects': 'reply' } as const;
const done: ReplyBody = { kind: 'done' };
const isDone = (body: ReplyBody): true | undefined => (body.kind === 'done' ? true : undefined);
const maxKnownTopics = 4_096;
const noPositions: readonly ChannelPosition[] = [];

interface KnownTopic {
  readonly topic: Topic;
  readonly acknowledged: RunKind;
  readonly unacknowledged: RunKind;
}

/** One client of the bus: a session that reconnects and resumes by itself. Made by `connect`. */
export class Bus {
  private readonly core: SessionCore;
  private readonly known = new Map<string, KnownTopic>();
  private inboxFeed: Promise<unknown> | undefined;

  /** @internal Made by `connect`. */
  constructor(options: BusOptions, platform: Platform) {
    this.core = new SessionCore(settingsOf(options), platform, new TokenSource(tokenOf(options)), this.respond);
  }

  get state(): ConnectionState {
    return this.core.link.state;
  }

  /** Client id, from the token. */
  get clientId(): string {
    return this.core.clientId;
  }

  /** Number of the current session; another after a reconnect. */
  get session(): bigint {
    return this.core.session;
  }

  /** Limits in force, from the server's welcome. */
  get limits(): SessionLimits | undefined {
    return this.core.limits;
  }

  get name(): string {
    return this.core.settings.name;
  }

  /** Adds a listener; the returned function takes it off. */
  on<Name extends keyof BusEvents>(name: Name, listener: (event: BusEvents[Name]) => void): () => void {
    return this.core.events.on(name, listener);
  }

  /** Follows a topic, or every channel of a room with `{ room, allChannels: true }`. Rejects with ArqonError NOT_PERMITTED, ROOM_NOT_FOUND, TOO_MANY_TOPICS, LIMIT. */
  join<Schema extends DescMessage>(address: JoinAddress, options: JoinOptions & { readonly schema: Schema }): Promise<Subscription<MessageShape<Schema>>>;
  join(address: JoinAddress, options?: JoinOptions): Promise<Subscription>;
  async join<T>(address: JoinAddress, options: JoinOptions = {}): Promise<Subscription<T>> {
    this.core.requireOpen();
    return subscribe<T>(this.core, this.respond, targetOf(address), options);
  }

  /** Follows the client's own inbox: what others sent to `@client`. */
  inbox<Schema extends DescMessage>(options: JoinOptions & { readonly schema: Schema }): Promise<Subscription<MessageShape<Schema>>>;
  inbox(options?: JoinOptions): Promise<Subscription>;
  async inbox<T>(options: JoinOptions = {}): Promise<Subscription<T>> {
    this.core.requireOpen();
    return subscribe<T>(this.core, this.respond, inboxTarget(this.clientId), options);
  }

  /**
   * Publishes one event. Publishes of one turn to one topic travel as one run, and each promise gets its own sequence. Rejects with
   * the server's ArqonError; with PRODUCER_UNKNOWN, STORE_UNAVAILABLE and TIMEOUT the event may have been taken all the same.
   */
  publish<Schema extends DescMessage>(address: TopicAddress, event: EventInit<Schema>, options: PublishOptions & { readonly ack: false }): Promise<undefined>;
  publish<Schema extends DescMessage>(address: TopicAddress, event: EventInit<Schema>, options?: PublishOptions & { readonly ack?: true }): Promise<PublishResult>;
  publish(address: TopicAddress, event: EventInit, options: PublishOptions = {}): Promise<PublishResult | undefined> {
    return this.publishTo(address, event, options);
  }

  /** Publishes events in their order, as few runs as the limits allow. Rejects with the first refusal; the others may have been taken. */
  async publishMany<Schema extends DescMessage>(
    address: TopicAddress, events: readonly EventInit<Schema>[], options: PublishOptions & { readonly ack?: true } = {},
  ): Promise<PublishResult[]> {
    return Promise.all(events.map((event) => this.publish(address, event, options)));
  }

  /** Sends an event to a client's inbox. `client` may begin with `@`. */
  send<Schema extends DescMessage>(client: string, event: EventInit<Schema>, options: PublishOptions & { readonly ack?: true } = {}): Promise<PublishResult> {
    return this.publish(client.startsWith('@') ? client : `@${client}`, event, options);
  }

  /** Publishes an event and resolves with the first answer to it. Rejects with NO_RESPONDERS at once when nobody follows the topic, and with TIMEOUT. */
  async request<Schema extends DescMessage>(address: TopicAddress, event: EventInit<Schema>, options: WaitOptions = {}): Promise<Message> {
    const core = this.core;
    core.requireOpen();
    const { topic } = this.knownTopic(address);
    await this.followInbox();
    const id = core.ids.next();
    const encoded = { ...encodeEvent(event, expectsReply), id };
    const wait = { signal: options.signal, timeoutMs: options.timeoutMs ?? core.settings.commandTimeoutMs };
    return withDeadline<Message>(wait, (resolve, reject) => {
      const forget = core.requests.expect(idKey(id, 0), resolve, reject);
      const kind = kindOf(topic, { ack: true, alone: true });
      const ticket = core.publisher.publish({ topic, event: encoded, kind }, () => undefined, (error) => {
        forget();
        reject(error);
      });
      return () => {
        forget();
        ticket.reject(new ArqonError('TIMEOUT'));
      };
    });
  }

  /** History of a topic, oldest first; reads nothing before it is iterated. Raises INVALID_NAME. */
  history<Schema extends DescMessage>(address: TopicAddress, options: HistoryOptions & { readonly schema: Schema }): History<MessageShape<Schema>>;
  history(address: TopicAddress, options?: HistoryOptions): History;
  history(address: TopicAddress, options: HistoryOptions & { readonly schema?: DescMessage } = {}): History {
    const topic = resolveTopic(address);
    const wait = { signal: options.signal, timeoutMs: this.core.settings.commandTimeoutMs };
    return new History(topic, options, pageReader(this.core, wait), { topic: topic.text, schema: options.schema, respond: this.respond });
  }

  /**
   * Replays a part of a topic's history strictly, oldest first and own messages included: all of the window or an error, the same every
   * time but for erased events. Asks for nothing before it is iterated. Raises INVALID_NAME, WINDOW_UNBOUNDED, INVALID_ARGUMENT; iterating
   * raises HISTORY_TRIMMED where the window has a hole, EPOCH_CHANGED, NOT_PERMITTED.
   */
  replay<Schema extends DescMessage>(
    address: TopicAddress, window: ReplayWindow, options: ReplayOptions & { readonly schema: Schema },
  ): AsyncGenerator<Message<MessageShape<Schema>>, void, undefined>;
  replay(address: TopicAddress, window: ReplayWindow, options?: ReplayOptions): AsyncGenerator<Message, void, undefined>;
  replay(address: TopicAddress, window: ReplayWindow, options: ReplayOptions & { readonly schema?: DescMessage } = {}): AsyncGenerator<Message, void, undefined> {
    const topic = resolveTopic(address);
    const checked = replayWindow(this.core, topic, window, options);
    return replayMessages(this.core, checked, options, { topic: topic.text, schema: options.schema, respond: this.respond });
  }

  /**
   * Becomes a member of a group of a topic: each event goes to one member as a leased task. `handler` works on them, acknowledging when it
   * resolves and giving back when it throws; without one, iterate over the member and answer each task. Rejects as `join` does.
   */
  joinGroup<Schema extends DescMessage>(
    address: TopicAddress, group: string, handler: TaskHandler<MessageShape<Schema>> | undefined, options: GroupOptions & { readonly schema: Schema },
  ): Promise<GroupMember<MessageShape<Schema>>>;
  joinGroup(address: TopicAddress, group: string, handler?: TaskHandler, options?: GroupOptions): Promise<GroupMember>;
  async joinGroup<T>(address: TopicAddress, group: string, handler?: TaskHandler<T>, options: GroupOptions = {}): Promise<GroupMember<T>> {
    this.core.requireOpen();
    return joinGroup(this.core, this.respond, roomTopic(address), group, handler, options);
  }

  /**
   * Calls an operation of a service, `<service>.<operation>`, and resolves with its answer. Needs the role admin; `args` is what the operation
   * takes. Rejects with the service's own ArqonError, NOT_PERMITTED, NO_RESPONDERS where no such service is there, ENVELOPE_TOO_LARGE,
   * AUDIT_UNAVAILABLE, TIMEOUT. With TIMEOUT, STORE_UNAVAILABLE and ClosedError it may have been carried out; after a reconnect, even twice.
   */
  async call(name: string, args: Uint8Array = new Uint8Array(), options: WaitOptions = {}): Promise<Message> {
    const { core } = this;
    core.requireOpen();
    await this.followInbox();
    const id = core.ids.next();
    const key = idKey(id, 0);
    const wait = { signal: options.signal, timeoutMs: options.timeoutMs ?? core.settings.commandTimeoutMs };
    return withDeadline<Message>(wait, (resolve, reject) => {
      const forget = core.requests.expect(key, (message) => {
        // The answer may come before the command's: that is not sent again then.
        core.commands.answered(key, done, []);
        if (message.type === errorType) reject(answeredError(message.payload));
        else resolve(message);
      }, reject);
      core.commands.send({ build: () => ({ kind: 'call', name, args }), read: isDone }, wait, id).catch((error: unknown) => {
        forget();
        reject(error);
      });
      return forget;
    });
  }

  /** Destroys the content of one event for good; a tombstone stays in its place (`message.erased`). Needs the role admin. */
  async erase(address: TopicAddress, sequence: bigint, options: WaitOptions = {}): Promise<void> {
    const { room, channel } = roomTopic(address);
    await this.command({ kind: 'erase', room, channel, sequence }, isDone, options);
  }

  status(options: WaitOptions = {}): Promise<ServerStatus> {
    return this.command({ kind: 'status' }, (body) => (body.kind === 'status' ? body.status : undefined), options);
  }

  async ping(options: WaitOptions = {}): Promise<Pong> {
    const startedMs = performance.now();
    const serverTime = await this.command({ kind: 'ping' }, (body) => (body.kind === 'pong' ? dateOf(body.timeUs) : undefined), options);
    return { roundTripMs: performance.now() - startedMs, serverTime };
  }

  /** Channels of a room that the token may join. */
  async listChannels(room: string, options: WaitOptions = {}): Promise<ChannelInfo[]> {
    return this.command({ kind: 'listChannels', room: checkedRoom(room) }, (body) => (body.kind === 'channels' ? body.channels : undefined), options);
  }

  channelInfo(address: TopicAddress, options: WaitOptions = {}): Promise<ChannelInfo> {
    return this.channelCommand('channelInfo', address, (body) => (body.kind === 'channel' ? body.channel : undefined), options);
  }

  /** Creates a channel and its room; needs publish. After a reconnect CHANNEL_EXISTS may mean that the first try succeeded. */
  createChannel(address: TopicAddress, options: WaitOptions = {}): Promise<ChannelInfo> {
    return this.channelCommand('createChannel', address, (body) => (body.kind === 'channel' ? body.channel : undefined), options);
  }

  /** Deletes a channel with its history; needs the role operator. */
  async deleteChannel(address: TopicAddress, options: WaitOptions = {}): Promise<void> {
    await this.channelCommand('deleteChannel', address, isDone, options);
  }

  /** Fetches a token and replaces the session's without reconnecting; resolves with the new end. Happens by itself before a token ends. */
  async refresh(): Promise<Date> {
    this.core.requireOpen();
    return this.core.refresher.refresh();
  }

  /** Takes nothing new, waits until every publish is settled, ends the subscriptions and closes. */
  async drain(options: WaitOptions = {}): Promise<void> {
    if (this.state === 'closed') return;
    this.core.link.drain();
    try {
      await withDeadline<true>(options, (resolve, reject) => {
        this.core.publisher.settledAll().then(() => resolve(true), reject);
        return () => undefined;
      });
    } finally {
      this.core.link.stop();
    }
  }

  /** Closes at once. What is pending rejects with ClosedError; published events that were sent may have been taken. */
  close(): Promise<void> {
    this.core.link.stop();
    return Promise.resolve();
  }

  /** @internal Connects; see `connect`. */
  async open(signal: AbortSignal | undefined): Promise<this> {
    const { core } = this;
    const { connectTimeoutMs } = core.settings;
    const abort = (): void => core.link.stop();
    signal?.throwIfAborted();
    signal?.addEventListener('abort', abort);
    core.events.on('state', ({ state }) => {
      if (state === 'closed') signal?.removeEventListener('abort', abort);
    });
    const timer = setTimeout(() => {
      core.link.stop(new ArqonError('TIMEOUT', { message: `No connection within ${connectTimeoutMs} ms.`, cause: core.link.failure }));
    }, connectTimeoutMs);
    core.link.start();
    try {
      await core.ready;
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    return this;
  }

  private publishTo(address: TopicAddress, event: EventInit, options: PublishOptions): Promise<PublishResult | undefined> {
    const { ack = true, signal, timeoutMs, causal = this.core.settings.causal } = options;
    const begin = (resolve: (result: PublishResult | undefined) => void, reject: (error: unknown) => void): (() => void) => {
      this.core.requireOpen();
      const known = this.knownTopic(address);
      const plain = ack ? known.acknowledged : known.unacknowledged;
      const { room } = known.topic;
      const after = options.after ?? (causal && room !== '' ? this.core.seen.ofRoom(room) : noPositions);
      const kind = after.length === 0 ? plain : kindOf(known.topic, { ack, after });
      const ticket = this.core.publisher.publish({ topic: known.topic, event: encodeEvent(event), kind }, resolve, reject);
      return () => ticket.reject(new ArqonError('TIMEOUT'));
    };
    if (signal === undefined && timeoutMs === undefined) return new Promise(begin);
    return withDeadline({ signal, timeoutMs }, begin);
  }

  private readonly respond: Respond = (message, id, event, options) => {
    const { ack = true, signal, timeoutMs } = options;
    return withDeadline({ signal, timeoutMs }, (resolve: (result: PublishResult) => void, reject) => {
      this.core.requireOpen();
      const topic = topicOf('', '', message.sender);
      const kind = kindOf(topic, { ack, isReply: true, recipientSession: message.session });
      const settle = (result: PublishResult | undefined): void => resolve(result ?? notAcknowledged);
      const ticket = this.core.publisher.publish({ topic, event: encodeEvent(event, {}, id), kind }, settle, reject);
      return () => ticket.reject(new ArqonError('TIMEOUT'));
    });
  };

  /** Answers come to the inbox: its position must be known, so that a lost connection loses none. */
  private followInbox(): Promise<unknown> {
    this.inboxFeed ??= subscribe(this.core, this.respond, inboxTarget(this.clientId), {}, (batch) => this.core.requests.take(batch)).catch((error: unknown) => {
      this.inboxFeed = undefined;
      throw error;
    });
    return this.inboxFeed;
  }

  private knownTopic(address: TopicAddress): KnownTopic {
    const key = typeof address === 'string' ? address : `${address.room}:${address.channel ?? ''}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const topic = resolveTopic(address);
    const created = { topic, acknowledged: kindOf(topic, { ack: true }), unacknowledged: kindOf(topic, { ack: false }) };
    if (this.known.size >= maxKnownTopics) this.known.clear();
    this.known.set(key, created);
    return created;
  }

  private channelCommand<Answer>(
    kind: 'channelInfo' | 'createChannel' | 'deleteChannel', address: TopicAddress, read: (body: ReplyBody) => Answer | undefined, options: WaitOptions,
  ): Promise<Answer> {
    const { room, channel } = roomTopic(address);
    return this.command({ kind, room, channel }, read, options);
  }

  private async command<Answer>(command: ClientCommand, read: (body: ReplyBody) => Answer | undefined, options: WaitOptions): Promise<Answer> {
    this.core.requireOpen();
    const wait = { signal: options.signal, timeoutMs: options.timeoutMs ?? this.core.settings.commandTimeoutMs };
    return this.core.commands.send({ build: () => command, read }, wait);
  }
}

/** Raises INVALID_NAME for an inbox too. */
function roomTopic(address: TopicAddress): Topic {
  const topic = resolveTopic(address);
  if (topic.recipient !== '') throw new ArqonError('INVALID_NAME', { field: 'room' });
  return topic;
}

const notAcknowledged: PublishResult = { sequence: 0n, epoch: 0n, durability: 'UNSPECIFIED', duplicate: false };

function kindOf(
  topic: Topic,
  options: { ack: boolean; alone?: boolean; isReply?: boolean; recipientSession?: bigint; after?: readonly ChannelPosition[] },
): RunKind {
  const { ack, alone = false, isReply = false, recipientSession = 0n, after = noPositions } = options;
  const { room, channel, recipient } = topic;
  return { route: { room, channel, recipient, recipientSession, after }, ack, isReply, alone };
}

function tokenOf(options: BusOptions): GetToken {
  const { getToken, token } = options;
  if (getToken !== undefined) return getToken;
  if (token !== undefined) return () => token;
  throw new ArqonError('INVALID_ARGUMENT', { field: 'getToken', message: 'connect needs getToken or token.' });
}
