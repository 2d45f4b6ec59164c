import { describe, expect, it } from 'vitest';
import { planDescriptorSet } from '../../test/plan-descriptors.js';
import { contentKindOf } from './content-kind.js';
import { createDescriptorRegistry } from './descriptor-registry.js';

const descriptors = createDescriptorRegistry([planDescriptorSet()]);
const kindOf = (type: string, payload: string | Uint8Array = '') =>
  contentKindOf(type, typeof payload === 'string' ? new TextEncoder().encode(payload) : payload, descriptors);

describe('contentKindOf()', () => {
  it('goes by the media type, whatever its case and parameters', () => {
    expect(kindOf('application/json')).toBe('json');
    expect(kindOf('Application/JSON; charset=utf-8')).toBe('json');
    expect(kindOf('application/problem+json')).toBe('json');
    expect(kindOf('application/x-www-form-urlencoded')).toBe('form');
    expect(kindOf('text/plain;charset=utf-8')).toBe('text');
    expect(kindOf('text/csv')).toBe('text');
    expect(kindOf('application/atom+xml')).toBe('xml');
    expect(kindOf('image/png', '{"a":1}')).toBe('binary');
  });

  it('goes by the descriptors for a message name', () => {
    expect(kindOf('acme.v1.Plan', '{"a":1}')).toBe('protobuf');
  });

  it('goes by the first bytes for types that nobody registered', () => {
    expect(kindOf('acme.v1.Other', ' {"a":1}')).toBe('json');
    expect(kindOf('', '\ufeff[1]')).toBe('json');
    expect(kindOf('acme.v1.Other', '<a/>')).toBe('xml');
    expect(kindOf('application/vnd.acme', 'hello there')).toBe('text');
    expect(kindOf('acme.v1.Other', Uint8Array.of(0x0a, 0x00, 0xff))).toBe('binary');
    expect(kindOf('', '')).toBe('binary');
  });

  it('takes text that reads as a Protobuf message for one', () => {
    expect(kindOf('acme.v1.Other', '\n\x20abcdefghijklmnopqrstuvwxyzABCDEF')).toBe('protobuf');
    expect(kindOf('application/x-protobuf')).toBe('protobuf');
    expect(kindOf('application/octet-stream', Uint8Array.of(0x08, 0x01))).toBe('protobuf');
    expect(kindOf('application/octet-stream', 'some text')).toBe('binary');
  });
});
