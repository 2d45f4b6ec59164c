import { episodeLimits } from './continuum-contract.js';
import { EpisodeRefusal } from './episode-refusal.js';
import { isLongerThan } from './text-rules.js';
import { malformed, wireType, type WireReader } from './wire-reader.js';

const field = 'payload.metadata';

interface Entry {
  readonly name: string;
  /** As JSON. */
  readonly value: string;
}

/** Canonical JSON (RFC 8785) of a JSON value: keys in the order of their UTF-16 units, no spaces. What a database gives back compares by it. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonicalJson(one)}`).join(',')}}`;
}

/**
 * Reads the rest of the message as a google.protobuf.Struct: its canonical JSON. Raises EpisodeRefusal for what JSON or the bounds of metadata do
 * not allow.
 */
export function readMetadata(reader: WireReader): string {
  const json = readStruct(reader, 1);
  if (isLongerThan(json, episodeLimits.metadataBytes)) {
    throw new EpisodeRefusal('EPISODE_TOO_LARGE', field, `longer than ${episodeLimits.metadataBytes} bytes as JSON`);
  }
  return json;
}

function readStruct(reader: WireReader, level: number): string {
  const entries = readElements(reader, level, readEntry);
  if (entries.length > 1) entries.sort((left, right) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0));
  let json = '';
  for (let at = 0; at < entries.length; at++) {
    const { name, value } = entries[at];
    if (at > 0 && name === entries[at - 1].name) throw malformed('a key of metadata is there twice');
    json += `${at === 0 ? '' : ','}${JSON.stringify(name)}:${value}`;
  }
  return `{${json}}`;
}

function readEntry(reader: WireReader, level: number): Entry {
  let name: string | undefined;
  let value: string | undefined;
  while (reader.nextField()) {
    if (reader.fieldNumber === 1) {
      reader.expect(wireType.bytes, name !== undefined);
      name = readText(reader);
    } else if (reader.fieldNumber === 2) {
      reader.expect(wireType.bytes, value !== undefined);
      const outerEnd = reader.enter();
      value = readValue(reader, level);
      reader.leave(outerEnd);
    } else {
      reader.skip();
    }
  }
  if (value === undefined) throw invalid('a value has no kind');
  // Protobuf leaves out an empty key.
  return { name: name ?? '', value };
}

function readValue(reader: WireReader, level: number): string {
  let json: string | undefined;
  while (reader.nextField()) {
    const number = reader.fieldNumber;
    if (number < 1 || number > 6) {
      reader.skip();
      continue;
    }
    reader.expect(number === 2 ? wireType.fixed64 : number === 1 || number === 4 ? wireType.varint : wireType.bytes, json !== undefined);
    json = readKind(reader, number, level);
  }
  if (json === undefined) throw invalid('a value has no kind');
  return json;
}

function readKind(reader: WireReader, number: number, level: number): string {
  if (number === 2) return numberJson(reader.double());
  if (number === 3) return JSON.stringify(readText(reader));
  if (number === 4) return reader.varint() === 0 ? 'false' : 'true';
  if (number === 1) {
    reader.varint();
    return 'null';
  }
  const outerEnd = reader.enter();
  const json = number === 5 ? readStruct(reader, level + 1) : readList(reader, level + 1);
  reader.leave(outerEnd);
  return json;
}

function readList(reader: WireReader, level: number): string {
  return `[${readElements(reader, level, readValue).join(',')}]`;
}

/** The messages in field 1, which Struct and ListValue are made of. */
function readElements<Element>(reader: WireReader, level: number, read: (reader: WireReader, level: number) => Element): Element[] {
  checkLevel(level);
  const elements: Element[] = [];
  while (reader.nextField()) {
    if (reader.fieldNumber !== 1) {
      reader.skip();
      continue;
    }
    reader.expect(wireType.bytes, false);
    const outerEnd = reader.enter();
    elements.push(read(reader, level));
    reader.leave(outerEnd);
  }
  return elements;
}

function numberJson(value: number): string {
  if (!Number.isFinite(value)) throw invalid('a number is not finite');
  return String(value);
}

function readText(reader: WireReader): string {
  const text = reader.text();
  if (reader.hasForbiddenControl) throw invalid('a text has control characters');
  return text;
}

function checkLevel(level: number): void {
  if (level > episodeLimits.metadataLevels) throw new EpisodeRefusal('EPISODE_TOO_LARGE', field, `deeper than ${episodeLimits.metadataLevels} levels`);
}

function invalid(reason: string): EpisodeRefusal {
  return new EpisodeRefusal('EPISODE_INVALID_FIELD', field, reason);
}
