import { readPosition, type ChannelPosition } from './frame-reader.js';
import { idKey } from './envelope-reader.js';
import { WireReader } from './wire-reader.js';

/** What a store's acceptance of a run is worth (arqon.v1.Durability). */
export type Durability = 'UNSPECIFIED' | 'MEMORY' | 'STORE' | 'FSYNC' | 'QUORUM';

const durabilities: readonly Durability[] = ['UNSPECIFIED', 'MEMORY', 'STORE', 'FSYNC', 'QUORUM'];

/** Limits in force for the session; 0 means no limit (arqon.v1.Limits). */
export interface SessionLimits {
  readonly maxFrameBytes: number;
  readonly maxEnvelopeBytes: number;
  readonly maxEventsPerRun: number;
  readonly maxUnacknowledgedRuns: number;
  readonly maxEventsPerSecond: number;
  readonly maxBytesPerSecond: number;
  readonly maxTopicsPerSession: number;
  readonly maxBytesInFlight: number;
}

export interface Welcome {
  kind: 'welcome';
  clientId: string;
  session: bigint;
  server: string;
  limits: SessionLimits;
  heartbeatMs: number;
  expiresAtUs: bigint;
  capabilities: string[];
  /** Changes whenever the server may have forgotten producers; 0n where all history is in a store. */
  incarnation: bigint;
}

export interface Published {
  kind: 'published';
  producer: bigint;
  run: bigint;
  sequence: bigint;
  epoch: bigint;
  durability: Durability;
  duplicate: boolean;
}

export interface GapSignal {
  kind: 'gap';
  room: string;
  channel: string;
  after: ChannelPosition;
  resumesAt: ChannelPosition;
  reason: string;
}

export interface Draining {
  kind: 'draining';
  minMs: number;
  maxMs: number;
}

export interface Disconnect {
  kind: 'disconnect';
  code: number;
  reason: string;
}

/** A signal that the SDK acts on; others read as `unknown`. */
export type ServerSignal = Welcome | Published | GapSignal | Draining | Disconnect | { kind: 'tokenExpiring'; expiresAtUs: bigint } | { kind: 'unknown' };

/** Reads the arqon.v1.Signal in `[start, end)`. */
export function readSignal(bytes: Uint8Array, start: number, end: number): ServerSignal {
  const reader = new WireReader(bytes, start, end);
  let signal: ServerSignal = { kind: 'unknown' };
  reader.fields(end, (field) => {
    if (field === 1) signal = readWelcome(reader);
    else if (field === 2) signal = readPublished(reader);
    else if (field === 3) signal = readGap(reader);
    else if (field === 5) signal = { kind: 'tokenExpiring', expiresAtUs: readOnlyTime(reader) };
    else if (field === 6) signal = readDraining(reader);
    else if (field === 7) signal = readDisconnect(reader);
  });
  return signal;
}

function readWelcome(reader: WireReader): Welcome {
  const welcome: Welcome = {
    kind: 'welcome', clientId: '', session: 0n, server: '', limits: readLimits(undefined), heartbeatMs: 0, expiresAtUs: 0n, capabilities: [], incarnation: 0n,
  };
  reader.fields(reader.span(), (field) => {
    if (field === 1) welcome.clientId = reader.text();
    else if (field === 2) welcome.session = reader.fixed64();
    else if (field === 4) welcome.server = reader.text();
    else if (field === 5) welcome.limits = readLimits(reader);
    else if (field === 6) welcome.heartbeatMs = reader.number();
    else if (field === 7) welcome.expiresAtUs = reader.sfixed64();
    else if (field === 8) welcome.capabilities.push(reader.text());
    else if (field === 9) welcome.incarnation = reader.fixed64();
  });
  return welcome;
}

function readLimits(reader: WireReader | undefined): SessionLimits {
  const values = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  reader?.fields(reader.span(), (field) => {
    if (field >= 1 && field <= 8) values[field] = reader.number();
  });
  return {
    maxFrameBytes: values[1], maxEnvelopeBytes: values[2], maxEventsPerRun: values[3], maxUnacknowledgedRuns: values[4],
    maxEventsPerSecond: values[5], maxBytesPerSecond: values[6], maxTopicsPerSession: values[7], maxBytesInFlight: values[8],
  };
}

function readPublished(reader: WireReader): Published {
  const published: Published = { kind: 'published', producer: 0n, run: 0n, sequence: 0n, epoch: 0n, durability: 'UNSPECIFIED', duplicate: false };
  reader.fields(reader.span(), (field) => {
    if (field === 1) published.producer = reader.fixed64();
    else if (field === 2) published.run = reader.uint64();
    else if (field === 3) published.sequence = reader.uint64();
    else if (field === 5) published.epoch = reader.fixed64();
    else if (field === 6) published.durability = durabilities[reader.number()] ?? 'UNSPECIFIED';
    else if (field === 7) published.duplicate = reader.bool();
  });
  return published;
}

function readGap(reader: WireReader): GapSignal {
  const none: ChannelPosition = { channel: '', epoch: 0n, sequence: 0n };
  const gap: GapSignal = { kind: 'gap', room: '', channel: '', after: none, resumesAt: none, reason: '' };
  reader.fields(reader.span(), (field) => {
    if (field === 1) gap.room = reader.text();
    else if (field === 2) gap.channel = reader.text();
    else if (field === 3) gap.after = readPosition(reader, reader.span());
    else if (field === 4) gap.resumesAt = readPosition(reader, reader.span());
    else if (field === 5) gap.reason = reader.text();
  });
  return gap;
}

function readDraining(reader: WireReader): Draining {
  const draining: Draining = { kind: 'draining', minMs: 0, maxMs: 0 };
  reader.fields(reader.span(), (field) => {
    if (field === 1) draining.minMs = reader.number();
    else if (field === 2) draining.maxMs = reader.number();
  });
  return draining;
}

function readDisconnect(reader: WireReader): Disconnect {
  const disconnect: Disconnect = { kind: 'disconnect', code: 0, reason: '' };
  reader.fields(reader.span(), (field) => {
    if (field === 1) disconnect.code = reader.number();
    else if (field === 2) disconnect.reason = reader.text();
  });
  return disconnect;
}

/** Reads a message whose field 1 is an sfixed64. */
export function readOnlyTime(reader: WireReader): bigint {
  let timeUs = 0n;
  reader.fields(reader.span(), (field) => {
    if (field === 1) timeUs = reader.sfixed64();
  });
  return timeUs;
}

/** A refusal as it travels (arqon.v1.Error). `requestKey` is '' when the server could not read the id. */
export interface ServerError {
  requestKey: string;
  code: string;
  message: string;
  field: string;
  retryAfterMs: number;
  index: number;
  run: bigint;
}

/** Reads the arqon.v1.Error in `[start, end)`. */
export function readError(bytes: Uint8Array, start: number, end: number): ServerError {
  const reader = new WireReader(bytes, start, end);
  const error: ServerError = { requestKey: '', code: '', message: '', field: '', retryAfterMs: 0, index: 0, run: 0n };
  reader.fields(end, (field) => {
    if (field === 1) error.requestKey = readKey(reader);
    else if (field === 2) error.code = reader.text();
    else if (field === 3) error.message = reader.text();
    else if (field === 4) error.field = reader.text();
    else if (field === 5) error.retryAfterMs = reader.number();
    else if (field === 6) error.index = reader.number();
    else if (field === 7) error.run = reader.uint64();
  });
  return error;
}

/** Reads a 16-byte id field as a map key; '' for another length. */
export function readKey(reader: WireReader): string {
  const end = reader.span();
  const key = end - reader.at === 16 ? idKey(reader.bytes, reader.at) : '';
  reader.at = end;
  return key;
}
