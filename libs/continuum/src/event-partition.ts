import { episodeLimits } from './continuum-contract.js';
import { EpisodeRefusal } from './episode-refusal.js';
import { agentIdField, episodeIdField } from './episode-wire.js';
import { WireReader, wireType } from './wire-reader.js';

/** Of FNV-1a. */
const hashStart = 0x811c9dc5;
const hashPrime = 0x01000193;
const slash = 0x2f;
/** Small letters of ASCII, and how far they are from their capitals. */
const firstSmall = 0x61;
const lastSmall = 0x7a;
const toCapital = 0x20;
const noLetter = 0x100;

/** Where bytes stand; `end` is behind the last. */
interface ByteRange {
  readonly start: number;
  readonly end: number;
}

const nowhere: ByteRange = { start: 0, end: 0 };

/**
 * Partition of an event, from 0, the same for ever, by its bytes, without reading what else it holds. That of a valid event is that of its episode, whatever the case of
 * the ULID: FNV-1a of `<agent>/<ULID in capitals>`, mixed as MurmurHash3 ends, modulo the count. Every other event has one too. Raises RangeError unless
 * the count is a whole number above 0.
 */
export function partitionOfEvent(payload: Uint8Array, partitionsCount: number): number {
  let agentId = nowhere;
  let episodeId = nowhere;
  // What is longer is refused unread, wherever it goes.
  if (payload.length <= episodeLimits.eventBytes) {
    const reader = new WireReader(payload);
    try {
      while (reader.nextField()) {
        if (reader.fieldType !== wireType.bytes) reader.skip();
        else if (reader.fieldNumber === agentIdField) agentId = { start: reader.block(), end: reader.at };
        else if (reader.fieldNumber === episodeIdField) episodeId = { start: reader.block(), end: reader.at };
        else reader.block();
      }
    } catch (error) {
      if (!(error instanceof EpisodeRefusal)) throw error;
    }
  }
  const hash = Math.imul(addToHash(hashStart, payload, agentId, noLetter) ^ slash, hashPrime);
  return partitionOfHash(addToHash(hash, payload, episodeId, firstSmall), partitionsCount);
}

/** Letters from `capitalFrom` on count as their capitals. */
function addToHash(start: number, bytes: Uint8Array, range: ByteRange, capitalFrom: number): number {
  const { end } = range;
  let hash = start;
  for (let at = range.start; at < end; at++) {
    const byte = bytes[at];
    hash = Math.imul(hash ^ (byte >= capitalFrom && byte <= lastSmall ? byte - toCapital : byte), hashPrime);
  }
  return hash;
}

function partitionOfHash(start: number, partitionsCount: number): number {
  if (!Number.isSafeInteger(partitionsCount) || partitionsCount < 1) throw new RangeError('partitionsCount must be a whole number above 0');
  let hash = Math.imul(start ^ (start >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % partitionsCount;
}
