import { ArqonError } from '@arqonbus/errors';
import { isChannelName, isClientId, isRoomName } from './names.js';

/** What a `room:channel` or `@client` text names. An empty channel is the room's main channel. */
export type TopicName =
  | { readonly kind: 'topic'; readonly room: string; readonly channel: string }
  | { readonly kind: 'inbox'; readonly clientId: string };

/**
 * Reads the notation of SDKs and the CLI: `room`, `room:` and `room:channel` name a topic, `@client` an inbox.
 * The wire never carries it. Raises ArqonError INVALID_NAME with the field `room`, `channel` or `recipient`.
 */
export function parseTopicName(text: string): TopicName {
  if (text.startsWith('@')) {
    const clientId = text.slice(1);
    if (!isClientId(clientId)) throw new ArqonError('INVALID_NAME', { field: 'recipient' });
    return { kind: 'inbox', clientId };
  }
  const colon = text.indexOf(':');
  const room = colon < 0 ? text : text.slice(0, colon);
  const channel = colon < 0 ? '' : text.slice(colon + 1);
  if (!isRoomName(room)) throw new ArqonError('INVALID_NAME', { field: 'room' });
  if (!isChannelName(channel)) throw new ArqonError('INVALID_NAME', { field: 'channel' });
  return { kind: 'topic', room, channel };
}

/** The canonical text of a name: `room` for the main channel, else `room:channel`; `@client` for an inbox. Checks nothing. */
export function formatTopicName(name: TopicName): string {
  if (name.kind === 'inbox') return `@${name.clientId}`;
  return name.channel === '' ? name.room : `${name.room}:${name.channel}`;
}
