/**
 * Raised by what was pending when a Bus or Subscription closed, and by every later call. It never travels on the wire.
 * `cause` is the ArqonError that closed it, or undefined when the application did.
 */
export class ClosedError extends Error {
  override readonly name = 'ClosedError';
  readonly code = 'CLOSED';

  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/** True for a ClosedError of any copy of this package. */
export function isClosedError(value: unknown): value is ClosedError {
  return value instanceof Error && value.name === 'ClosedError';
}
