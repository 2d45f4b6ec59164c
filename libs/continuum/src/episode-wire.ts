import { wireType, type WireReader } from './wire-reader.js';

/** Numbers of the fields that say which episode an event is about. */
export const agentIdField = 4;
export const episodeIdField = 5;

/** Fields of an EpisodeEvent as they are on the wire, those that are not there as Protobuf's defaults. */
export interface EpisodeWire {
  eventId: string;
  eventType: number;
  tenantId: string;
  agentId: string;
  episodeId: string;
  sourceTs: { seconds: number; nanos: number } | undefined;
  schemaVersion: number;
  payload: PayloadWire | undefined;
}

export interface PayloadWire {
  contentRef: string;
  summary: string | undefined;
  tags: string[];
  embeddingRef: string | undefined;
  /** Where the Struct is in the event. */
  metadata: { readonly start: number; readonly end: number } | undefined;
  /** Those texts that have control characters which they must not have. */
  readonly controls: { contentRef: boolean; summary: boolean; tags: boolean; embeddingRef: boolean };
}

export function emptyWire(): EpisodeWire {
  return { eventId: '', eventType: 0, tenantId: '', agentId: '', episodeId: '', sourceTs: undefined, schemaVersion: 0, payload: undefined };
}

/**
 * Reads all fields into `wire`, so that those before a fault are known. Stricter than Protobuf: a field that is there twice is refused, since
 * readers that take the first and readers that take the last would see two events. Unknown fields are passed over.
 */
export function readEventFields(reader: WireReader, wire: EpisodeWire): void {
  let seen = 0;
  while (reader.nextField()) {
    const number = reader.fieldNumber;
    if (number > 8) {
      reader.skip();
      continue;
    }
    const bit = 1 << number;
    reader.expect(number === 2 || number === 7 ? wireType.varint : wireType.bytes, (seen & bit) !== 0);
    seen |= bit;
    readEventField(reader, number, wire);
  }
}

function readEventField(reader: WireReader, number: number, wire: EpisodeWire): void {
  switch (number) {
    case 1: wire.eventId = reader.text(); break;
    case 2: wire.eventType = reader.varint(); break;
    case 3: wire.tenantId = reader.text(); break;
    case agentIdField: wire.agentId = reader.text(); break;
    case episodeIdField: wire.episodeId = reader.text(); break;
    case 6: wire.sourceTs = readTimestamp(reader); break;
    case 7: wire.schemaVersion = reader.varint(); break;
    default: wire.payload = readPayload(reader);
  }
}

/** Negative numbers are on the wire as 2^64 less, so they come out far above any bound. */
function readTimestamp(reader: WireReader): { seconds: number; nanos: number } {
  const outerEnd = reader.enter();
  const time = { seconds: 0, nanos: 0 };
  let seen = 0;
  while (reader.nextField()) {
    const number = reader.fieldNumber;
    if (number > 2) {
      reader.skip();
      continue;
    }
    reader.expect(wireType.varint, (seen & number) !== 0);
    seen |= number;
    if (number === 1) time.seconds = reader.varint();
    else time.nanos = reader.varint();
  }
  reader.leave(outerEnd);
  return time;
}

function readPayload(reader: WireReader): PayloadWire {
  const outerEnd = reader.enter();
  const payload: PayloadWire = {
    contentRef: '', summary: undefined, tags: [], embeddingRef: undefined, metadata: undefined,
    controls: { contentRef: false, summary: false, tags: false, embeddingRef: false },
  };
  let seen = 0;
  while (reader.nextField()) {
    const number = reader.fieldNumber;
    if (number > 5) {
      reader.skip();
      continue;
    }
    const bit = 1 << number;
    reader.expect(wireType.bytes, number !== 3 && (seen & bit) !== 0);
    seen |= bit;
    readPayloadField(reader, number, payload);
  }
  reader.leave(outerEnd);
  return payload;
}

function readPayloadField(reader: WireReader, number: number, payload: PayloadWire): void {
  const { controls } = payload;
  switch (number) {
    case 1:
      payload.contentRef = reader.text();
      controls.contentRef = reader.hasControl;
      break;
    case 2:
      payload.summary = reader.text();
      controls.summary = reader.hasForbiddenControl;
      break;
    case 3:
      payload.tags.push(reader.text());
      controls.tags ||= reader.hasControl;
      break;
    case 4:
      payload.embeddingRef = reader.text();
      controls.embeddingRef = reader.hasControl;
      break;
    default: payload.metadata = { start: reader.block(), end: reader.at };
  }
}
