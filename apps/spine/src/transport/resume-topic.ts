import { canSubscribe, canSubscribeInbox, canSubscribeRoom } from '@arqonbus/auth';
import { isArqonError } from '@arqonbus/errors';
import type { ResumeTopic } from '@arqonbus/proto';
import { isChannelName, isClientId, isRoomName } from '@arqonbus/tenancy';
import { prepareTopics, type Cursor, type Directory, type Recoveries, type Session, type Subscriptions, type Topic } from '../routing/index.js';

export interface ResumeParts {
  readonly directory: Directory;
  readonly subscriptions: Subscriptions;
  readonly recoveries: Recoveries;
  readonly nowMs: () => number;
}

/**
 * After a new link: sessions go on where the Shield's last fan-out of a topic left them. What
 * history no longer holds, or an epoch that changed, they are told by `gap`. Rights are decided anew.
 */
export function resumeTopic(parts: ResumeParts, message: ResumeTopic, sessions: readonly Session[]): void {
  for (const session of sessions) {
    if (session.isClosed || session.tenant.id !== message.tenant) continue;
    try {
      resumeOne(parts, message, session);
    } catch (error) {
      if (!isArqonError(error)) throw error;
      session.refuse({ code: error.code, field: 'subscription', room: message.room, channel: message.channel, recipient: message.recipient });
    }
  }
}

function resumeOne(parts: ResumeParts, message: ResumeTopic, session: Session): void {
  if (message.recipient !== '') resumeInbox(parts, message, session);
  else if (message.allChannels) resumeRoom(parts, message, session);
  else resumeChannel(parts, message, session);
}

function resumeInbox(parts: ResumeParts, message: ResumeTopic, session: Session): void {
  if (!isClientId(message.recipient) || !canSubscribeInbox(session.claims, message.recipient)) return;
  const inbox = parts.directory.openInbox(session.tenant, message.recipient);
  recoverThen(parts, session, { topics: () => [inbox], message }, () => { parts.subscriptions.addTopic(session, inbox); });
}

function resumeChannel(parts: ResumeParts, message: ResumeTopic, session: Session): void {
  const { room, channel } = message;
  if (!isRoomName(room) || !isChannelName(channel)) return;
  if (!canSubscribe(session.claims, room, channel)) {
    session.refuse({ code: 'NOT_PERMITTED', field: 'subscription', room, channel });
    return;
  }
  const topic = parts.directory.openTopic(session.tenant, room, channel);
  recoverThen(parts, session, { topics: () => [topic], message }, () => { parts.subscriptions.addTopic(session, topic); });
}

function resumeRoom(parts: ResumeParts, message: ResumeTopic, session: Session): void {
  if (!isRoomName(message.room)) return;
  if (!canSubscribeRoom(session.claims, message.room)) {
    session.refuse({ code: 'NOT_PERMITTED', field: 'subscription', room: message.room });
    return;
  }
  for (const { channel } of message.positions) {
    if (isChannelName(channel)) parts.directory.openTopic(session.tenant, message.room, channel);
  }
  const room = parts.directory.openRoom(session.tenant, message.room);
  const open = (): Promise<void> | undefined => parts.directory.openChannels(room);
  recoverThen(parts, session, { topics: () => [...room.topics.values()], message, open }, () => { parts.subscriptions.addRoom(session, room); });
}

/** Where the session stands in each topic; one that the Shield did not know came into being since, and all of it was missed. */
function cursorsOf(parts: ResumeParts, session: Session, topics: readonly Topic[], message: ResumeTopic): Cursor[] {
  return topics.filter((topic) => !parts.subscriptions.followsLive(session, topic)).map((topic) => {
    const position = message.positions.find((candidate) => candidate.channel === topic.channel);
    // Epoch 0: the Shield was told of the topic before its log was open.
    if (position === undefined || position.epoch === 0n) return { topic, epoch: topic.history.epoch, sequence: 0 };
    return { topic, epoch: Number(position.epoch), sequence: Number(position.sequence) };
  });
}

interface Resumed {
  readonly topics: () => readonly Topic[];
  readonly message: ResumeTopic;
  /** Until the room's channels are known. */
  readonly open?: () => Promise<void> | undefined;
}

function recoverThen(parts: ResumeParts, session: Session, { topics, message, open }: Resumed, subscribe: () => void): void {
  parts.recoveries.start(session, {
    prepare: () => prepareTopics({ open, topics, positions: message.positions }),
    plan: () => cursorsOf(parts, session, topics(), message),
    cursors: [], prologue: [], startedMs: parts.nowMs(), finish: subscribe,
  });
}
