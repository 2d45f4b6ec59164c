import type { ErrorCode } from '@arqonbus/errors';

/** Why a frame was refused whole. Pooled: valid until the reader's next `read`. */
export interface FrameRefusal {
  readonly code: ErrorCode;
  /** Path of the offending field from the frame, such as `batches.envelopes.id`; unknown fields end in their number. */
  readonly field: string;
  /** Index of the batch, or -1 when the fault is in the frame itself. */
  readonly batchIndex: number;
  /** Index of the envelope within its batch, or -1 when the fault is outside of envelopes. */
  readonly envelopeIndex: number;
  /** Copy of the envelope's id; empty when it could not be read. */
  readonly requestId: Uint8Array;
  /** Number of the batch's run; 0 when it has none or it could not be read. */
  readonly run: number;
}

/** The writable side of a FrameRefusal, shared by the readers of one frame. */
export class RefusalRecord implements FrameRefusal {
  code: ErrorCode = 'MALFORMED_FRAME';
  field = '';
  batchIndex = -1;
  envelopeIndex = -1;
  requestId: Uint8Array = new Uint8Array(0);
  run = 0;

  /** Notes code and field; returns false, so that a check may `return refusal.set(...)`. */
  set(code: ErrorCode, field: string): false {
    this.code = code;
    this.field = field;
    return false;
  }
}
