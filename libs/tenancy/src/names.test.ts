import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isChannelName, isChannelNameBytes, isClientId, isClientIdBytes, isRoomName, isRoomNameBytes, isTenantId,
} from './names.js';

const oracles = {
  room: /^[a-z0-9][a-z0-9._-]{0,127}$/,
  channel: /^(?:[a-z0-9][a-z0-9._-]{0,127})?$/,
  client: /^[A-Za-z0-9][A-Za-z0-9._@-]{0,127}$/,
  tenant: /^[a-z0-9][a-z0-9_-]{0,63}$/,
};

const nearNames = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'aZ09._-@:*\n éÿſ\u0000'), maxLength: 12 }),
  fc.string({ unit: fc.constantFrom(...'a9_-'), minLength: 60, maxLength: 132 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
);

describe('isRoomName(), isChannelName(), isClientId(), isTenantId()', () => {
  it('agree with the grammar of the protocol', () => {
    fc.assert(fc.property(nearNames, (name) => {
      expect(isRoomName(name)).toBe(oracles.room.test(name) && !name.endsWith('\n'));
      expect(isChannelName(name)).toBe(oracles.channel.test(name) && !name.endsWith('\n'));
      expect(isClientId(name)).toBe(oracles.client.test(name) && !name.endsWith('\n'));
      expect(isTenantId(name)).toBe(oracles.tenant.test(name) && !name.endsWith('\n'));
    }), { seed: 1, numRuns: 3_000 });
  });

  it('take names up to the cap and none above', () => {
    expect(isRoomName('a'.repeat(128))).toBe(true);
    expect(isRoomName('a'.repeat(129))).toBe(false);
    expect(isTenantId('a'.repeat(64))).toBe(true);
    expect(isTenantId('a'.repeat(65))).toBe(false);
  });

  it('let only the channel be empty', () => {
    expect([isRoomName(''), isChannelName(''), isClientId(''), isTenantId('')]).toEqual([false, true, false, false]);
  });

  it('refuse a tenant id that could hold a separator of an engine (C7)', () => {
    for (const id of ['a.b', 'a:b', 'a*b', 'a>b', 'a/b', 'a{b', 'A', '_a', '-a']) expect(isTenantId(id)).toBe(false);
  });
});

describe('isRoomNameBytes(), isChannelNameBytes(), isClientIdBytes()', () => {
  it('agree with the checks over text', () => {
    fc.assert(fc.property(nearNames, fc.nat({ max: 3 }), fc.nat({ max: 3 }), (name, before, after) => {
      const encoded = new TextEncoder().encode(name);
      const bytes = new Uint8Array(before + encoded.length + after).fill(0x61);
      bytes.set(encoded, before);
      const end = before + encoded.length;
      expect(isRoomNameBytes(bytes, before, end)).toBe(isRoomName(name));
      expect(isChannelNameBytes(bytes, before, end)).toBe(isChannelName(name));
      expect(isClientIdBytes(bytes, before, end)).toBe(isClientId(name));
    }), { seed: 2, numRuns: 2_000 });
  });

  it('refuse ranges outside the bytes', () => {
    const bytes = new TextEncoder().encode('abc');
    expect(isRoomNameBytes(bytes, 0, 4)).toBe(false);
    expect(isRoomNameBytes(bytes, -1, 2)).toBe(false);
    expect(isRoomNameBytes(bytes, 2, 1)).toBe(false);
    expect(isClientIdBytes(bytes, -1, -1)).toBe(false);
  });
});
