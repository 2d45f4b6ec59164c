import { ArqonError } from '@arqonbus/errors';
import { EpisodeStoreError } from '@arqonbus/storage/episodes';
import { describe, expect, it } from 'vitest';
import { isTransient, retrying } from './retrying.js';

describe('isTransient()', () => {
  it.each([
    [new EpisodeStoreError('transient', 'x'), true],
    [new EpisodeStoreError('data', 'x'), false],
    [new EpisodeStoreError('position_moved', 'x'), false],
    [new ArqonError('STORE_UNAVAILABLE'), true],
    [new ArqonError('TIMEOUT'), true],
    [new ArqonError('WINDOW_UNBOUNDED'), true],
    [new ArqonError('HISTORY_TRIMMED'), false],
    [new ArqonError('EPOCH_CHANGED'), false],
    [new Error('x'), false],
  ])('of %s is %s', (error, expected) => {
    expect(isTransient(error)).toBe(expected);
  });
});

describe('retrying()', () => {
  it('tries until it succeeds, and tells of each failure', async () => {
    const failures: unknown[] = [];
    let tries = 0;
    const work = (): Promise<number> => {
      tries += 1;
      return tries < 3 ? Promise.reject(new ArqonError('TIMEOUT')) : Promise.resolve(tries);
    };
    expect(await retrying(new AbortController().signal, (error) => failures.push(error), work)).toBe(3);
    expect(failures).toHaveLength(2);
  });

  it('gives up at what is not transient', async () => {
    await expect(retrying(new AbortController().signal, () => undefined, () => Promise.reject(new ArqonError('EPOCH_CHANGED')))).rejects.toMatchObject({ code: 'EPOCH_CHANGED' });
  });

  it('ends when aborted, also while it waits', async () => {
    const stopped = new AbortController();
    const waiting = retrying(stopped.signal, () => { setImmediate(() => { stopped.abort(); }); }, () => Promise.reject(new ArqonError('TIMEOUT')));
    await expect(waiting).rejects.toThrow(/abort/i);
    await expect(retrying(stopped.signal, () => undefined, () => Promise.resolve(1))).rejects.toThrow(/abort/i);
  });
});
