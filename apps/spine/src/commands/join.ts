import { canSubscribe, canSubscribeRoom } from '@arqonbus/auth';
import { ArqonError, hardCaps, isArqonError } from '@arqonbus/errors';
import { isRoomName } from '@arqonbus/tenancy';
import { prepareTopics, whenReady, type Cursor, type Topic } from '../routing/index.js';
import type { CommandCall, CommandContext, CommandHandler, CommandValue } from './command.js';
import { joinGroup } from './join-group.js';
import { requireRoomAndChannel, requireSafeNumber } from './names.js';

type Resume = CommandValue<'join'>['resume'];

/** Reasons of `joined` when not everything missed could be sent. */
type UnrecoveredReason = 'EPOCH_CHANGED' | 'HISTORY_TRIMMED';

/** join: a channel, a whole room, (empty room) the client's own inbox, or a group of a channel. */
export const join: CommandHandler<'join'> = (context, call, value) => {
  if (value.group !== '') return joinGroup(context, call, value);
  if (value.room === '') joinInbox(context, call, value);
  else if (value.allChannels) joinRoom(context, call, value);
  else joinChannel(context, call, value);
  return undefined;
};

function joinInbox(context: CommandContext, call: CommandCall, value: CommandValue<'join'>): void {
  if (value.channel !== '' || value.allChannels) throw new ArqonError('INVALID_ARGUMENT', { field: 'room' });
  const { session } = call;
  const inbox = context.directory.openInbox(session.tenant, session.clientId);
  startJoin(context, call, {
    topics: () => [inbox], resume: value.resume, isPermitted: () => true,
    subscribe: () => { context.subscriptions.addTopic(session, context.directory.openInbox(session.tenant, session.clientId)); },
  });
}

function joinChannel(context: CommandContext, call: CommandCall, value: CommandValue<'join'>): void {
  requireRoomAndChannel(value.room, value.channel);
  const { session } = call;
  if (!canSubscribe(session.claims, value.room, value.channel)) throw new ArqonError('NOT_PERMITTED', { field: 'room' });
  const known = context.directory.findTopic(session.tenant, value.room, value.channel);
  if (known === undefined || session.topics?.has(known) !== true) requireFreeSlot(context, call);
  const resolve = (): Topic => context.directory.resolveTopic(session.tenant, value.room, value.channel);
  const topics = [resolve()];
  startJoin(context, call, {
    topics: () => topics, resume: value.resume, isPermitted: () => canSubscribe(session.claims, value.room, value.channel),
    // Resolved again: the topic may have been deleted while its history was sent.
    subscribe: () => { context.subscriptions.addTopic(session, resolve()); },
  });
}

function joinRoom(context: CommandContext, call: CommandCall, value: CommandValue<'join'>): void {
  const { session } = call;
  if (!isRoomName(value.room)) throw new ArqonError('INVALID_NAME', { field: 'room' });
  if (value.channel !== '') throw new ArqonError('INVALID_ARGUMENT', { field: 'channel' });
  if (!canSubscribeRoom(session.claims, value.room)) throw new ArqonError('NOT_PERMITTED', { field: 'room' });
  const known = session.tenant.rooms.get(value.room);
  if (known === undefined || session.rooms?.has(known) !== true) requireFreeSlot(context, call);
  if (known === undefined) context.directory.resolveTopic(session.tenant, value.room, '');
  const room = context.directory.openRoom(session.tenant, value.room);
  if (room.topics.size > hardCaps.channelsPerRoomJoin) throw new ArqonError('LIMIT', { field: 'all_channels' });
  startJoin(context, call, {
    // A channel may come into being while history is sent: it is sent too.
    topics: () => [...room.topics.values()], open: () => context.directory.openChannels(room), resume: value.resume, isPermitted: () => canSubscribeRoom(session.claims, value.room),
    subscribe: () => { context.subscriptions.addRoom(session, context.directory.openRoom(session.tenant, value.room)); },
  });
}

/** A join whose history may still have to be sent. */
interface PendingJoin {
  readonly topics: () => readonly Topic[];
  /** Until the channels of a room are known. */
  readonly open?: () => Promise<void> | undefined;
  readonly resume: Resume;
  /** Whether the token in force still covers it. */
  readonly isPermitted: () => boolean;
  readonly subscribe: () => void;
}

function requireFreeSlot(context: CommandContext, call: CommandCall): void {
  if (context.subscriptions.countOf(call.session) >= context.limits.maxTopicsPerSession) throw new ArqonError('TOO_MANY_TOPICS', { field: 'room' });
}

/**
 * Sends what was missed, then the reply, then live: the subscription is made in the turn in which
 * the last missed events go out. A session that already follows a topic live misses nothing of it.
 */
function startJoin(context: CommandContext, call: CommandCall, join: PendingJoin): void {
  const { session } = call;
  const { resume } = join;
  let topics: readonly Topic[] = [];
  let planned: ResumePlan = { cursors: [], reason: undefined };
  context.recoveries.start(session, {
    cursors: [], prologue: [], startedMs: context.nowMs(),
    prepare: () => prepareTopics({ open: join.open, topics: join.topics, positions: resume }),
    plan: () => {
      topics = join.topics();
      if (topics.length > hardCaps.channelsPerRoomJoin) throw new ArqonError('LIMIT', { field: 'all_channels' });
      planned = planResume(context, call, topics, resume);
      return planned.cursors;
    },
    fail: (error) => {
      const { code, field = '', retryAfterMs = 0 } = isArqonError(error) ? error : new ArqonError('STORE_UNAVAILABLE', { cause: error, retryAfterMs: 500 });
      session.refuse({ code, field, retryAfterMs, requestId: call.requestId });
    },
    finish: () => {
      const known = new Set(topics);
      const fresh = join.topics().filter((topic) => !known.has(topic));
      if (fresh.length > 0) joinFresh(context, call, { ...join, topics: () => topics }, { fresh, planned });
      else completeJoin(context, call, { ...join, topics: () => topics }, planned);
    },
  });
}

/** Channels that came into being while history was sent are read from their beginning before the join is answered. */
function joinFresh(
  context: CommandContext, call: CommandCall, join: PendingJoin, { fresh, planned }: { readonly fresh: readonly Topic[]; readonly planned: ResumePlan },
): void {
  const topics = [...join.topics(), ...fresh];
  let cursors: Cursor[] = [];
  context.recoveries.start(call.session, {
    cursors: [], prologue: [], startedMs: context.nowMs(),
    prepare: () => whenReady(fresh),
    plan: () => (cursors = fresh.map((topic) => ({ topic, epoch: topic.history.epoch, sequence: 0 }))),
    finish: () => { completeJoin(context, call, { ...join, topics: () => topics }, { cursors: [...planned.cursors, ...cursors], reason: planned.reason }); },
  });
}

function completeJoin(context: CommandContext, call: CommandCall, join: PendingJoin, { cursors, reason: planned }: ResumePlan): void {
  const { session } = call;
  // A token that was refreshed meanwhile may no longer cover it.
  if (!join.isPermitted()) {
    session.refuse({ code: 'NOT_PERMITTED', field: 'room', requestId: call.requestId });
    return;
  }
  const reason = planned ?? (cursors.some((cursor) => cursor.isLost === true) ? 'HISTORY_TRIMMED' : undefined);
  const positions = join.topics().filter((topic) => !topic.isClosed).map((topic) => {
    context.fanOut.flushTopic(topic);
    return { channel: topic.channel, epoch: BigInt(topic.history.epoch), sequence: BigInt(topic.history.lastSequence) };
  });
  // A client that has its answer is subscribed: when the link breaks, its Shield must know of both or of neither.
  session.port.together(() => {
    call.reply({ case: 'joined', value: { positions, recovered: join.resume.length > 0 && reason === undefined, reason: reason ?? '' } });
    session.flush();
    join.subscribe();
  });
}

interface ResumePlan {
  readonly cursors: Cursor[];
  readonly reason: UnrecoveredReason | undefined;
}

function planResume(
  context: CommandContext, call: CommandCall, topics: readonly Topic[], resume: Resume,
): ResumePlan {
  const cursors: Cursor[] = [];
  let reason: UnrecoveredReason | undefined;
  for (const position of resume) {
    const topic = topics.find((candidate) => candidate.channel === position.channel);
    const sequence = requireSafeNumber(position.sequence, 'resume.sequence');
    // The topic expired, and with it whatever came after the position.
    if (topic === undefined) reason = 'EPOCH_CHANGED';
    if (topic === undefined || context.subscriptions.followsLive(call.session, topic)) continue;
    context.fanOut.flushTopic(topic);
    const { epoch, heldAfter, lastSequence } = topic.history;
    if (BigInt(epoch) !== position.epoch || sequence > lastSequence) reason = 'EPOCH_CHANGED';
    // What a store holds is known once it is read.
    else if (sequence < heldAfter && topic.durable?.openLog === undefined) reason ??= 'HISTORY_TRIMMED';
    else cursors.push({ topic, epoch, sequence });
  }
  // A channel that the positions do not name came into being after they were taken: all of it was missed.
  for (const topic of resume.length === 0 ? [] : topics) {
    if (resume.some((position) => position.channel === topic.channel) || context.subscriptions.followsLive(call.session, topic)) continue;
    const { epoch, heldAfter } = topic.history;
    if (topic.durable?.openLog !== undefined) {
      cursors.push({ topic, epoch, sequence: 0 });
      continue;
    }
    if (heldAfter > 0) reason ??= 'HISTORY_TRIMMED';
    cursors.push({ topic, epoch, sequence: heldAfter });
  }
  return { cursors, reason };
}

/** leave: ends one subscription, and what groups of the channel the session is in; one that never was is ended too. */
export const leave: CommandHandler<'leave'> = (context, call, value) => {
  const { session } = call;
  if (!value.allChannels) requireRoomAndChannel(value.room, value.channel);
  else if (!isRoomName(value.room)) throw new ArqonError('INVALID_NAME', { field: 'room' });
  const end = (): void => { endSubscription(context, call, value); };
  end();
  const topic = value.allChannels ? undefined : context.directory.findTopic(session.tenant, value.room, value.channel);
  if (topic !== undefined) context.groups.leave(session, topic);
  // Joins asked for earlier may still send history: they end in their turn, and so does what they begin.
  context.recoveries.start(session, {
    cursors: [], prologue: [], startedMs: context.nowMs(),
    finish: () => {
      end();
      call.reply({ case: 'left', value: {} });
    },
  });
};

function endSubscription(context: CommandContext, call: CommandCall, value: CommandValue<'leave'>): void {
  const { session } = call;
  if (value.allChannels) {
    const room = session.tenant.rooms.get(value.room);
    if (room !== undefined) context.subscriptions.removeRoom(session, room);
    return;
  }
  const topic = context.directory.findTopic(session.tenant, value.room, value.channel);
  if (topic !== undefined) context.subscriptions.removeTopic(session, topic);
}
