import { create, toBinary } from '@bufbuild/protobuf';
import { timeGrowth } from '@arqonbus/testkit';
import { describe, expect, it } from 'vitest';
import { planDescriptor, planDescriptorSet } from '../../test/plan-descriptors.js';
import { Layer } from '../layers/layer.js';
import { headerSetOf } from '../message.js';
import { createDescriptorRegistry } from './descriptor-registry.js';
import { compileFieldPaths } from './field-path.js';
import { findHeaderFields } from './find-header-fields.js';
import { findProtobufFields } from './find-protobuf-fields.js';
import { readHeaders } from './read-headers.js';
import { readProtobufFields } from './read-protobuf-fields.js';

const decoder = new TextDecoder();
const plan = planDescriptor();
const descriptors = createDescriptorRegistry([planDescriptorSet()]);
const encode = (init: Record<string, unknown>) => toBinary(plan, create(plan, init));

function linesOf(bytes: Uint8Array): { text: string; isWhole: boolean; sourceOf: (part: string) => string } {
  const layer = new Layer();
  const isWhole = readProtobufFields(bytes, 0, bytes.length, descriptors, 'acme.v1.Plan', layer);
  const text = decoder.decode(layer.bytes.subarray(0, layer.length));
  const sourceOf = (part: string): string => {
    const range = layer.toSource(text.indexOf(part), text.indexOf(part) + part.length);
    return decoder.decode(bytes.subarray(range.start, range.end));
  };
  return { text, isWhole, sourceOf };
}

describe('readProtobufFields()', () => {
  it('writes fields as lines and leads back to their values', () => {
    const { text, isWhole, sourceOf } = linesOf(encode({
      title: 'a title', blob: new TextEncoder().encode('printable'), accountNumber: 4_242_424_242n, delta: -123_456, ratio: 1.5, checksum: 987_654_321, active: true,
      steps: [{ title: 'inner', steps: [{ names: ['first', 'x', 'third'] }] }],
      labels: { owner: 'somebody' }, parts: { left: { title: 'mapped' } }, codes: [1, 2, 3],
    }));
    expect(isWhole).toBe(true);
    expect(text.split('\n').filter((line) => line !== '').sort()).toEqual([
      'account_number: 4242424242', 'blob: printable', 'checksum: 987654321', 'delta: 123456', 'labels.key: owner', 'labels.value: somebody', 'parts.key: left',
      'parts.value.title: mapped', 'steps.steps.names: first', 'steps.steps.names: third', 'steps.title: inner', 'title: a title',
    ]);
    expect(sourceOf('somebody')).toBe('somebody');
    expect(sourceOf('third')).toBe('third');
    expect(sourceOf('987654321').length).toBe(4);
  });

  it('leaves out bytes that are not printable', () => {
    expect(linesOf(encode({ blob: Uint8Array.from({ length: 64 }, (_, index) => index * 5) })).text).toBe('');
  });

  it('writes what looks like text in fields and types that nobody described, without names', () => {
    const layer = new Layer();
    const bytes = encode({ title: 'a title', accountNumber: 4_242_424_242n, steps: [{ title: 'inner', steps: [{ title: 'deeper' }] }] });
    expect(readProtobufFields(bytes, 0, bytes.length, descriptors, 'acme.v1.Other', layer)).toBe(true);
    const text = decoder.decode(layer.bytes.subarray(0, layer.length));
    expect(text).toBe('a title\ninner\ndeeper\n');
    const range = layer.toSource(text.indexOf('deeper'), text.indexOf('deeper') + 6);
    expect(decoder.decode(bytes.subarray(range.start, range.end))).toBe('deeper');
    expect(linesOf(encode({ blob: encode({ title: 'in bytes', checksum: 0xfff }) })).text).toBe('in bytes\n');
  });

  it('writes a field that is cut off as far as it goes', () => {
    const bytes = encode({ title: 'a title that goes on' });
    const layer = new Layer();
    expect(readProtobufFields(bytes, 0, 10, descriptors, 'acme.v1.Plan', layer)).toBe(true);
    expect(decoder.decode(layer.bytes.subarray(0, layer.length))).toBe('title: a title \n');
  });

  it('ends where a message is malformed after one inside that is cut off', () => {
    // A map entry of which the key reaches past the end of everything, then a field without a length.
    const bytes = Uint8Array.from([0x3a, 6, 0x0a, 0x7f, 0x61, 0x62, 0x63, 0x64, 0x0a, 0x80, 0x80, 0x80, 0x80]);
    const layer = new Layer();
    expect(readProtobufFields(bytes, 0, bytes.length, descriptors, 'acme.v1.Plan', layer)).toBe(true);
    expect(decoder.decode(layer.bytes.subarray(0, layer.length))).toBe('labels.key: abcd\n');
  });

  it('says when a bound cut it off', () => {
    const nested = Array.from({ length: 40 }).reduce<Record<string, unknown>>((inner) => ({ steps: [inner] }), { title: 'deep down' });
    expect(linesOf(encode(nested))).toMatchObject({ text: '', isWhole: false });
    const many = linesOf(encode({ steps: [{ names: Array.from({ length: 20_000 }, () => 'four') }] }));
    expect(many.isWhole).toBe(false);
    expect(many.text.length).toBe(131_072);
  });
});

describe('readProtobufFields() of hostile messages', () => {
  const layer = new Layer();
  const read = (bytes: Uint8Array) => (): unknown => readProtobufFields(bytes, 0, bytes.length, descriptors, 'acme.v1.Other', layer);
  const nestedText = (words: number): Uint8Array =>
    Array.from({ length: 31 }).reduce<Uint8Array>((inner) => encode({ blob: inner }), encode({ title: 'word '.repeat(words) }));
  const emptyFields = (count: number): Uint8Array => encode({ blob: Uint8Array.from({ length: count * 2 }, (_, index) => (index % 2 === 0 ? 0x0a : 0)) });

  it.each([['nested messages', nestedText, 800], ['empty fields', emptyFields, 2_000]] as const)('takes time in proportion to the size of %s that nobody described', (_, make, count) => {
    expect(timeGrowth(read(make(count)), read(make(count * 16)), 64)).toBeLessThan(64);
  });

  it('reads the innermost of nested messages once', () => {
    read(nestedText(13_000))();
    expect(layer.length).toBe(65_001);
  });
});

describe('findProtobufFields()', () => {
  function find(init: Record<string, unknown>, ...paths: string[]): string[] {
    const bytes = encode(init);
    const values: string[] = [];
    const add = (start: number, end: number): void => { values.push(decoder.decode(bytes.subarray(start, end))); };
    expect(findProtobufFields(bytes, 0, bytes.length, descriptors, 'acme.v1.Plan', compileFieldPaths(paths), add)).toBe(true);
    return values;
  }
  const init = {
    title: 'top', accountNumber: 65n, steps: [{ title: 'one' }, { title: 'two', names: ['a', 'b'] }], labels: { owner: 'me', team: 'us' }, parts: { left: { title: 'in' } }, codes: [65, 66],
  };

  it('reports the values that paths name', () => {
    expect(find(init, 'title')).toEqual(['top']);
    expect(find(init, 'account_number')).toEqual(['A']);
    expect(find(init, 'accountNumber')).toEqual(['A']);
    expect(find(init, 'steps.*.title')).toEqual(['one', 'two']);
    expect(find(init, 'steps.1.title')).toEqual(['two']);
    expect(find(init, 'steps.1.names.0')).toEqual(['a']);
    expect(find(init, '**.title').sort()).toEqual(['in', 'one', 'top', 'two']);
    expect(find(init, 'parts.left.title')).toEqual(['in']);
    expect(find(init, 'parts.right.title')).toEqual([]);
    expect(find(init, 'codes')).toEqual(['AB']);
    expect(find(init, 'codes.1')).toEqual(['AB']);
    expect(find(init, 'nothing')).toEqual([]);
  });

  it('reports a map entry with its key', () => {
    expect(find(init, 'labels.team')).toEqual(['\n\x04team\x12\x02us']);
    expect(find(init, 'labels.*').length).toBe(2);
  });
});

describe('readHeaders()', () => {
  it('writes lines and leads back to the values', () => {
    const headers = headerSetOf({ authorization: 'some value', '': 'nameless', 'x-id': '1' });
    const layer = new Layer();
    readHeaders(headers, layer, 1_000);
    const text = decoder.decode(layer.bytes.subarray(0, layer.length));
    expect(text).toBe('authorization: some value\nnameless\nx-id: 1\n');
    for (const part of ['authorization', 'some value', 'nameless', 'x-id', '1']) {
      const { start, end } = layer.toSource(text.indexOf(part), text.indexOf(part) + part.length);
      expect(decoder.decode(headers.bytes.subarray(start, end))).toBe(part);
    }
  });

  it('writes no more than it may', () => {
    const layer = new Layer();
    readHeaders(headerSetOf({ first: 'value', second: 'value' }), layer, 14);
    expect(decoder.decode(layer.bytes.subarray(0, layer.length))).toBe('first: value\ns');
    expect(layer.isCut).toBe(true);
  });
});

describe('findHeaderFields()', () => {
  it('finds headers by name, however they are written', () => {
    const headers = headerSetOf({ Authorization: 'a', 'x-token': 'b', other: 'c' });
    const named = (...paths: string[]): number[] => {
      const found: number[] = [];
      findHeaderFields(headers, compileFieldPaths(paths), (index) => { found.push(index); });
      return found;
    };
    expect(named('headers.authorization', 'headers.x-token')).toEqual([0, 1]);
    expect(named('headers.*')).toEqual([0, 1, 2]);
    expect(named('body.other')).toEqual([]);
  });
});
