import { describe, expect, it } from 'vitest';

import { parseUnit } from '../syntax-pass.js';
import { inflateSource } from './inflate-sites.js';

function sites(code: string, path = 'libs/transport/src/a.ts'): string[] {
  const unit = parseUnit({ path, project: 'p', isTest: path.includes('.test.'), isGenerated: false }, code, []);
  return (inflateSource.read(unit).inflate_sites ?? []).map((row) => `${String(row.kind)} ${String(row.value)} ${String(row.safe)}`);
}

describe('inflateSource', () => {
  it.each([
    ["import { WebSocketServer } from 'ws'; new WebSocketServer({ perMessageDeflate: false });", ['per_message_deflate false true']],
    ["import { WebSocketServer } from 'ws'; new WebSocketServer({ perMessageDeflate: { threshold: 1 } });", ['per_message_deflate { threshold: 1 } false']],
    ["import WebSocket from 'ws'; new WebSocket(url, { headers });", ['per_message_deflate not set false']],
    ["import { WebSocket as Socket } from 'ws'; new Socket(url);", ['per_message_deflate not set false']],
    ["import { WebSocket } from 'ws'; new WebSocket(url, protocols, options);", []],
    ['app.ws({ compression: 0 }); app.ws({ compression: uws.SHARED_COMPRESSOR }); app.ws({ compression: uws.DISABLED });', ['engine_compression 0 true', 'engine_compression uws.SHARED_COMPRESSOR false', 'engine_compression uws.DISABLED true']],
    ["import { gunzipSync as open } from 'node:zlib'; open(bytes); open(bytes, { maxOutputLength: 9 });", ['inflate open false', 'inflate open true']],
    ["import * as zlib from 'zlib'; zlib.createInflateRaw(); zlib.brotliDecompress(a, b); zlib.crc32(a);", ['inflate zlib.createInflateRaw false', 'inflate zlib.brotliDecompress false']],
    ["import zlib from 'zlib'; zlib['createGunzip']();", ["inflate zlib['createGunzip'] false"]],
    ["import { promisify } from 'node:util'; import { gunzip } from 'node:zlib'; promisify(gunzip);", ['inflate gunzip false']],
    ["new DecompressionStream('gzip');", ['inflate DecompressionStream false']],
    ["import { crc32, deflateSync } from 'node:zlib'; crc32(a); deflateSync(a);", []],
  ])('reads %s', (code, expected) => {
    expect(sites(code)).toEqual(expected);
  });

  it('knows the guard, and whether it runs', () => {
    const path = 'libs/transport/src/a.test.ts';
    expect(sites("it('a', () => { expect(client.extensions).toBe(''); });", path)).toEqual(['guard_test extensions true']);
    expect(sites("it.skip('a', () => { expect(client.extensions).toEqual(''); });", path)).toEqual(['guard_test extensions false']);
    expect(sites("describe.skip('b', () => { it('a', () => { expect(client.extensions).toBe(''); }); });", path)).toEqual(['guard_test extensions false']);
    expect(sites("it('a', () => { expect(client.protocol).toBe(''); expect(client.extensions).toBe('x'); });", path)).toEqual([]);
  });
});
