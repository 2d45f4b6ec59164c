import { ArqonError } from '@arqonbus/errors';
import { matchesGlob } from './glob.js';

/** Most patterns that one list may hold. */
export const maxPatternCount = 256;

/** Most bytes (ASCII characters) of one pattern. */
export const maxPatternBytes = 300;

/** What a list of patterns grants. Never throws: a name that breaks its grammar is covered by nothing it should not be. */
export interface Grants {
  /** True when publishing to or reading this topic is covered; an empty channel is the room's main channel. */
  coversTopic(room: string, channel: string): boolean;
  /** True when every channel of the room is covered by one pattern, those of the future too. */
  coversRoom(room: string): boolean;
  /** True when the client's inbox is covered. */
  coversInbox(clientId: string): boolean;
  /** True when at least one channel of the room may be covered: what listing a room's channels asks for. */
  coversAnyChannelOf(room: string): boolean;
}

interface TopicPattern {
  readonly room: string;
  /** Undefined means every channel. */
  readonly channel: string | undefined;
  /** The pattern begins with a wildcard, so it matches no `sys.` and no `continuum.` room. */
  readonly startsWild: boolean;
}

const roomPattern = /^[a-z0-9*][a-z0-9._*-]*$/;
const channelPattern = /^(?:[a-z0-9*][a-z0-9._*-]*)?$/;
const inboxPattern = /^@[A-Za-z0-9*][A-Za-z0-9._@*-]*$/;
const everyChannel = /^\*+$/;

/**
 * Compiles the patterns of a token's `rooms.publish` or `rooms.subscribe` (docs/protocol.md, Connection; C8).
 *
 * A pattern is `room` (every channel), `room:channel`, `room:` (the main channel alone) or `@client` (an inbox);
 * `*` stands for any run of characters but `:`, possibly empty. A pattern that begins with `*` never matches rooms
 * that start with `sys.` or `continuum.`, nor inboxes. An empty list grants nothing.
 *
 * Raises ArqonError INVALID_ARGUMENT when there are more than 256 patterns, or one is longer than 300 bytes or breaks the grammar;
 * `index` is the pattern's place in the list.
 */
export function compileGrants(patterns: readonly string[]): Grants {
  if (patterns.length > maxPatternCount) {
    throw new ArqonError('INVALID_ARGUMENT', { field: 'rooms', message: `more than ${maxPatternCount} patterns` });
  }
  const topics: TopicPattern[] = [];
  const inboxes: string[] = [];
  patterns.forEach((pattern, index) => {
    if (pattern.startsWith('@')) inboxes.push(parseInboxPattern(pattern, index));
    else topics.push(parseTopicPattern(pattern, index));
  });
  return new CompiledGrants(topics, inboxes);
}

class CompiledGrants implements Grants {
  constructor(
    private readonly topics: readonly TopicPattern[],
    private readonly inboxes: readonly string[],
  ) {}

  coversTopic(room: string, channel: string): boolean {
    const reserved = isReservedRoom(room);
    for (const pattern of this.topics) {
      if (matchesRoom(pattern, room, reserved) && (pattern.channel === undefined || matchesGlob(pattern.channel, channel))) return true;
    }
    return false;
  }

  coversRoom(room: string): boolean {
    const reserved = isReservedRoom(room);
    for (const pattern of this.topics) {
      if (pattern.channel === undefined && matchesRoom(pattern, room, reserved)) return true;
    }
    return false;
  }

  coversInbox(clientId: string): boolean {
    if (clientId === '') return false;
    for (const pattern of this.inboxes) {
      if (matchesGlob(pattern, clientId)) return true;
    }
    return false;
  }

  coversAnyChannelOf(room: string): boolean {
    const reserved = isReservedRoom(room);
    for (const pattern of this.topics) {
      if (matchesRoom(pattern, room, reserved)) return true;
    }
    return false;
  }
}

function matchesRoom(pattern: TopicPattern, room: string, reserved: boolean): boolean {
  return room !== '' && !(reserved && pattern.startsWild) && matchesGlob(pattern.room, room);
}

/** True for rooms of the system's own: `sys.` and `continuum.` (docs/protocol.md, Connection). */
export function isReservedRoom(room: string): boolean {
  return room.startsWith('sys.') || room.startsWith('continuum.');
}

function parseTopicPattern(pattern: string, index: number): TopicPattern {
  requireLength(pattern, index);
  const colon = pattern.indexOf(':');
  const room = colon < 0 ? pattern : pattern.slice(0, colon);
  const channel = colon < 0 ? undefined : pattern.slice(colon + 1);
  if (!roomPattern.test(room) || (channel !== undefined && !channelPattern.test(channel))) throw badPattern(index);
  return { room, channel: channel === undefined || everyChannel.test(channel) ? undefined : channel, startsWild: room.startsWith('*') };
}

function parseInboxPattern(pattern: string, index: number): string {
  requireLength(pattern, index);
  if (!inboxPattern.test(pattern)) throw badPattern(index);
  return pattern.slice(1);
}

function requireLength(pattern: string, index: number): void {
  if (pattern.length > maxPatternBytes) {
    throw new ArqonError('INVALID_ARGUMENT', { field: 'rooms', index, message: `pattern ${index} is longer than ${maxPatternBytes} bytes` });
  }
}

function badPattern(index: number): ArqonError {
  return new ArqonError('INVALID_ARGUMENT', { field: 'rooms', index, message: `pattern ${index} breaks the grammar` });
}
