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

/** Subject of a topic's runs: `t.<tenant>.<class>.r.<room>.<channel>` or `t.<tenant>.<class>.i.<client>`; `retentionClass` names its stream. */
export function natsTopicSubject(retentionClass: string, key: TopicKey): string {
  const base = `t.${natsToken(key.tenant)}.${natsToken(retentionClass)}`;
  return 'inbox' in key ? `${base}.i.${natsToken(key.inbox)}` : `${base}.r.${natsToken(key.room)}.${natsToken(key.channel)}`;
}

/** Name of the stream of one tenant and retention class. */
export function natsStreamName(tenant: string, retentionClass: string): string {
  return `T-${natsToken(tenant)}-${natsToken(retentionClass)}`;
}
