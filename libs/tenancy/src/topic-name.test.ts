import { isArqonError } from '@arqonbus/errors';
import { describe, expect, it } from 'vitest';
import { formatTopicName, parseTopicName } from './topic-name.js';

function refusalOf(text: string): { code: string; field: string | undefined } {
  try {
    parseTopicName(text);
  } catch (error) {
    if (isArqonError(error)) return { code: error.code, field: error.field };
    throw error;
  }
  throw new Error(`accepted ${text}`);
}

describe('parseTopicName()', () => {
  it('reads room, room:channel and @client', () => {
    expect(parseTopicName('plans')).toEqual({ kind: 'topic', room: 'plans', channel: '' });
    expect(parseTopicName('plans:')).toEqual({ kind: 'topic', room: 'plans', channel: '' });
    expect(parseTopicName('plans:main.2')).toEqual({ kind: 'topic', room: 'plans', channel: 'main.2' });
    expect(parseTopicName('@Bob@example.org')).toEqual({ kind: 'inbox', clientId: 'Bob@example.org' });
  });

  it('refuses bad names with INVALID_NAME and the field', () => {
    expect(refusalOf('')).toEqual({ code: 'INVALID_NAME', field: 'room' });
    expect(refusalOf(':a')).toEqual({ code: 'INVALID_NAME', field: 'room' });
    expect(refusalOf('Plans')).toEqual({ code: 'INVALID_NAME', field: 'room' });
    expect(refusalOf('a:b:c')).toEqual({ code: 'INVALID_NAME', field: 'channel' });
    expect(refusalOf('a:*')).toEqual({ code: 'INVALID_NAME', field: 'channel' });
    expect(refusalOf('@')).toEqual({ code: 'INVALID_NAME', field: 'recipient' });
    expect(refusalOf('@a:b')).toEqual({ code: 'INVALID_NAME', field: 'recipient' });
  });
});

describe('formatTopicName()', () => {
  it('gives back the canonical text', () => {
    for (const text of ['plans', 'plans:main', '@bob']) expect(formatTopicName(parseTopicName(text))).toBe(text);
    expect(formatTopicName(parseTopicName('plans:'))).toBe('plans');
  });
});
