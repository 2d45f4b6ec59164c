import { describe, expect, it } from 'vitest';

import { asksForValue } from '../src/protocol/contract.js';
import { buildContract, contractOf } from './build-contract.js';

describe('readContract()', () => {
  it('says of each field how a reader tells that it was set', () => {
    const { elements } = contractOf('message N {}\nmessage M {\n  string a = 1;\n  optional string b = 2;\n  oneof x { string c = 3; }\n  N d = 4;\n  repeated N e = 5;\n  map<string, N> f = 6;\n}');
    const presence = [...elements.values()].filter(({ kind }) => kind === 'field').map((one) => [one.name.slice(-1), one.presence, one.type]);
    expect(presence).toEqual([
      ['a', 'implicit', 'string'], ['b', 'optional', 'string'], ['c', 'oneof', 'string'], ['d', 'message', 'arqon.test.v1.N'],
      ['e', 'repeated', 'arqon.test.v1.N'], ['f', 'map', 'map<string, arqon.test.v1.N>'],
    ]);
  });

  it('names lines and comments, nested ones too', () => {
    const { elements } = contractOf('// One.\nmessage M {\n  message N {\n    // Two.\n    string a = 1; // Three.\n  }\n}');
    expect(elements.get('arqon.test.v1.M')).toMatchObject({ line: 4, comment: 'One.' });
    expect(elements.get('arqon.test.v1.M.N.a')).toMatchObject({ line: 7, comment: 'Two. Three.', parent: 'arqon.test.v1.M.N' });
  });

  it.each([
    ['the label', 'syntax = "proto2";', 'message M { required string a = 1; }'],
    ['the presence', 'edition = "2023";', 'message M { string a = 1 [features.field_presence = LEGACY_REQUIRED]; }'],
  ])('knows a required field by %s', (_, syntax, body) => {
    expect(contractOf(body, syntax).elements.get('arqon.test.v1.M.a')?.isRequired).toBe(true);
  });

  it('knows a required field by the option of a validator', () => {
    const { elements } = buildContract({
      'proto/rules/rules.proto': 'syntax = "proto3";\npackage rules;\nimport "google/protobuf/descriptor.proto";\nmessage Field { optional bool required = 25; }\nextend google.protobuf.FieldOptions { Field field = 51159; }\n',
      'proto/arqon/test/v1/a.proto': 'syntax = "proto3";\npackage arqon.test.v1;\nimport "rules/rules.proto";\nmessage M { string a = 1 [(rules.field).required = true]; string b = 2 [(rules.field).required = false]; }\n',
    });
    expect(elements.get('arqon.test.v1.M.a')?.isRequired).toBe(true);
    expect(elements.get('arqon.test.v1.M.b')?.isRequired).toBe(false);
  });
});

describe('asksForValue()', () => {
  it.each([[{ '[google.api.field_behavior]': ['REQUIRED'] }, true], [{ a: { required: true } }, true], [{ '[x.is_required]': true }, true], [{ a: { required: false }, deprecated: true }, false], [{}, false]])('reads %j', (options, expected) => {
    expect(asksForValue(options)).toBe(expected);
  });
});
