import { isArqonError } from '@arqonbus/errors';
import { isRoomName, parseTopicName, type TopicName } from '@arqonbus/tenancy';
import { usageError } from '../cli-error.js';

/** Reads ROOM, ROOM:CHANNEL or @CLIENT. Raises a usage error. */
export function topicArgument(text: string): TopicName {
  try {
    return parseTopicName(text);
  } catch (error) {
    if (!isArqonError(error)) throw error;
    throw usageError(`"${text}" is not a topic`, 'A topic is ROOM, ROOM:CHANNEL or @CLIENT; names are of a-z, 0-9 and ._-, and begin with a letter or digit.');
  }
}

/** Reads ROOM or ROOM:* as a room. Raises a usage error. */
export function roomArgument(text: string): string {
  const room = text.endsWith(':*') ? text.slice(0, -2) : text;
  if (!isRoomName(room)) throw usageError(`"${text}" is not a room`, 'Every channel of a room is ROOM:*, or ROOM with --all-channels.');
  return room;
}
