import { describe, expect, it } from 'vitest';

import { encodeInput } from './encode-input.js';

const bounds = { maxBytes: 64, maxDepth: 3 };

function thrower(): never {
  throw new Error('read');
}

describe('encodeInput', () => {
  it('writes an object as JSON', () => {
    expect(encodeInput({ a: 'ü' }, bounds)).toEqual(new TextEncoder().encode('{"a":"ü"}'));
  });

  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  it.each([
    ['nothing', undefined], ['null', null], ['a number', 0], ['false', false], ['no text', ''], ['text', 'a'], ['a list', []], ['a function', thrower],
    ['a cycle', cyclic], ['a large integer', { a: 1n }], ['an accessor that throws', { get a() { return thrower(); } }], ['a toJSON that gives no object', { toJSON: () => 'x' }],
  ])('cannot read %s', (_, input) => {
    expect(encodeInput(input, bounds)).toBe('input_unreadable');
  });

  it('cannot read nesting that exhausts the stack', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`);
    expect(['input_unreadable', 'input_too_large']).toContain(encodeInput({ deep }, { maxBytes: 100_000, maxDepth: 8 }));
  });

  it('counts bytes, not characters', () => {
    expect(encodeInput({ a: 'x'.repeat(56) }, bounds)).toHaveLength(64);
    expect(encodeInput({ a: 'x'.repeat(57) }, bounds)).toBe('input_too_large');
    expect(encodeInput({ a: 'ü'.repeat(30) }, bounds)).toBe('input_too_large');
  });

  it('bounds nesting, and takes no bracket in a text for one', () => {
    expect(encodeInput({ a: [[]] }, bounds)).toBeInstanceOf(Uint8Array);
    expect(encodeInput({ a: [[[]]] }, bounds)).toBe('input_too_large');
    expect(encodeInput({ a: '[[[["\\[[[[' }, bounds)).toBeInstanceOf(Uint8Array);
    expect(encodeInput({ a: [{}, {}, {}, []] }, bounds)).toBeInstanceOf(Uint8Array);
  });
});
