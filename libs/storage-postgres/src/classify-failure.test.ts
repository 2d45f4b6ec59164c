import { EpisodeStoreError } from '@arqonbus/storage/episodes';
import { describe, expect, it } from 'vitest';
import { isConnectionSound, sqlCodeOf, toStoreError } from './classify-failure.js';

function serverError(code: string): Error {
  return Object.assign(new Error('invalid input: the text of a secret summary'), { code, detail: 'Key (summary)=(secret)' });
}

describe('toStoreError()', () => {
  it.each(['22P05', '22021', '22003', '22P02', '23502', '23505', '23514', '21000', '54000'])('takes SQLSTATE %s as something that can never be stored', (code) => {
    expect(toStoreError(serverError(code))).toMatchObject({ failure: 'data', sqlCode: code });
  });

  it.each(['08006', '25P02', '25P03', '28P01', '3D000', '40001', '40P01', '42501', '42P01', '53100', '53200', '53300', '55P03', '57014', '57P01', '57P03', '58030', 'XX000'])(
    'takes SQLSTATE %s as something that may pass', (code) => {
      expect(toStoreError(serverError(code))).toMatchObject({ failure: 'transient', sqlCode: code });
    },
  );

  it.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'ETIMEDOUT', 'CERT_HAS_EXPIRED'])('takes %s of the network as something that may pass', (code) => {
    const failure = toStoreError(serverError(code));
    expect(failure).toMatchObject({ failure: 'transient', sqlCode: '' });
    expect(failure.message).toContain(code);
  });

  it('takes what has no code as something that may pass', () => {
    expect(toStoreError(new Error('Connection terminated unexpectedly'))).toMatchObject({ failure: 'transient', message: expect.stringContaining('terminated') as string });
    expect(toStoreError('gone')).toMatchObject({ failure: 'transient' });
  });

  it('takes a value that cannot even be sent as something that can never be stored', () => {
    expect(toStoreError(new RangeError('Invalid string length'))).toMatchObject({ failure: 'data' });
  });

  it('never tells what the server quotes from a refused value', () => {
    const failure = toStoreError(serverError('22P02'));
    expect(failure.cause).toBeUndefined();
    expect(failure.message).toBe('the database answered 22P02 (invalid text representation)');
  });

  it('leaves failures of the port as they are', () => {
    const failure = new EpisodeStoreError('claim_lost', 'another instance has it');
    expect(toStoreError(failure)).toBe(failure);
  });
});

describe('sqlCodeOf()', () => {
  it('tells a SQLSTATE from a code of the network', () => {
    expect(sqlCodeOf(serverError('42P01'))).toBe('42P01');
    expect(sqlCodeOf(serverError('EPIPE'))).toBe('');
    expect(sqlCodeOf(new Error('x'))).toBe('');
  });
});

describe('isConnectionSound()', () => {
  it('keeps a connection after what concerned one transaction alone', () => {
    for (const code of ['22P05', '23505', '40001', '40P01', '55P03', '57014']) expect(isConnectionSound(serverError(code)), code).toBe(true);
    expect(isConnectionSound(new EpisodeStoreError('position_moved', 'elsewhere'))).toBe(true);
  });

  it('gives up one of which nothing is known', () => {
    for (const code of ['57P01', '08006', '26000', '0A000', 'ECONNRESET']) expect(isConnectionSound(serverError(code)), code).toBe(false);
    expect(isConnectionSound(new Error('Query read timeout'))).toBe(false);
    expect(isConnectionSound(new EpisodeStoreError('transient', 'lost'))).toBe(false);
  });
});
