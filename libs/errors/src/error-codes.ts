/** Who may see a code: a client on the wire, or operators in logs and admin answers alone. */
export type ErrorAudience = 'client' | 'operator';

/** One row of the error table. Codes and ids are stable; retired ones are never reused. */
export interface ErrorRow {
  /** Numeric id, unique. 1000 s protocol, 1100 s names and rights, 1200 s limits, 1300 s delivery, 1400 s service, 1500 s CASIL, 1600 s Continuum. */
  readonly id: number;
  /** Text for people; never holds content of a message. */
  readonly message: string;
  /** True when the same request may succeed later without a change by the caller. */
  readonly retryable: boolean;
  /** Close code that follows, or undefined when the connection stays open. */
  readonly closeCode?: number;
  readonly audience: ErrorAudience;
}

function row(id: number, message: string, options: { retryable?: boolean; closeCode?: number; audience?: ErrorAudience } = {}): ErrorRow {
  const { retryable = false, closeCode, audience = 'client' } = options;
  return closeCode === undefined ? { id, message, retryable, audience } : { id, message, retryable, closeCode, audience };
}

/** The one table of error codes (docs/protocol.md lists the same rows; a test compares both). */
export const errorTable = {
  MALFORMED_FRAME: row(1001, 'The frame is not a well-formed arqon.v1.Frame.'),
  UNKNOWN_FIELD: row(1002, 'The frame holds a field that this protocol version does not know.'),
  FORBIDDEN_FIELD: row(1003, 'The frame holds a field that only servers may set.'),
  INVALID_ENVELOPE: row(1004, 'The envelope is not valid.'),
  UNSUPPORTED_BODY: row(1005, 'The envelope body is not supported.'),
  INVALID_UTF8: row(1006, 'A text field is not valid UTF-8.'),
  UNKNOWN_COMMAND: row(1007, 'The command is not known to this server.'),
  UNSUPPORTED_COMMAND: row(1008, 'The command is known but not available on this server.'),
  INVALID_ARGUMENT: row(1009, 'An argument of the command is not valid.'),
  MIXED_BATCH: row(1010, 'A batch holds either events or commands, never both.'),
  TEXT_FRAME: row(1011, 'Only binary messages are accepted.', { closeCode: 4400 }),
  INVALID_NAME: row(1101, 'A room, channel or client name is not valid.'),
  NOT_PERMITTED: row(1102, 'Not found, or not permitted by the token.'),
  ROOM_NOT_FOUND: row(1103, 'Rooms are not created automatically here, and this one does not exist.'),
  CHANNEL_EXISTS: row(1104, 'The channel exists already.'),
  UNAUTHENTICATED: row(1105, 'The token is missing or not valid.', { closeCode: 4401 }),
  TOKEN_MISMATCH: row(1106, 'A refreshed token must keep iss, sub and tenant_id.', { closeCode: 4401 }),
  KEYS_UNREACHABLE: row(1107, 'The keys to check tokens with are not reachable.', { retryable: true, closeCode: 4503 }),
  FRAME_TOO_LARGE: row(1201, 'The frame exceeds the limit.', { closeCode: 4413 }),
  ENVELOPE_TOO_LARGE: row(1202, 'The envelope exceeds the limit.'),
  TOO_MANY_EVENTS: row(1203, 'The run holds more events than the limit.'),
  TOO_MANY_UNACKNOWLEDGED: row(1204, 'Too many runs await their acknowledgement.', { retryable: true }),
  RATE_LIMITED: row(1205, 'The connection sends faster than its limit.', { retryable: true }),
  TOO_MANY_TOPICS: row(1206, 'The session or tenant has reached its number of topics.'),
  LIMIT: row(1207, 'A limit of the request was exceeded.'),
  FLOODING: row(1208, 'The connection sent more than its byte budget within one turn.', { closeCode: 4529 }),
  GROUP_LIMIT: row(1209, 'The topic, the group or the session has reached its number of groups or members.'),
  RUN_OUT_OF_ORDER: row(1301, 'The run number is not the next one of its producer and topic.', { retryable: true }),
  PRODUCER_UNKNOWN: row(1302, 'The producer was forgotten: whether the run was taken earlier is unknown.'),
  FUTURE_DEPENDENCY: row(1303, 'A position in after is above the head of its channel.'),
  EPOCH_CHANGED: row(1304, 'The topic has a new epoch.'),
  HISTORY_TRIMMED: row(1305, 'History no longer holds a part of the window.'),
  NO_RESPONDERS: row(1306, 'Nobody is there to answer the request.', { retryable: true }),
  UNKNOWN_REQUEST: row(1307, 'The reply answers no event that was delivered to this session.'),
  SLOW_CONSUMER: row(1308, 'The session reads too slowly to catch up.', { retryable: true, closeCode: 4008 }),
  UNKNOWN_TASK: row(1309, 'The task is not, or no longer, leased to this session.'),
  WINDOW_UNBOUNDED: row(1310, 'The window needs a lower and an upper bound, and must end at or before the head.'),
  STORE_UNAVAILABLE: row(1401, 'The store is not available.', { retryable: true }),
  DRAINING: row(1402, 'The server is draining; reconnect within its window.', { retryable: true, closeCode: 4503 }),
  INTERNAL: row(1403, 'The server failed; the request was not carried out.', { retryable: true }),
  AUDIT_UNAVAILABLE: row(1404, 'The audit log cannot be written, so the action is refused.', { retryable: true }),
  TIMEOUT: row(1405, 'The request was not answered in time.', { retryable: true }),
  CASIL_POLICY_BLOCKED: row(1501, 'Content policy blocked the message.'),
  CASIL_POLICY_BLOCKED_SECRET: row(1502, 'Content policy blocked the message: probable secret.'),
  CASIL_POLICY_OVERSIZE: row(1503, 'Content policy blocked the message: larger than what is inspected.'),
  CASIL_INTERNAL_ERROR: row(1504, 'Content inspection failed.'),
  CASIL_MONITOR_MODE: row(1505, 'Content policy would have acted, but only monitors.', { audience: 'operator' }),
  CASIL_INTERNAL_ALLOW: row(1506, 'Content inspection failed and the default decision is allow.', { audience: 'operator' }),
  CASIL_INTERNAL_BLOCK: row(1507, 'Content inspection failed and the default decision is block.'),
  EPISODE_MALFORMED: row(1601, 'The payload is not an episode event.'),
  EPISODE_TYPE_UNSUPPORTED: row(1602, 'The topic carries episode events alone.'),
  EPISODE_VERSION_UNSUPPORTED: row(1603, 'The schema version of the episode event is not supported.'),
  EPISODE_INVALID_FIELD: row(1604, 'A field of the episode event is not valid.'),
  EPISODE_TENANT_MISMATCH: row(1605, 'The episode event names another tenant than its publisher has.'),
  EPISODE_TOO_LARGE: row(1606, 'The episode event exceeds its limit: episodes carry references, not content.'),
  EPISODE_NOT_A_REFERENCE: row(1607, 'The episode event carries content where a reference belongs.'),
  EPISODE_SOURCE_TIME_AHEAD: row(1608, 'The source time of the episode event is too far ahead of the time of the bus.'),
  EPISODE_NOT_STORABLE: row(1609, 'The database refuses the episode event.'),
  UNKNOWN_DEAD_LETTER: row(1610, 'There is no such dead letter.'),
  UNKNOWN_BACKFILL: row(1611, 'There is no such backfill.'),
  PROJECTION_UNAVAILABLE: row(1612, 'The projection is not available now.', { retryable: true }),
} as const satisfies Record<string, ErrorRow>;

/** Stable code of an error, as it travels in `arqon.v1.Error.code`. Consumers need a default branch: minor versions add codes. */
export type ErrorCode = keyof typeof errorTable;
