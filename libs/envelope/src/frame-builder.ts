import { FrameSchema, type BatchSchema } from '@arqonbus/proto';
import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';

/**
 * Bytes of a Frame of the given batches, through message objects: for commands, replies, signals and errors. Runs of
 * events are faster through EventRunBuilder. Throws on values outside of their Protobuf type.
 */
export function buildFrame(batches: MessageInitShape<typeof BatchSchema>[]): Uint8Array {
  return toBinary(FrameSchema, create(FrameSchema, { batches }));
}
