import { describe, expect, it } from 'vitest';
import { ConnectionLimits } from './connection-limits.js';

const settings = { connectionsPerSecond: 10, connectionsPerAddressCount: 3, connectionsCount: 5, authFailuresPerMinute: 2, banMs: 1_000 };

function create(overrides: Partial<typeof settings> = {}): { limits: ConnectionLimits; clock: { nowMs: number } } {
  const clock = { nowMs: 0 };
  return { limits: new ConnectionLimits({ ...settings, ...overrides }, () => clock.nowMs), clock };
}

describe('ConnectionLimits', () => {
  it('admits a burst of two seconds and then the rate (F16)', () => {
    const { limits, clock } = create();
    for (let count = 0; count < 20; count += 1) {
      expect(limits.admit('1.2.3.4')).toBeUndefined();
      limits.release('1.2.3.4');
    }
    expect(limits.admit('1.2.3.4')).toEqual({ reason: 'rate_limited', isGlobal: false, retryAfterMs: 1_000 });
    expect(limits.admit('1.2.3.5')).toBeUndefined();
    clock.nowMs = 100;
    expect(limits.admit('1.2.3.4')).toBeUndefined();
    expect(limits.admit('1.2.3.4')?.reason).toBe('rate_limited');
  });

  it('bounds the connections of an address and of the process, and gives slots back (G6)', () => {
    const { limits } = create();
    for (let count = 0; count < 3; count += 1) limits.hold('a');
    expect(limits.admit('a')).toMatchObject({ reason: 'peer_limit', isGlobal: false });
    limits.hold('b');
    limits.hold('c');
    expect(limits.openCount).toBe(5);
    expect(limits.admit('d')).toMatchObject({ reason: 'peer_limit', isGlobal: true });
    limits.release('a');
    expect(limits.admit('a')).toBeUndefined();
  });

  it('bans after the failures of a minute, for the time set, and forgets older failures (F17)', () => {
    const { limits, clock } = create();
    expect(limits.failAuthentication('a')).toBe(false);
    clock.nowMs = 60_001;
    expect(limits.failAuthentication('a')).toBe(false);
    expect(limits.failAuthentication('a')).toBe(true);
    expect(limits.admit('a')).toEqual({ reason: 'rate_limited', isGlobal: false, retryAfterMs: 1_000 });
    expect(limits.admit('b')).toBeUndefined();
    clock.nowMs += 1_001;
    expect(limits.admit('a')).toBeUndefined();
  });

  it('counts an IPv6 /64 as one address and a mapped IPv4 as itself', () => {
    const { limits } = create();
    limits.hold('2001:db8:0:1::1');
    limits.hold('2001:db8:0:1:ffff::2');
    limits.hold('2001:db8:0:1:0:0:0:3');
    expect(limits.admit('2001:db8:0:1::4')?.reason).toBe('peer_limit');
    expect(limits.admit('2001:db8:0:2::4')).toBeUndefined();
    const { limits: others } = create();
    for (let count = 0; count < 3; count += 1) others.hold('::ffff:10.0.0.1');
    expect(others.admit('10.0.0.1')?.reason).toBe('peer_limit');
    expect(others.admit('::1')).toBeUndefined();
  });

  it('stays bounded under many addresses, and keeps those with connections', () => {
    const { limits, clock } = create({ connectionsCount: 1_000_000 });
    for (let count = 0; count < 3; count += 1) limits.hold('kept');
    for (let count = 0; count < 70_000; count += 1) limits.failAuthentication(`10.${String(count >> 16)}.${String((count >> 8) & 255)}.${String(count & 255)}`);
    clock.nowMs = 10_000;
    expect(limits.admit('kept')?.reason).toBe('peer_limit');
  });
});
