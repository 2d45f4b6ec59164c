/**
 * Where a topic is in storage: a channel of a room (the main channel is ''), or a client's inbox. Names have passed the name grammar.
 * All keys, subjects and rows of an engine are built from it by this library alone (D13).
 */
export type TopicKey =
  | { readonly tenant: string; readonly room: string; readonly channel: string }
  | { readonly tenant: string; readonly inbox: string };

/** One text per topic, unique over all tenants: for maps and logs, not for engines. */
export function topicKeyText(key: TopicKey): string {
  return 'inbox' in key ? `${key.tenant}/@${key.inbox}` : `${key.tenant}/${key.room}/${key.channel}`;
}

/** Redis keys of one topic. The hash tag is the topic, so that one script may touch all of them on a cluster. */
export interface RedisTopicKeys {
  readonly log: string;
  readonly meta: string;
  readonly producers: string;
  readonly erased: string;
  /** Pub/sub channel on which accepted runs are announced. */
  readonly announcements: string;
}

/** `tenant:acme:topic:{acme/plans/main}:log` and its siblings; names cannot hold `:`, `{`, `}` or `/`. */
export function redisTopicKeys(prefix: string, key: TopicKey): RedisTopicKeys {
  const base = `${prefix}tenant:${key.tenant}:topic:{${topicKeyText(key)}}`;
  return { log: `${base}:log`, meta: `${base}:meta`, producers: `${base}:producers`, erased: `${base}:erased`, announcements: `${base}:runs` };
}

/** Set of the channels of a room, and the pub/sub channel on which new ones are announced. */
export function redisRoomKeys(prefix: string, tenant: string, room: string): { readonly channels: string; readonly announcements: string } {
  const base = `${prefix}tenant:${tenant}:room:{${tenant}/${room}}`;
  return { channels: `${base}:channels`, announcements: `${base}:new` };
}

/**
 * One token of a NATS subject: dots are separators there, so they and the escape itself are written as `=` and two hex digits, and an empty
 * name as `=`. Names cannot hold wildcards or spaces.
 */
export function natsToken(name: string): string {
  if (name === '') return '=';
  return name.replace(/[^A-Za-z0-9_-]/g, (character) => `=${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** Reads back what natsToken wrote. */
export function natsNameOf(token: string): string {
  if (token === '=') return '';
  return token.replace(/=([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** Where a topic is below a tenant: `r.<room>.<channel>` or `i.<client>`. */
function natsTopicTokens(key: TopicKey): string {
  return 'inbox' in key ? `i.${natsToken(key.inbox)}` : `r.${natsToken(key.room)}.${natsToken(key.channel)}`;
}

/**
 * Stem of a topic's subjects: `t.<tenant>.<class>.r.<room>.<channel>` or `t.<tenant>.<class>.i.<client>`; `retentionClass` names its stream. No
 * message is on the stem itself: see natsRunSubject and its siblings.
 */
export function natsTopicSubject(retentionClass: string, key: TopicKey): string {
  return `t.${natsToken(key.tenant)}.${natsToken(retentionClass)}.${natsTopicTokens(key)}`;
}

/** All messages of one topic, or of one stream, whose stem is given. */
export function natsSubjectsBelow(stem: string): string {
  return `${stem}.>`;
}

/** Stem of all topics of one stream. */
export function natsStreamSubject(tenant: string, retentionClass: string): string {
  return `t.${natsToken(tenant)}.${natsToken(retentionClass)}`;
}

/** Subject of a topic's runs. */
export function natsRunSubject(stem: string): string {
  return `${stem}.d`;
}

/** Subject on which a topic tells of a new epoch. */
export function natsEpochSubject(stem: string): string {
  return `${stem}.e`;
}

/** Subject on which a topic tells that its oldest runs were dropped. */
export function natsFloorSubject(stem: string): string {
  return `${stem}.f`;
}

/** Subject of the tombstone of the run in message `streamSequence`. */
export function natsTombstoneSubject(stem: string, streamSequence: number): string {
  return `${stem}.x.${String(streamSequence)}`;
}

/** A topic's message by its subject: the stem, what it is, and for a tombstone the message that it stands for (else 0). */
export interface NatsTopicMessage {
  readonly stem: string;
  readonly kind: 'run' | 'epoch' | 'floor' | 'tombstone';
  readonly erased: number;
}

const natsKinds: Readonly<Partial<Record<string, NatsTopicMessage['kind']>>> = { d: 'run', e: 'epoch', f: 'floor' };

/** Undefined for a subject that natsRunSubject and its siblings do not write. */
export function parseNatsSubject(subject: string): NatsTopicMessage | undefined {
  const at = subject.lastIndexOf('.');
  const last = subject.slice(at + 1);
  const kind = natsKinds[last];
  if (kind !== undefined) return { stem: subject.slice(0, at), kind, erased: 0 };
  const erased = Number(last);
  if (!Number.isSafeInteger(erased) || erased < 1 || subject.slice(at - 2, at) !== '.x') return undefined;
  return { stem: subject.slice(0, at - 2), kind: 'tombstone', erased };
}

/** Name of the stream of one tenant and retention class. */
export function natsStreamName(tenant: string, retentionClass: string): string {
  return `T-${natsToken(tenant)}-${natsToken(retentionClass)}`;
}

/** Name of the stream that keeps one record per topic of a tenant: its class, epoch and oldest run. */
export function natsRecordStreamName(tenant: string): string {
  return `M-${natsToken(tenant)}`;
}

/** Subject of the record of one topic; records of a tenant begin with `m.<tenant>`. */
export function natsRecordSubject(key: TopicKey): string {
  return `m.${natsToken(key.tenant)}.${natsTopicTokens(key)}`;
}

/** Subjects of the records of all topics of a tenant, or of the channels of one room. */
export function natsRecordSubjects(tenant: string, room?: string): string {
  return room === undefined ? `m.${natsToken(tenant)}.>` : `m.${natsToken(tenant)}.r.${natsToken(room)}.*`;
}

/** Channel of the record of a room's topic. */
export function natsChannelOfRecord(subject: string): string {
  return natsNameOf(subject.slice(subject.lastIndexOf('.') + 1));
}

/** Text that names a group of a topic within its stream; names of consumers are bounded, so that adapters write its digest. */
export function natsGroupText(key: TopicKey, group: string): string {
  return `${topicKeyText(key)}/${group}`;
}
