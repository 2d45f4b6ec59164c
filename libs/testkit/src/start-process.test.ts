import { mkdirSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { programArgs, startProcess } from './start-process.js';
import { createTempFolder, type TempFolder } from './temp-folder.js';

const ready = 'console.log("ready"); setInterval(() => {}, 1000);';

describe('startProcess()', () => {
  it('waits for a line on stdout and stops by the signal', async () => {
    const running = await startProcess({ args: ['-e', ready], readyWhen: ({ stdout }) => stdout.includes('ready\n') });
    expect(running.output.stdout).toBe('ready\n');
    expect(await running.stop()).toEqual({ code: null, signal: 'SIGTERM' });
  });

  it('waits for a message and gives the environment', async () => {
    const script = 'process.send({ port: process.env.WANTED, home: process.env.HOME }); setInterval(() => {}, 1000);';
    const running = await startProcess({ args: ['-e', script], env: { WANTED: '7', HOME: undefined }, readyWhen: ({ messages }) => messages.length > 0 });
    expect(running.output.messages).toEqual([{ port: '7' }]);
    await running.stop('SIGKILL');
    expect(await running.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('rejects with the output of a process that ends before it is ready', async () => {
    const starting = startProcess({ args: ['-e', 'console.error("no port"); process.exit(3)'], readyWhen: ({ stdout }) => stdout !== '' });
    await expect(starting).rejects.toThrow(/ended with 3 before it was ready[^]*no port/);
  });

  it('rejects when the process is not ready in time', async () => {
    const starting = startProcess({ args: ['-e', ready], readyWhen: () => false, readyTimeoutMs: 300 });
    await expect(starting).rejects.toThrow('waited 300 ms for the process to be ready');
  });

  it('rejects for a folder that does not exist', async () => {
    await expect(startProcess({ args: ['-e', ''], cwd: '/does/not/exist', readyWhen: () => false })).rejects.toThrow(/before it was ready[^]*ENOENT/);
  });

  it('kills a process that ignores the signal', async () => {
    const script = `process.on('SIGTERM', () => {}); ${ready}`;
    const running = await startProcess({ args: ['-e', script], readyWhen: ({ stdout }) => stdout.includes('ready') });
    await expect(running.stop('SIGTERM', 100)).rejects.toThrow('waited 100 ms for the process to end by SIGTERM');
    expect(await running.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });
});

describe('programArgs()', () => {
  const sourceArgs = ['--conditions=@arqonbus/source', '--import', 'tsx/esm'];
  let folder: TempFolder;

  beforeEach(() => {
    folder = createTempFolder();
    for (const path of ['app/dist/inner', 'app/dist/spec/test']) mkdirSync(folder.file(path), { recursive: true });
    for (const path of ['app/dist/main.js', 'app/dist/inner/part.js', 'app/dist/spec/test/helper.js']) writeFileSync(folder.file(path), '');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    folder.remove();
  });

  it('runs the source, compiled or not, unless the environment asks for what is built', () => {
    vi.stubEnv('ARQON_TEST_BUILT', undefined);
    expect(programArgs(folder.file('app/src/main.ts'))).toEqual([...sourceArgs, folder.file('app/src/main.ts')]);
  });

  it.each([['app/src/main.ts', 'app/dist/main.js'], ['app/src/inner/part.ts', 'app/dist/inner/part.js']])('runs what is built of %s', (source, built) => {
    vi.stubEnv('ARQON_TEST_BUILT', '1');
    expect(programArgs(folder.file(source))).toEqual([folder.file(built)]);
    expect(programArgs(pathToFileURL(folder.file(source)))).toEqual([folder.file(built)]);
  });

  it.each(['app/src/never-compiled.ts', 'app/test/helper.ts'])('runs the source of %s, which is not built or would not run so', (source) => {
    vi.stubEnv('ARQON_TEST_BUILT', '1');
    expect(programArgs(folder.file(source))).toEqual([...sourceArgs, folder.file(source)]);
  });
});
