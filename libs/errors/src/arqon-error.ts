import { errorTable, type ErrorCode } from './error-codes.js';

/** Details that travel with a code; never a cause, a payload or a secret. */
export interface ArqonErrorDetails {
  /** Text for people; the table's text when absent. */
  readonly message?: string;
  /** Name of the offending field. */
  readonly field?: string;
  /** When a retry may succeed, in milliseconds. */
  readonly retryAfterMs?: number;
  /** Index of the envelope within its batch. */
  readonly index?: number;
  /** Number of the refused run. */
  readonly run?: bigint;
  readonly cause?: unknown;
}

/** The one error class. Tell it by `isArqonError`, since two copies of the package may meet. */
export class ArqonError extends Error {
  override readonly name = 'ArqonError';
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly index: number | undefined;
  readonly run: bigint | undefined;

  constructor(code: ErrorCode, details: ArqonErrorDetails = {}) {
    super(`${code}: ${details.message ?? errorTable[code].message}`, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.field = details.field;
    this.retryAfterMs = details.retryAfterMs;
    this.index = details.index;
    this.run = details.run;
  }
}

/** True for an ArqonError of any copy of this package. */
export function isArqonError(value: unknown): value is ArqonError {
  return value instanceof Error && value.name === 'ArqonError' && typeof (value as { code?: unknown }).code === 'string';
}
