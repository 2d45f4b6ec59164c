import pino from 'pino';

import { createBoundedDestination, type BoundedDestination } from './bounded-destination.js';
import { redactFields, redactText } from './redact.js';

/** The five levels, rising (N6). DEBUG is off in production; CRITICAL means that the process cannot go on. */
export const logLevels = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'CRITICAL'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Options of createLogger(). */
export interface LoggerOptions {
  /** Name of the app, field `service`. */
  readonly service: string;
  /** Identity of this process among its siblings, field `node_id` (N11). */
  readonly nodeId: string;
  readonly version: string;
  /** Lines below this level are not written. */
  readonly level: LogLevel;
  /** Default: standard output (N7). */
  readonly destination?: NodeJS.WritableStream;
}

/** Structured log: one JSON object per line. Every method returns at once and never throws (N5). */
export interface Logger {
  /** Message texts are constants; what varies belongs in the fields, where redaction by key applies. */
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  critical(fields: object, message: string): void;
  /** A logger whose lines also carry these fields. */
  child(fields: object): Logger;
  /** Lines dropped because the reader is too slow or the stream failed, since the start. */
  readonly droppedCount: number;
}

/** The logger of the process: its level can change while it runs, for all its children too. */
export interface AdjustableLogger extends Logger {
  setLevel(level: LogLevel): void;
}

const pinoLevels = { DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error', CRITICAL: 'fatal' } as const satisfies Record<LogLevel, pino.Level>;
const labelOf: Readonly<Record<string, LogLevel>> = { debug: 'DEBUG', info: 'INFO', warn: 'WARN', error: 'ERROR', fatal: 'CRITICAL' };
/** Names that the logger sets; a caller's field of that name moves aside so that it cannot forge one. */
const ownFields = new Set(['level', 'time', 'service', 'node_id', 'version', 'message']);

function safeFields(fields: object): Record<string, unknown> {
  const entries = Object.entries(redactFields(fields));
  return Object.fromEntries(entries.map(([key, value]) => [ownFields.has(key) ? `field_${key}` : key, value]));
}

function wrap(instance: pino.Logger, destination: BoundedDestination, bound: Readonly<Record<string, unknown>>): Logger {
  const write = (level: LogLevel, fields: object, message: string): void => {
    const method = pinoLevels[level];
    if (!instance.isLevelEnabled(method)) return;
    instance[method]({ ...bound, ...safeFields(fields) }, redactText(message));
  };
  return {
    debug: (fields, message) => write('DEBUG', fields, message),
    info: (fields, message) => write('INFO', fields, message),
    warn: (fields, message) => write('WARN', fields, message),
    error: (fields, message) => write('ERROR', fields, message),
    critical: (fields, message) => write('CRITICAL', fields, message),
    child: (fields) => wrap(instance, destination, { ...bound, ...safeFields(fields) }),
    get droppedCount() {
      return destination.droppedCount;
    },
  };
}

/**
 * Creates the process's logger: JSON lines with `level`, `time` (RFC 3339, UTC), `service`, `node_id`,
 * `version`, the given fields and `message`. Secrets are replaced at every level (M7).
 */
export function createLogger(options: LoggerOptions): AdjustableLogger {
  const destination = createBoundedDestination(options.destination ?? process.stdout);
  const instance = pino(
    {
      level: pinoLevels[options.level],
      base: { service: options.service, node_id: options.nodeId, version: options.version },
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      // Fields are plain and redacted by now; pino's own reading of `err` would lose the error's type.
      serializers: { err: (value: unknown) => value },
      formatters: { level: (label) => ({ level: labelOf[label] ?? label }) },
    },
    destination,
  );
  const logger = wrap(instance, destination, {});
  return {
    debug: logger.debug, info: logger.info, warn: logger.warn, error: logger.error, critical: logger.critical, child: logger.child,
    setLevel: (level) => { instance.level = pinoLevels[level]; },
    get droppedCount() {
      return destination.droppedCount;
    },
  };
}
