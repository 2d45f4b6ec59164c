import { readKey, readOnlyTime } from './control-reader.js';
import { readPosition, type ChannelPosition } from './frame-reader.js';
import { WireReader } from './wire-reader.js';

export interface Joined {
  kind: 'joined';
  positions: ChannelPosition[];
  recovered: boolean;
  reason: string;
}

/** Answer of `Bus.status`: the server and the caller's session as the server sees them. */
export interface ServerStatus {
  /** Name and version. */
  server: string;
  /** Ready, Degraded or NotReady. */
  readiness: string;
  reasons: string[];
  uptimeMs: number;
  session: bigint;
  clientId: string;
  /** When the session's token ends. */
  tokenExpiresAt: Date;
  /** Topics joined, the inbox left out. */
  topicCount: number;
  /** The server's clock. */
  time: Date;
}

/** A channel of a room, and what its history holds. */
export interface ChannelInfo {
  room: string;
  channel: string;
  epoch: bigint;
  /** Sequence of the last event. */
  sequence: bigint;
  subscriberCount: number;
  historyCount: number;
  historyBytes: number;
  /** First sequence that history holds. */
  firstSequence: bigint;
}

export interface HistoryEnd {
  kind: 'history';
  nextSequence: bigint;
  complete: boolean;
  epoch: bigint;
}

/** The body of an arqon.v1.Reply; one that this version does not know reads as `unknown`. */
export type ReplyBody =
  | { kind: 'event'; start: number; end: number }
  | { kind: 'pong'; timeUs: bigint }
  | Joined
  | { kind: 'status'; status: ServerStatus }
  | { kind: 'channels'; channels: ChannelInfo[] }
  | { kind: 'channel'; channel: ChannelInfo }
  | HistoryEnd
  | { kind: 'tokenRefreshed'; expiresAtUs: bigint }
  | { kind: 'left' | 'done' | 'unknown' };

export interface ServerReply {
  requestKey: string;
  body: ReplyBody;
}

/** Reads the arqon.v1.Reply in `[start, end)`. */
export function readReply(bytes: Uint8Array, start: number, end: number): ServerReply {
  const reader = new WireReader(bytes, start, end);
  const reply: ServerReply = { requestKey: '', body: { kind: 'unknown' } };
  reader.fields(end, (field) => {
    if (field === 1) reply.requestKey = readKey(reader);
    else reply.body = readBody(reader, field) ?? reply.body;
  });
  return reply;
}

function readBody(reader: WireReader, field: number): ReplyBody | undefined {
  switch (field) {
    case 2: {
      const end = reader.span();
      const start = reader.at;
      reader.at = end;
      return { kind: 'event', start, end };
    }
    case 3: return { kind: 'pong', timeUs: readOnlyTime(reader) };
    case 4: return readJoined(reader);
    case 5: return { kind: 'left' };
    case 6: return { kind: 'status', status: readStatus(reader) };
    case 7: return { kind: 'channels', channels: readChannels(reader) };
    case 8: return { kind: 'channel', channel: readChannel(reader) };
    case 9: return readHistory(reader);
    case 11: return { kind: 'tokenRefreshed', expiresAtUs: readOnlyTime(reader) };
    case 12: return { kind: 'done' };
    default: return undefined;
  }
}

function readJoined(reader: WireReader): Joined {
  const joined: Joined = { kind: 'joined', positions: [], recovered: false, reason: '' };
  reader.fields(reader.span(), (field) => {
    if (field === 1) joined.positions.push(readPosition(reader, reader.span()));
    else if (field === 2) joined.recovered = reader.bool();
    else if (field === 3) joined.reason = reader.text();
  });
  return joined;
}

function readStatus(reader: WireReader): ServerStatus {
  const status: ServerStatus = {
    server: '', readiness: '', reasons: [], uptimeMs: 0, session: 0n, clientId: '', tokenExpiresAt: new Date(0), topicCount: 0, time: new Date(0),
  };
  reader.fields(reader.span(), (field) => {
    if (field === 1) status.server = reader.text();
    else if (field === 2) status.readiness = reader.text();
    else if (field === 3) status.reasons.push(reader.text());
    else if (field === 4) status.uptimeMs = reader.number();
    else if (field === 5) status.session = reader.fixed64();
    else if (field === 6) status.clientId = reader.text();
    else if (field === 7) status.tokenExpiresAt = dateOf(reader.sfixed64());
    else if (field === 8) status.topicCount = reader.number();
    else if (field === 9) status.time = dateOf(reader.sfixed64());
  });
  return status;
}

function readChannels(reader: WireReader): ChannelInfo[] {
  const channels: ChannelInfo[] = [];
  reader.fields(reader.span(), (field) => {
    if (field === 1) channels.push(readChannel(reader));
  });
  return channels;
}

function readChannel(reader: WireReader): ChannelInfo {
  const info: ChannelInfo = {
    room: '', channel: '', epoch: 0n, sequence: 0n, subscriberCount: 0, historyCount: 0, historyBytes: 0, firstSequence: 0n,
  };
  reader.fields(reader.span(), (field) => {
    if (field === 1) info.room = reader.text();
    else if (field === 2) info.channel = reader.text();
    else if (field === 3) info.epoch = reader.fixed64();
    else if (field === 4) info.sequence = reader.uint64();
    else if (field === 5) info.subscriberCount = reader.number();
    else if (field === 6) info.historyCount = reader.number();
    else if (field === 7) info.historyBytes = reader.number();
    else if (field === 8) info.firstSequence = reader.uint64();
  });
  return info;
}

function readHistory(reader: WireReader): HistoryEnd {
  const history: HistoryEnd = { kind: 'history', nextSequence: 0n, complete: false, epoch: 0n };
  reader.fields(reader.span(), (field) => {
    if (field === 1) history.nextSequence = reader.uint64();
    else if (field === 2) history.complete = reader.bool();
    else if (field === 3) history.epoch = reader.fixed64();
  });
  return history;
}

/** A time of the wire, microseconds since 1970-01-01 UTC, as a Date (milliseconds). */
export function dateOf(timeUs: bigint): Date {
  return new Date(Number(timeUs / 1000n));
}
