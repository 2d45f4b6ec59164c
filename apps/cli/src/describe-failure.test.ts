import { ArqonError, ClosedError } from '@arqonbus/sdk';
import { describe, expect, it } from 'vitest';
import { CliError } from './cli-error.js';
import { describeFailure } from './describe-failure.js';

describe('describeFailure()', () => {
  it.each([
    ['UNAUTHENTICATED', 'unauthenticated'], ['TOKEN_MISMATCH', 'unauthenticated'], ['NOT_PERMITTED', 'notPermitted'], ['TIMEOUT', 'timedOut'], ['INVALID_NAME', 'usage'],
    ['NO_RESPONDERS', 'refused'], ['ENVELOPE_TOO_LARGE', 'refused'], ['DRAINING', 'refused'],
  ] as const)('maps %s to the exit code %s', (code, exit) => {
    expect(describeFailure(new ArqonError(code))).toMatchObject({ exit, code });
  });

  it('shows the message without the code, which stands behind it', () => {
    expect(describeFailure(new ArqonError('LIMIT', { message: 'too many' })).message).toBe('too many');
  });

  it('tells of a closed bus by what closed it', () => {
    expect(describeFailure(new ClosedError('closed', new ArqonError('UNAUTHENTICATED')))).toMatchObject({ exit: 'unauthenticated' });
    expect(describeFailure(new ClosedError('closed'))).toMatchObject({ exit: 'unreachable', code: 'CLOSED' });
  });

  it('keeps the next step of its own errors', () => {
    expect(describeFailure(new CliError('failure', 'X', 'what', { next: 'how' }))).toEqual({ exit: 'failure', code: 'X', message: 'what', next: 'how' });
  });

  it('takes anything else for its own fault', () => {
    expect(describeFailure(new TypeError('oops'))).toMatchObject({ exit: 'internal', code: 'INTERNAL', message: 'oops' });
    expect(describeFailure('text')).toMatchObject({ exit: 'internal', message: 'text' });
  });
});
