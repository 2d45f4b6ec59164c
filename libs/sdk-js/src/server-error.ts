import { ArqonError, errorTable, type ErrorCode } from '@arqonbus/errors';
import { readError, type ServerError } from './wire/control-reader.js';

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

/** The error in an answer of the type `arqon.v1.Error`; INVALID_ENVELOPE when its payload does not decode. */
export function answeredError(payload: Uint8Array): ArqonError {
  try {
    return serverErrorOf(readError(payload, 0, payload.length));
  } catch (cause) {
    return new ArqonError('INVALID_ENVELOPE', { field: 'event.payload', cause });
  }
}
