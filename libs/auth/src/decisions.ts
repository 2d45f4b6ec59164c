import type { Claims } from './claims.js';

/** Prefix of rooms that only the role `service` writes. */
const systemPrefix = 'sys.';
/** Prefix of rooms that the role `service` or the capability `continuum.produce` writes. */
const continuumPrefix = 'continuum.';
const continuumCapability = 'continuum.produce';

/** Room in which services are called, each in a channel of its name. The bus alone publishes there: nothing reaches a service past the command `call`. */
export const callsRoom = 'sys.calls';

/** May the bearer publish to the topic, and thereby create it? Needs a publish pattern, and in reserved rooms the role or capability too. */
export function canPublish(claims: Claims, room: string, channel: string): boolean {
  return room !== callsRoom && canCreateChannel(claims, room, channel);
}

/** May the bearer create the channel? As `canPublish`, and in the room of calls for the role `service`. */
export function canCreateChannel(claims: Claims, room: string, channel: string): boolean {
  return claims.publish.coversTopic(room, channel) && mayWriteRoom(claims, room);
}

/** May the bearer call operations of services? Needs the role `admin`, and no pattern. */
export function canCall(claims: Claims): boolean {
  return claims.roles.has('admin');
}

/** May the bearer send to the client's inbox? Needs publish on `@recipient`; a reply to a delivered event needs no decision. */
export function canPublishInbox(claims: Claims, recipient: string): boolean {
  return claims.publish.coversInbox(recipient);
}

/** May the bearer join the topic, read its history and ask about it? */
export function canSubscribe(claims: Claims, room: string, channel: string): boolean {
  return claims.subscribe.coversTopic(room, channel);
}

/** May the bearer join every channel of the room, present and future? Needs a pattern that covers them all. */
export function canSubscribeRoom(claims: Claims, room: string): boolean {
  return claims.subscribe.coversRoom(room);
}

/** May the bearer list the room's channels? True when at least one could be covered; list only those that `canSubscribe` admits. */
export function canListRoom(claims: Claims, room: string): boolean {
  return claims.subscribe.coversAnyChannelOf(room);
}

/** May the bearer read the inbox? Its own always, any other never: an inbox is a topic that only its client reads, whatever the patterns say. */
export function canSubscribeInbox(claims: Claims, clientId: string): boolean {
  return claims.subject === clientId;
}

/** May the bearer delete the channel? Needs the role `operator` (`admin` implies it) and the right to create it. */
export function canDeleteChannel(claims: Claims, room: string, channel: string): boolean {
  return isOperator(claims) && canCreateChannel(claims, room, channel);
}

/** True for the role `operator` and for `admin`, which implies it. */
export function isOperator(claims: Claims): boolean {
  return claims.roles.has('operator') || claims.roles.has('admin');
}

/** True when a refreshed token stays the same bearer: `iss`, `sub` and `tenant_id` kept. Otherwise the refresh ends the session with 4401. */
export function sameIdentity(a: Claims, b: Claims): boolean {
  return a.issuer === b.issuer && a.subject === b.subject && a.tenantId === b.tenantId;
}

function mayWriteRoom(claims: Claims, room: string): boolean {
  if (room.startsWith(systemPrefix)) return claims.roles.has('service');
  if (room.startsWith(continuumPrefix)) return claims.roles.has('service') || claims.capabilities.includes(continuumCapability);
  return true;
}
