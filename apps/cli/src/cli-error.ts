import type { ExitName } from './exit-codes.js';

export interface CliErrorDetails {
  /** What the user can do about it: one sentence. */
  readonly next?: string;
  readonly cause?: unknown;
}

/** A failure that the user is told of: what happened, a stable code, and the next step. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly next: string | undefined;

  constructor(
    readonly exit: ExitName,
    readonly code: string,
    message: string,
    details: CliErrorDetails = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.next = details.next;
  }
}

/** A mistake in the command line. */
export function usageError(message: string, next?: string): CliError {
  return new CliError('usage', 'USAGE', message, next === undefined ? {} : { next });
}
