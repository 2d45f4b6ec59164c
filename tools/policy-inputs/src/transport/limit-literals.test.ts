import { describe, expect, it } from 'vitest';

import { rowsIn } from '../architecture/parse-snippet.fixture.js';
import { limitLiteralSource } from './limit-literals.js';

const limits = (text: string): unknown[] => rowsIn(limitLiteralSource, 'limit_literals', text).map(({ option, value, form }) => [option, value, form]);
const caps = "import { hardCaps } from '@arqonbus/errors';\n";

describe('limits written in code', () => {
  it.each([
    ['const o = { maxMessageBytes: 16 * 1024 * 1024 };', 'maxMessageBytes', 16_777_216, 'number'],
    ['const o = { maxPayload: 16 * 1024 * 1024 };', 'maxPayload', 16_777_216, 'number'],
    ['const big = 8_388_608; const o = { maxPayloadLength: big };', 'maxPayloadLength', 8_388_608, 'number'],
    ['const maxPayload = 1 << 24; const o = { maxPayload };', 'maxPayload', 16_777_216, 'number'],
    ['options.maxPayload = 2 ** 24;', 'maxPayload', 16_777_216, 'number'],
    ["options['maxPayload'] = Number('9000000');", 'maxPayload', 9_000_000, 'number'],
    ["const o = { ['idleTimeout']: 4_000 };", 'idleTimeout', 4_000, 'number'],
    ['const o = { maxPayload: given ?? 16_777_216 };', 'maxPayload', 16_777_216, 'number'],
    ['const o = { maxPayload: 0 };', 'maxPayload', 0, 'number'],
    ['const o = { maxPayload: Infinity };', 'maxPayload', 0, 'raised'],
    [`${caps}const o = { maxPayload: hardCaps.frameBytes * 8 };`, 'maxPayload', 0, 'raised'],
    [`${caps}const o = { maxPayload: Math.max(hardCaps.frameBytes, given) };`, 'maxPayload', 0, 'raised'],
    ["import { WebSocketServer } from 'ws'; new WebSocketServer({ noServer: true });", 'maxPayload', 0, 'none'],
    ["import { WebSocket as Socket } from 'ws'; new Socket(url);", 'maxPayload', 0, 'none'],
  ])('are read from %s', (text, option, value, form) => {
    expect(limits(text)).toEqual([[option, value, form]]);
  });

  it.each([
    `${caps}const o = { maxPayload: hardCaps.frameBytes, idleTimeout: seconds(options) };`,
    `${caps}const o = { maxPayload: hardCaps.frameBytes / 2 };`,
    "import { WebSocketServer } from 'ws'; new WebSocketServer({ ...options });",
    "import { WebSocket } from 'ws'; new WebSocket(url, protocols, { maxPayload: limit });",
    'const o = { maxItems: 1e9 };',
    'interface Options { readonly maxPayload: number }',
  ])('are none in %s', (text) => {
    expect(limits(text)).toEqual([]);
  });
});
