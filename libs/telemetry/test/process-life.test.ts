import { spawn } from 'node:child_process';

import { describe, expect, it } from 'vitest';

import { runFixture, type RunningFixture } from './run-fixture.js';

async function start(mode: string, options: { ipc?: boolean; parentPid?: string } = {}): Promise<RunningFixture> {
  const fixture = runFixture('process-life.ts', { args: [mode, ...(options.parentPid === undefined ? [] : [options.parentPid])], ipc: options.ipc ?? false });
  await fixture.waitFor('"message":"running"');
  return fixture;
}

describe('runUntilSignal()', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('drains once and exits 0 on %s', async (signal) => {
    const fixture = await start('plain');
    fixture.child.kill(signal);
    expect(await fixture.exited).toBe(0);
    expect(fixture.output().match(/"message":"drain called"/g)).toHaveLength(1);
    expect(fixture.output()).toContain(`"cause":"${signal}"`);
    expect(fixture.output()).toContain('"message":"drained, exiting"');
  });

  it.each([['SIGTERM', 143], ['SIGINT', 130]] as const)('exits at once on a second signal, %s with %i', async (signal, code) => {
    const fixture = await start('drain-hangs');
    fixture.child.kill('SIGTERM');
    await fixture.waitFor('"message":"drain called"');
    fixture.child.kill(signal);
    expect(await fixture.exited).toBe(code);
  });

  it('exits 1 when the drain fails', async () => {
    const fixture = await start('drain-fails');
    fixture.child.kill('SIGTERM');
    expect(await fixture.exited).toBe(1);
    expect(fixture.output()).toContain('cannot close');
  });

  it('exits 1 when the drain does not end in time', async () => {
    const fixture = await start('drain-times-out');
    expect(await fixture.exited).toBe(1);
    expect(fixture.output()).toContain('drain did not end in time');
  });

  it('drains once when asked to stop twice', async () => {
    const fixture = await start('stop-twice');
    expect(await fixture.exited).toBe(0);
    expect(fixture.output().match(/"message":"drain called"/g)).toHaveLength(1);
  });

  it.each([['throws', 'Error'], ['rejects', 'TypeError']])('logs CRITICAL and exits 70 when something %s', async (mode, type) => {
    const fixture = runFixture('process-life.ts', { args: [mode] });
    expect(await fixture.exited).toBe(70);
    expect(fixture.output()).toContain('"level":"CRITICAL"');
    expect(fixture.output()).toContain(`"type":"${type}"`);
    expect(fixture.output()).not.toContain('canary');
  });

  it('drains when the IPC channel of its parent closes', async () => {
    const fixture = await start('plain', { ipc: true });
    fixture.child.disconnect();
    expect(await fixture.exited).toBe(0);
    expect(fixture.output()).toContain('parent disconnected');
  });

  it('drains when the process given as parent ends', async () => {
    const parent = spawn('sleep', ['60']);
    const fixture = await start('plain', { parentPid: String(parent.pid) });
    parent.kill('SIGKILL');
    expect(await fixture.exited).toBe(0);
    expect(fixture.output()).toContain('parent process ended');
  });

  it('ignores a parent that is no process number', async () => {
    const fixture = await start('plain', { parentPid: 'init' });
    fixture.child.kill('SIGTERM');
    expect(await fixture.exited).toBe(0);
    expect(fixture.output()).toContain('"cause":"SIGTERM"');
  });
});
