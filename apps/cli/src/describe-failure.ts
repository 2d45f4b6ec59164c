import { isArqonError, isClosedError, type ErrorCode } from '@arqonbus/sdk';
import { CliError } from './cli-error.js';
import type { ExitName } from './exit-codes.js';

/** A failure as it is shown. */
export interface Failure {
  readonly exit: ExitName;
  readonly code: string;
  readonly message: string;
  readonly next: string | undefined;
}

const exitsByCode: Partial<Record<ErrorCode, ExitName>> = {
  UNAUTHENTICATED: 'unauthenticated',
  TOKEN_MISMATCH: 'unauthenticated',
  NOT_PERMITTED: 'notPermitted',
  TIMEOUT: 'timedOut',
  INVALID_NAME: 'usage',
  UNKNOWN_DEAD_LETTER: 'notPermitted',
  UNKNOWN_BACKFILL: 'notPermitted',
};

const nextByCode: Partial<Record<ErrorCode, string>> = {
  UNAUTHENTICATED: 'Fetch a new token; for a local bus, `arqon token` makes one.',
  NOT_PERMITTED: 'Look at the patterns of the token (`rooms.publish`, `rooms.subscribe`); `arqon token --help` shows their form.',
  NO_RESPONDERS: 'Nobody follows this topic now; start who answers, then try again.',
  TIMEOUT: 'Try again, or wait longer with --timeout or --reply-timeout.',
  HISTORY_TRIMMED: 'History no longer holds all of it; `arqon history` without --replay shows what there is.',
  WINDOW_UNBOUNDED: 'Give --from and --to, both of events that are there already.',
  STORE_UNAVAILABLE: 'The store that keeps history is away; `arqon status` tells, and what was published may have been taken.',
  UNKNOWN_DEAD_LETTER: '`arqon projector dlq list --all` lists what there is.',
  UNKNOWN_BACKFILL: '`arqon projector status` lists the newest ones.',
  PROJECTION_UNAVAILABLE: 'The database of the projector is away; try again, `arqon projector status` tells when it is back.',
  AUDIT_UNAVAILABLE: 'The server cannot write its audit log, so nothing was done; its operator must see to that.',
  EPOCH_CHANGED: 'The topic began anew; read it without a position.',
};

/** What to tell of anything that was thrown. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof CliError) return { exit: error.exit, code: error.code, message: error.message, next: error.next };
  if (isClosedError(error)) {
    if (error.cause !== undefined) return describeFailure(error.cause);
    return { exit: 'unreachable', code: error.code, message: error.message, next: undefined };
  }
  if (isArqonError(error)) {
    const message = error.message.replace(`${error.code}: `, '');
    return { exit: exitsByCode[error.code] ?? 'refused', code: error.code, message, next: nextByCode[error.code] };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { exit: 'internal', code: 'INTERNAL', message, next: 'This is a fault in arqon; please report it with the command you ran.' };
}
