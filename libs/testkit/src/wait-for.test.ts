import { describe, expect, it } from 'vitest';
import { waitFor, within } from './wait-for.js';

describe('waitFor()', () => {
  it('gives the first present value, zero and empty text included', async () => {
    let looksCount = 0;
    expect(await waitFor(() => { looksCount += 1; return looksCount < 3 ? undefined : 0; })).toBe(0);
    expect(await waitFor(() => Promise.resolve(''))).toBe('');
  });

  it('names what it waited for', async () => {
    await expect(waitFor(() => false, { timeoutMs: 20, what: 'rain' })).rejects.toThrow('waited 20 ms for rain');
  });

  it('keeps the reason of a look that throws as cause', async () => {
    const look = (): boolean => { throw new Error('closed'); };
    await expect(waitFor(look, { timeoutMs: 20 })).rejects.toMatchObject({ cause: { message: 'closed' } });
  });
});

describe('within()', () => {
  it('gives the value of a promise that is in time', async () => {
    expect(await within(Promise.resolve(1), 1_000, 'one')).toBe(1);
  });

  it('rejects a promise that is late', async () => {
    await expect(within(new Promise(() => undefined), 20, 'never')).rejects.toThrow('waited 20 ms for never');
  });
});
