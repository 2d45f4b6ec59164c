import { describe, expect, it } from 'vitest';
import { startProcess } from './start-process.js';

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
