import { describe, expect, it } from 'vitest';

import { hostUseSource } from './host-uses.js';
import { columnIn, rowsIn } from './parse-snippet.fixture.js';

describe('file_changes', () => {
  it.each([
    [`import { writeFile } from 'node:fs/promises'; await writeFile('a', b);`, 'writeFile'],
    [`import * as files from 'node:fs'; files.promises.appendFile('a', b);`, 'appendFile'],
    [`const f = async () => { const { createWriteStream: open } = await import('node:fs'); open('a'); };`, 'createWriteStream'],
    [`import fs from 'node:fs'; fs[name]('a');`, '*'],
    [`import fs from 'node:fs'; keep(fs);`, '*'],
    [`import { open } from 'node:fs/promises'; await open('a', 'w');`, 'open'],
    [`import { open } from 'node:fs/promises'; paths.map(open);`, 'open'],
    [`import fs from 'node:fs'; Reflect.get(fs, 'rmSync')('a');`, 'rmSync'],
  ])('has %s', (text, api) => {
    expect(columnIn(hostUseSource, 'file_changes', 'api', text)).toContain(api);
  });

  it.each([
    `import { readFile } from 'node:fs/promises'; await readFile('a');`,
    `import { open } from 'node:fs/promises'; await open('a'); await open('a', 'r');`,
    `import fs from 'node:fs'; const { readFile } = fs; fs.watch('a');`,
    `import { writeFile } from './own.js'; writeFile('a');`,
  ])('has nothing of %s', (text) => {
    expect(rowsIn(hostUseSource, 'file_changes', text)).toEqual([]);
  });
});

describe('blocking_calls', () => {
  it.each([
    [`import { readFileSync } from 'node:fs'; readFileSync('a');`, 'fs.readFileSync'],
    [`import { readFileSync as read } from 'fs'; read('a');`, 'fs.readFileSync'],
    [`import fs from 'node:fs'; fs.statSync('a');`, 'fs.statSync'],
    [`import * as fs from 'node:fs'; const { statSync: look } = fs; look('a');`, 'fs.statSync'],
    [`import zlib from 'node:zlib'; zlib['gzipSync'](b);`, 'zlib.gzipSync'],
    [`const { execSync } = require('child_process'); execSync('a');`, 'child_process.execSync'],
    [`const f = async () => { const fs = await import('node:fs'); fs.existsSync('a'); };`, 'fs.existsSync'],
    [`import { readFileSync } from 'node:fs'; paths.map(readFileSync);`, 'fs.readFileSync'],
    [`import { readFileSync } from 'node:fs'; readFileSync.call(undefined, 'a');`, 'fs.readFileSync'],
    [`Atomics.wait(a, 0, 0);`, 'Atomics.wait'],
    [`import { DatabaseSync } from 'node:sqlite'; new DatabaseSync('a');`, 'sqlite.DatabaseSync'],
  ])('has %s', (text, api) => {
    expect(columnIn(hostUseSource, 'blocking_calls', 'api', text)).toContain(api);
  });

  it.each([
    `import { readFile } from 'node:fs/promises'; await readFile('a');`,
    `const readFileSync = (path: string): string => path; readFileSync('a');`,
    `import { readFileSync } from './fake-files.js'; readFileSync('a');`,
    `import type { readFileSync } from 'node:fs';`,
  ])('has nothing of %s', (text) => {
    expect(rowsIn(hostUseSource, 'blocking_calls', text)).toEqual([]);
  });

  it('names the function around', () => {
    const text = `import { readFileSync } from 'node:fs';\nconst a = readFileSync('a');\nfunction read() { return readFileSync('b'); }`;
    expect(columnIn(hostUseSource, 'blocking_calls', 'function', text)).toEqual(['', 'read']);
  });
});

describe('environment_reads', () => {
  it.each([
    ['process.env.PORT;', 'env', 'PORT'],
    [`process.env['PORT'];`, 'env', 'PORT'],
    ['globalThis.process.argv;', 'argv', '*'],
    ['const { env } = process;', 'env', '*'],
    ['const { env: { PORT } } = process;', 'env', 'PORT'],
    [`import { env } from 'node:process'; env.PORT;`, 'env', 'PORT'],
    [`import p from 'process'; p.env.PORT;`, 'env', 'PORT'],
    ['import.meta.env.MODE;', 'env', 'MODE'],
  ])('has %s', (text, what, variable) => {
    expect(rowsIn(hostUseSource, 'environment_reads', text)).toContainEqual(expect.objectContaining({ what, variable }));
  });

  it('has nothing of another process', () => {
    expect(rowsIn(hostUseSource, 'environment_reads', 'const f = (process: { env: string }) => process.env;')).toEqual([]);
  });
});

describe('outbound_calls', () => {
  it.each([
    [`fetch('http://spine:8080');`, 'fetch', 'http://spine:8080'],
    ['fetch(`http://${host}/x`);', 'fetch', 'http://${host}/x'],
    [`const base = 'http://brain'; fetch(new URL('/x', base));`, 'fetch', '/x http://brain'],
    [`import { request as ask } from 'node:http'; ask({ host: 'brain' });`, 'http.request', `{ host: 'brain' }`],
    [`import { WebSocket } from 'ws'; new WebSocket(url);`, 'ws.WebSocket', 'url'],
    [`new globalThis.WebSocket(url);`, 'WebSocket', 'url'],
    [`urls.map(fetch);`, 'fetch', ''],
    [`const ask = fetch; ask(url);`, 'fetch', 'url'],
  ])('has %s', (text, api, target) => {
    expect(rowsIn(hostUseSource, 'outbound_calls', text)).toContainEqual(expect.objectContaining({ api, target }));
  });

  it('has nothing of a method called fetch', () => {
    expect(rowsIn(hostUseSource, 'outbound_calls', 'tokens.fetch(); const f = (fetch: () => void) => fetch();')).toEqual([]);
  });
});

describe('pure_layer_uses', () => {
  const domain = { tags: ['layer:domain'] };

  it.each([
    ['Date.now();', 'clock'], ['new Date();', 'clock'], ['Date();', 'clock'], ['globalThis.performance.now();', 'clock'],
    ['const { random } = Math; random();', 'random'], ['crypto.randomUUID();', 'random'], ['setTimeout(f, 1);', 'timer'], ['process.env;', 'host'],
    ['console.log(1);', 'console'], ['fetch(url);', 'network'], ['async function f() {}', 'async'], ['new Promise(f);', 'async'], ['Promise.resolve(1);', 'async'],
  ])('has %s', (text, kind) => {
    expect(columnIn(hostUseSource, 'pure_layer_uses', 'kind', text, domain)).toContain(kind);
  });

  it('lets functions of a given value be', () => {
    expect(rowsIn(hostUseSource, 'pure_layer_uses', 'new Date(1); Math.max(1, 2); const f = (console: string) => console;', domain)).toEqual([]);
  });

  it('looks at pure layers alone', () => {
    expect(rowsIn(hostUseSource, 'pure_layer_uses', 'Date.now();', { tags: ['layer:app'] })).toEqual([]);
  });
});
