import { describe, expect, it } from 'vitest';

import { columnIn } from './parse-snippet.fixture.js';
import { textCodecSource } from './text-codecs.js';

describe('textCodecSource', () => {
  it.each([
    ['const f = (bytes: string) => JSON.parse(bytes);', 'JSON.parse'],
    ["const f = (value: object) => globalThis['JSON']['stringify'](value);", 'JSON.stringify'],
    ['const { parse } = JSON;', 'JSON.parse'],
    ['const codec = JSON; ', 'JSON'],
    ["import { toJsonString as text } from '@bufbuild/protobuf'; text(schema, message);", '@bufbuild/protobuf.toJsonString'],
    ["import v8 from 'node:v8'; v8.serialize(value);", 'v8.serialize'],
    ["import { encode } from '@msgpack/msgpack'; encode(value);", '@msgpack/msgpack.encode'],
  ])('has %s', (text, api) => {
    expect(columnIn(textCodecSource, 'text_codecs', 'api', text)).toContain(api);
  });

  it.each([
    "import { toBinary } from '@bufbuild/protobuf'; toBinary(schema, message);",
    'const f = (JSON: Reader) => JSON.parse(1);',
    'type A = typeof JSON;',
  ])('lets %s be', (text) => {
    expect(columnIn(textCodecSource, 'text_codecs', 'api', text)).toEqual([]);
  });
});
