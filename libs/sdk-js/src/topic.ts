import { ArqonError } from '@arqonbus/errors';
import { formatTopicName, isChannelName, isRoomName, parseTopicName } from '@arqonbus/tenancy';

/** A topic or an inbox: text in the notation `room`, `room:channel` or `@client`, or its parts. */
export type TopicAddress = string | { readonly room: string; readonly channel?: string };

/** What can be joined: a topic, every channel of a room, or the caller's inbox (see `Bus.inbox`). */
export type JoinAddress = TopicAddress | { readonly room: string; readonly allChannels: true };

/** A resolved address. For an inbox `recipient` is set, and room and channel are empty. */
export interface Topic {
  readonly room: string;
  readonly channel: string;
  readonly recipient: string;
  /** Canonical text, and the key of maps. */
  readonly text: string;
}

/** Reads an address; raises ArqonError INVALID_NAME. */
export function resolveTopic(address: TopicAddress): Topic {
  if (typeof address !== 'string') return topicOf(checkedRoom(address.room), checkedChannel(address.channel ?? ''), '');
  const name = parseTopicName(address);
  return name.kind === 'inbox' ? topicOf('', '', name.clientId) : topicOf(name.room, name.channel, '');
}

/** The topic that a batch's routing fields name. Checks nothing. */
export function topicOf(room: string, channel: string, recipient: string): Topic {
  return { room, channel, recipient, text: topicText(room, channel, recipient) };
}

/** Canonical text of routing fields. */
export function topicText(room: string, channel: string, recipient: string): string {
  return recipient === '' ? formatTopicName({ kind: 'topic', room, channel }) : formatTopicName({ kind: 'inbox', clientId: recipient });
}

/** Raises ArqonError INVALID_NAME unless `room` is a room's name. */
export function checkedRoom(room: string): string {
  if (!isRoomName(room)) throw new ArqonError('INVALID_NAME', { field: 'room' });
  return room;
}

function checkedChannel(channel: string): string {
  if (!isChannelName(channel)) throw new ArqonError('INVALID_NAME', { field: 'channel' });
  return channel;
}
