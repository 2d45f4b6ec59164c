import { describe, expect, it } from 'vitest';
import { payloadText, visible } from './message-lines.js';

const utf8 = new TextEncoder();

describe('payloadText()', () => {
  it.each(['text/plain', 'text/plain; charset=utf-8', 'application/json', 'application/problem+json', 'image/svg+xml', 'TEXT/HTML'])('shows UTF-8 of the type %s as text', (type) => {
    expect(payloadText(type, utf8.encode('grüß "dich"'))).toEqual({ encoding: 'text', payload: 'grüß "dich"' });
  });

  it.each(['application/octet-stream', 'image/png', 'arqon.v1.Event', 'application/jsonish', ''])('shows the type %s as base64', (type) => {
    expect(payloadText(type, utf8.encode('hi'))).toEqual({ encoding: 'base64', payload: 'aGk=' });
  });

  it('shows bytes that are not UTF-8 as base64 whatever the type says', () => {
    expect(payloadText('text/plain', Uint8Array.of(0xff, 0x41))).toEqual({ encoding: 'base64', payload: '/0E=' });
  });

  it('keeps a byte order mark', () => {
    expect(payloadText('text/plain', Uint8Array.of(0xef, 0xbb, 0xbf, 0x41)).payload).toBe('\ufeffA');
  });
});

describe('visible()', () => {
  it('lets no control character reach the terminal', () => {
    expect(visible('a\u001b[2Jb\nc\td\u009b1m\u202ee\u2028')).toBe('a\\u001b[2Jb\\nc\\td\\u009b1m\\u202ee\\u2028');
  });

  it('leaves other text as it is', () => {
    expect(visible('grüß 👋🏽 "日本"')).toBe('grüß 👋🏽 "日本"');
  });
});
