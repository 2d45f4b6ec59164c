import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createTempFolder, type TempFolder } from '@arqonbus/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRecorder, parseTrace, rebuildDisk, recordTrace } from '../src/index.js';

let folder: TempFolder;
beforeEach(() => { folder = createTempFolder('arqon-trace-'); });
afterEach(() => { folder.remove(); });

describe('findRecorder()', () => {
  it('tells the reason where tracing is not permitted', async () => {
    writeFileSync(folder.file('strace'), '#!/bin/sh\necho "ptrace: Operation not permitted" >&2\nexit 1\n');
    chmodSync(folder.file('strace'), 0o755);
    expect(await findRecorder(folder.path)).toEqual({ reason: 'tracing is not permitted here: ptrace: Operation not permitted' });
  });
});

describe('recordTrace()', () => {
  it('records what a program and its children do to files, and how it ends', async (context) => {
    const recorder = await findRecorder();
    if ('reason' in recorder) return context.skip(`not run: ${recorder.reason}`);
    const traceFile = folder.file('trace');
    const script = `const fs = require('node:fs'); process.chdir(${JSON.stringify(folder.path)});
      const handle = fs.openSync('a', 'a'); fs.writeSync(handle, 'one\\n'); fs.fsyncSync(handle); fs.writeSync(handle, 'two\\n');
      require('node:child_process').execFileSync('mv', ['a', 'b']); fs.writeSync(1, 'told'); process.exit(3);`;
    const { end, output } = await recordTrace(recorder.strace, { command: process.execPath, args: ['-e', script], traceFile, timeoutMs: 20_000 });
    expect([end, output]).toEqual(['exit code 3', 'told']);
    const calls = parseTrace(readFileSync(traceFile, 'utf8'), [folder.path]);
    const disk = (keeps?: () => boolean): [string, string][] => {
      const { files } = rebuildDisk(calls, { at: Infinity, ...(keeps === undefined ? {} : { keeps }) });
      return [...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString()]);
    };
    expect(disk()).toEqual([[folder.file('b'), 'one\n']]);
    expect(disk(() => true)).toEqual([[folder.file('b'), 'one\ntwo\n']]);
    expect(readFileSync(folder.file('b'), 'utf8')).toBe('one\ntwo\n');
  });
});
