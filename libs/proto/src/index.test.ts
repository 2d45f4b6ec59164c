import type { DescMessage } from '@bufbuild/protobuf';
import { create, equals, fromBinary, fromJson, toBinary, toJson } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';

import * as proto from './index.js';

function isMessageSchema(value: unknown): value is DescMessage {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'message';
}

const exported: readonly unknown[] = Object.values(proto);
const schemas = exported.filter(isMessageSchema);

describe('generated schemas', () => {
  it('cover both protocols and what Continuum says on them', () => {
    expect(new Set(schemas.map((schema) => schema.file.proto.package))).toEqual(new Set(['arqon.v1', 'arqon.link.v1', 'continuum.episode.v1', 'continuum.projector.v1']));
  });

  it('cover every message of their files, nested ones included', () => {
    const typeNames = new Set(schemas.map((schema) => schema.typeName));
    const declared = schemas.flatMap((schema) => schema.file.messages.map((message) => message.typeName));
    expect(declared.filter((typeName) => !typeNames.has(typeName))).toEqual([]);
  });

  it.each(schemas.map((schema) => [schema.typeName, schema] as const))('%s survives binary and JSON', (_typeName, schema) => {
    const message = create(schema);
    expect(toBinary(schema, message)).toHaveLength(0);
    expect(equals(schema, fromBinary(schema, toBinary(schema, message)), message)).toBe(true);
    expect(equals(schema, fromJson(schema, toJson(schema, message)), message)).toBe(true);
  });
});

describe('Position', () => {
  it('keeps 64-bit numbers exact, in JSON as text', () => {
    const position = create(proto.PositionSchema, { channel: 'main', epoch: 18_446_744_073_709_551_615n, sequence: 9_007_199_254_740_993n });
    expect(fromBinary(proto.PositionSchema, toBinary(proto.PositionSchema, position))).toEqual(position);
    expect(toJson(proto.PositionSchema, position)).toEqual({ channel: 'main', epoch: '18446744073709551615', sequence: '9007199254740993' });
  });

  it('keeps a field that a newer version added', () => {
    // Field 15, varint, value 7.
    const newer = Uint8Array.of(0x0a, 0x01, 0x61, 0x78, 0x07);
    expect(toBinary(proto.PositionSchema, fromBinary(proto.PositionSchema, newer))).toEqual(newer);
  });
});
