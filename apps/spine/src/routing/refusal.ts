import type { ArqonErrorDetails, ErrorCode } from '@arqonbus/errors';

/** A refusal on its way to a session. */
export interface Refusal extends Omit<ArqonErrorDetails, 'run' | 'cause'> {
  readonly code: ErrorCode;
  readonly requestId?: Uint8Array;
  readonly run?: number;
  /** Topic that the refused batch named, so that the sender can match it. */
  readonly room?: string;
  readonly channel?: string;
  readonly recipient?: string;
}
