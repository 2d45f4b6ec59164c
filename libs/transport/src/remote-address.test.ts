import { describe, expect, it } from 'vitest';
import { formatAddress, normalizeAddress } from './remote-address.js';

describe('formatAddress()', () => {
  it('formats IPv4, IPv6 and IPv4 mapped into IPv6', () => {
    expect(formatAddress(Uint8Array.of(192, 0, 2, 7))).toBe('192.0.2.7');
    expect(formatAddress(Uint8Array.of(0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1))).toBe('2001:db8::1');
    expect(formatAddress(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 7))).toBe('192.0.2.7');
  });

  it('gives nothing for what is no address', () => {
    expect(formatAddress(new Uint8Array(0))).toBe('');
    expect(normalizeAddress(undefined)).toBe('');
  });
});
