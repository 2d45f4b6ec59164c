import { describe, expect, it } from 'vitest';
import { createSessionId } from './session.js';

describe('createSessionId()', () => {
  it('gives distinct safe integers above 0', () => {
    const ids = new Set(Array.from({ length: 1_000 }, () => createSessionId(() => false)));
    expect(ids.size).toBe(1_000);
    for (const id of ids) expect(Number.isSafeInteger(id) && id > 0).toBe(true);
    expect(Math.max(...ids)).toBeGreaterThan(2 ** 52);
  });

  it('tries again when an id is taken', () => {
    let tries = 0;
    createSessionId(() => {
      tries += 1;
      return tries < 3;
    });
    expect(tries).toBe(3);
  });
});
