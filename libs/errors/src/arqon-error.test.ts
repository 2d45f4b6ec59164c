import { describe, expect, it } from 'vitest';
import { ArqonError, isArqonError } from './arqon-error.js';
import { errorTable } from './error-codes.js';

describe('ArqonError', () => {
  it('carries its code, and the text of the table where none is given', () => {
    const error = new ArqonError('NO_RESPONDERS');
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('ArqonError');
    expect(error.code).toBe('NO_RESPONDERS');
    expect(error.message).toBe(`NO_RESPONDERS: ${errorTable.NO_RESPONDERS.message}`);
    expect([error.field, error.retryAfterMs, error.index, error.run]).toEqual([undefined, undefined, undefined, undefined]);
    expect('cause' in error).toBe(false);
  });

  it('carries the details it is given', () => {
    const cause = new Error('socket closed');
    const error = new ArqonError('RATE_LIMITED', { message: 'slow down', field: 'envelopes', retryAfterMs: 250, index: 3, run: 7n, cause });
    expect(error.message).toBe('RATE_LIMITED: slow down');
    expect({ ...error }).toMatchObject({ code: 'RATE_LIMITED', field: 'envelopes', retryAfterMs: 250, index: 3, run: 7n });
    expect(error.cause).toBe(cause);
  });

  it('never shows its cause in its text', () => {
    expect(String(new ArqonError('INTERNAL', { cause: new Error('password=hunter2') }))).not.toContain('hunter2');
  });
});

describe('isArqonError()', () => {
  it('knows errors of this copy and of another copy of the package', () => {
    const fromOtherCopy = Object.assign(new Error('NO_RESPONDERS'), { name: 'ArqonError', code: 'NO_RESPONDERS' });
    expect([isArqonError(new ArqonError('LIMIT')), isArqonError(fromOtherCopy)]).toEqual([true, true]);
  });

  it('takes nothing else for one', () => {
    const nameless = Object.assign(new Error('x'), { name: 'ArqonError' });
    for (const value of [new Error('x'), nameless, { name: 'ArqonError', code: 'LIMIT' }, undefined, null, 'LIMIT']) {
      expect(isArqonError(value)).toBe(false);
    }
  });
});
