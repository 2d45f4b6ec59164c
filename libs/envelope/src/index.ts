export { FrameReader, type FrameLimits } from './frame-reader.js';
export { BatchView, type BatchKind } from './batch-view.js';
export { type FrameRefusal } from './refusal.js';
export { encodeStampAfter, readPositions, type ChannelPosition } from './positions.js';
export {
  copyEnvelopes, encodeEpoch, encodeRouting, encodeSender, envelopeIdStart, envelopeRanges, readStampedBatch, stampedBatchSize, writeStampedHeader,
  type StampedBatch, type StampedRun,
} from './stamped-batch.js';
export {
  readFixed32, readFixed64, readVarint32, readVarint64, varint64SizeAt, varintSize, writeFixed32, writeFixed64, writeVarint,
} from './varint.js';
export { isValidUtf8, utf8Size, writeUtf8 } from './utf8.js';
export { buildFrame } from './frame-builder.js';
export { encodeEnvelope, encodeEventEntry, type EventInit } from './event-entry.js';
export { encodeFrame, EventRunBuilder, type RunRouting } from './event-run-builder.js';
export { createIdSource, idRandomBytes, newEnvelopeId, type IdSourceOptions } from './envelope-id.js';
export { comparePositions, mergePositions, type PositionOrder } from './vector-clock.js';
export { HybridClock } from './hybrid-clock.js';
export { EventContent, readEventContent, replaceEventContent, type ContentReplacement, type TextRange } from './event-content.js';
export { encodeStampInspection, withoutStampInspection, type StampInspection } from './stamp-inspection.js';
export { replaceEnvelopes } from './replace-envelopes.js';
