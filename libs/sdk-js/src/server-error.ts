import { ArqonError, errorTable, type ErrorCode } from '@arqonbus/errors';
import type { ServerError } from './wire/control-reader.js';

/** The typed error for one that travelled. A code of a newer server reads as INTERNAL, with the code in its message. */
export function serverErrorOf(error: ServerError): ArqonError {
  const isKnown = Object.hasOwn(errorTable, error.code);
  const code = isKnown ? (error.code as ErrorCode) : 'INTERNAL';
  const message = isKnown ? error.message : `${error.code}: ${error.message}`;
  return new ArqonError(code, {
    ...(message === '' ? {} : { message }),
    ...(error.field === '' ? {} : { field: error.field }),
    ...(error.retryAfterMs === 0 ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(error.run === 0n ? {} : { run: error.run }),
    index: error.index,
  });
}
