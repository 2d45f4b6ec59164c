import { create, toBinary, type DescMessage, type MessageInitShape, type MessageShape } from '@bufbuild/protobuf';
import type { TenantRuntime } from '../tenant-runtime.js';
import { decodeArguments } from './arguments.js';

/** Who calls, and how long it may take. */
export interface OperationCall {
  /** Client id of the caller, as the bus vouches for it. */
  readonly actor: string;
  /** Aborted when the time of the call is over, or the projector stops: what is left undone is told in the answer. */
  readonly signal: AbortSignal;
  /** Bytes that the answer's message may have. */
  readonly maxAnswerBytes: number;
}

/** An encoded answer; `type` is the full name of its message. */
export interface OperationAnswer {
  readonly type: string;
  readonly payload: Uint8Array;
}

/** One operation of the projector; undefined: another instance carries it out and answers. Rejects with ArqonError, or EpisodeStoreError of the store. */
export type Operation = (runtime: TenantRuntime, args: Uint8Array, call: OperationCall) => Promise<OperationAnswer | undefined>;

/** An operation of messages: arguments are decoded strictly before it is asked. */
export function operationOf<Request extends DescMessage, Response extends DescMessage>(
  request: Request, response: Response, carryOut: (runtime: TenantRuntime, args: MessageShape<Request>, call: OperationCall) => Promise<MessageInitShape<Response> | undefined>,
): Operation {
  return async (runtime, args, call) => {
    const answer = await carryOut(runtime, decodeArguments(request, args), call);
    if (answer === undefined) return undefined;
    return { type: response.typeName, payload: toBinary(response, create(response, answer)) };
  };
}
