import { describe, expect, it } from 'vitest';

import { compareContracts } from '../src/protocol/compare-contracts.js';
import type { Contract } from '../src/protocol/contract.js';
import { contractOf, contractsOf } from './build-contract.js';

const enumOf = (values: string): string => `enum Mode { MODE_UNSPECIFIED = 0; ${values} }`;

function kinds(before: Contract | undefined, now: Contract | undefined): string[] {
  if (before === undefined || now === undefined) throw new Error('No such contract');
  return compareContracts(before, now).filter(({ isBreaking }) => isBreaking).map(({ kind, subject }) => `${kind} ${subject.replace('arqon.test.v1.', '')}`);
}

const breaks: readonly (readonly [what: string, before: string, now: string, expected: readonly string[]])[] = [
  ['a field that is gone', 'message M { string a = 1; string b = 2; }', 'message M { string b = 2; }', ['field_deleted M.a']],
  ['a renamed field', 'message M { string a = 1; }', 'message M { string b = 1; }', ['field_renamed M.a']],
  ['another field with the number', 'message M { string a = 1; }', 'message M { uint32 b = 1; }', ['field_number_reused M.a']],
  ['another type', 'message M { string a = 1; }', 'message M { bytes a = 1; }', ['field_type_changed M.a']],
  ['another type of message', 'message N {} message O {} message M { N a = 1; }', 'message N {} message O {} message M { O a = 1; }', ['field_type_changed M.a']],
  ['another number', 'message M { string a = 1; }', 'message M { string a = 2; }', ['field_renumbered M.a']],
  ['two fields that change places', 'message M { string a = 1; string b = 2; }', 'message M { string b = 1; string a = 2; }', ['field_renumbered M.a', 'field_renamed M.a', 'field_renumbered M.b', 'field_renamed M.b']],
  ['another cardinality', 'message M { string a = 1; }', 'message M { repeated string a = 1; }', ['cardinality_changed M.a']],
  ['another value of a map', 'message M { map<string, string> a = 1; }', 'message M { map<string, bytes> a = 1; }', ['field_type_changed M.a']],
  ['a list that becomes a map', 'message E { string key = 1; string value = 2; } message M { repeated E a = 1; }', 'message E { string key = 1; string value = 2; } message M { map<string, string> a = 1; }', ['field_type_changed M.a', 'presence_changed M.a']],
  ['presence', 'message M { string a = 1; }', 'message M { optional string a = 1; }', ['presence_changed M.a']],
  ['a oneof', 'message M { string a = 1; }', 'message M { oneof x { string a = 1; } }', ['oneof_moved M.a']],
  ['a JSON name', 'message M { string a = 1; }', 'message M { string a = 1 [json_name = "b"]; }', ['json_name_changed M.a']],
  ['a message that is gone', 'message M { string a = 1; } message N {}', 'message N {}', ['message_deleted M']],
  ['a nested message that is gone', 'message M { message N { string a = 1; } string b = 2; }', 'message M { string b = 2; }', ['message_deleted M.N']],
  ['an enum that is gone', `${enumOf('')} message M {}`, 'message M {}', ['enum_deleted Mode']],
  ['an enum value that is gone', enumOf('MODE_A = 1;'), enumOf(''), ['enum_value_deleted Mode.MODE_A']],
  ['a renamed enum value', enumOf('MODE_A = 1;'), enumOf('MODE_B = 1;'), ['enum_value_renamed Mode.MODE_A']],
  ['a renumbered enum value', enumOf('MODE_A = 1;'), enumOf('MODE_A = 2;'), ['enum_value_renumbered Mode.MODE_A']],
  ['a method that is gone', 'message M {} service S { rpc Do(M) returns (M); }', 'message M {} service S {}', ['method_deleted S.Do']],
  ['a method that streams', 'message M {} service S { rpc Do(M) returns (M); }', 'message M {} service S { rpc Do(M) returns (stream M); }', ['method_changed S.Do']],
  ['numbers that are no longer reserved', 'message M { reserved 2 to 4; }', 'message M { reserved 2, 3; }', ['reserved_removed M']],
  ['a reserved number that is used', 'message M { reserved 2; }', 'message M { string a = 2; }', ['reserved_removed M', 'reserved_number_used M.a']],
  ['a reserved name that is used', 'message M { reserved "a"; }', 'message M { string a = 2; }', ['reserved_removed M', 'reserved_name_used M.a']],
  ['a reserved number of an enum', `enum Mode { reserved 3; MODE_UNSPECIFIED = 0; }`, enumOf('MODE_A = 3;'), ['reserved_removed Mode', 'reserved_number_used Mode.MODE_A']],
];

const harmless: readonly (readonly [what: string, before: string, now: string])[] = [
  ['additions', 'message M { string a = 1; }', 'message M { string a = 1; optional string b = 2; } message N {} enum E { E_UNSPECIFIED = 0; }'],
  ['comments and order', 'message M { string a = 1; string b = 2; }', '// Said.\nmessage M { string b = 2; string a = 1; }'],
  ['a range reserved in pieces', 'message M { reserved 2 to 4; }', 'message M { reserved 2; reserved 3 to 6; }'],
  ['deprecation', 'message M { string a = 1; }', 'message M { string a = 1 [deprecated = true]; }'],
];

describe('compareContracts()', () => {
  const built = contractsOf([...breaks, ...harmless].flatMap(([, before, now]) => [before, now]));

  it.each(breaks.map(([what, , , expected], index) => [what, index, expected] as const))('tells %s', (_, index, expected) => {
    expect(kinds(built[2 * index], built[2 * index + 1])).toEqual(expected);
  });

  it.each(harmless.map(([what], index) => [what, index + breaks.length] as const))('finds nothing that breaks in %s', (_, index) => {
    expect(kinds(built[2 * index], built[2 * index + 1])).toEqual([]);
  });

  it('tells another syntax and a required field', () => {
    const before = contractOf('message M { optional string a = 1; }');
    expect(compareContracts(before, contractOf('message M { optional string a = 1; }', 'syntax = "proto2";')).map(({ kind }) => kind)).toEqual(['syntax_changed']);
    const required = contractOf('message M { optional string a = 1; required string b = 2; }', 'syntax = "proto2";');
    expect(compareContracts(before, required).map(({ kind }) => kind)).toEqual(['syntax_changed', 'required_added']);
  });

  it('marks removals, with what the thing was', () => {
    const before = contractOf('message M {\n  // Deprecated: use b; removal 2026-01-31.\n  string a = 1 [deprecated = true];\n  string b = 2;\n}');
    const [change] = compareContracts(before, contractOf('message M { reserved 1; string b = 2; }'));
    expect(change).toMatchObject({ kind: 'field_deleted', isRemoval: true, before: { isDeprecated: true, number: 1, comment: 'Deprecated: use b; removal 2026-01-31.' }, place: { name: 'arqon.test.v1.M' } });
  });
});
