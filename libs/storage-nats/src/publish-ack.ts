import type { Msg } from '@nats-io/transport-node';
import { unavailable } from './unavailable.js';

/** What the server answers to a message for a stream. */
export type PublishAck =
  | { readonly outcome: 'stored' | 'duplicate'; readonly streamSequence: number }
  /** The subject's last message is not the one that was named. */
  | { readonly outcome: 'conflict' };

const wrongLastSequence = new Set([10_071, 10_164]);

interface AckBody {
  readonly seq?: number;
  readonly duplicate?: boolean;
  readonly error?: { readonly err_code?: number; readonly description?: string };
}

/** Raises STORE_UNAVAILABLE when the server refused the message for another reason. */
export function readPublishAck(reply: Msg): PublishAck {
  const body = reply.json<AckBody>();
  if (body.error !== undefined) {
    if (wrongLastSequence.has(body.error.err_code ?? 0)) return { outcome: 'conflict' };
    throw unavailable(`the stream refused a message: ${body.error.description ?? 'unknown'}`);
  }
  return { outcome: body.duplicate === true ? 'duplicate' : 'stored', streamSequence: body.seq ?? 0 };
}
