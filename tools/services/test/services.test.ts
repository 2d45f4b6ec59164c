import { programArgs } from '@arqonbus/testkit';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { createConnection } from 'node:net';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, vi } from 'vitest';
import { findOnPath, spawnServer, startNats } from '../src/index.js';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function readGreeting(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('error', reject);
    socket.once('data', (data) => {
      resolve(data.toString());
      socket.destroy();
    });
  });
}

async function startParent(mode: string): Promise<{ parent: ReturnType<typeof spawn>; childPid: number }> {
  const fixture = join(import.meta.dirname, 'parent.fixture.ts');
  const parent = spawn(process.execPath, [...programArgs(fixture), mode], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
  return { parent, childPid: Number(line) };
}

describe('spawnServer()', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('ends the child when the parent gets %s', async (signal) => {
    const { parent, childPid } = await startParent('wait');
    expect(isAlive(childPid)).toBe(true);
    parent.kill(signal);
    expect(await once(parent, 'exit')).toEqual([null, signal]);
    await vi.waitFor(() => expect(isAlive(childPid)).toBe(false), { timeout: 5_000 });
  });

  it('ends the child when the parent exits', async () => {
    const { parent, childPid } = await startParent('exit');
    parent.stdin?.write('\n');
    await once(parent, 'exit');
    await vi.waitFor(() => expect(isAlive(childPid)).toBe(false), { timeout: 5_000 });
  });

  it.skipIf(findOnPath('setpriv') === undefined)('ends the child when the parent is killed', async () => {
    const { parent, childPid } = await startParent('wait');
    parent.kill('SIGKILL');
    await vi.waitFor(() => expect(isAlive(childPid)).toBe(false), { timeout: 5_000 });
  });

  it('reports how a server ended and what it wrote', async () => {
    const server = spawnServer({ command: process.execPath, args: ['-e', 'console.error("no licence"); process.exit(3)'] });
    expect(await server.ended).toBe('exit code 3');
    await vi.waitFor(() => expect(server.recentOutput()).toContain('no licence'));
  });

  it('reports a command that does not exist', async () => {
    const server = spawnServer({ command: '/nonexistent/server', args: [] });
    expect(await server.ended).toMatch(/not started|exit code 127/);
  });
});

describe.skipIf(findOnPath('nats-server') === undefined)('startNats()', () => {
  it('listens on two free ports until it is stopped', async () => {
    const nats = await startNats({ websocket: true });
    expect(nats.wsPort).toBeGreaterThan(0);
    expect(await readGreeting(nats.port)).toMatch(/^INFO \{/);
    await nats.stop();
    expect(isAlive(nats.pid)).toBe(false);
    await expect(readGreeting(nats.port)).rejects.toThrow(/ECONNREFUSED/);
  });

  it('runs beside another one', async () => {
    const [first, second] = await Promise.all([startNats(), startNats()]);
    expect(first.port).not.toBe(second.port);
    expect(first.wsPort).toBe(0);
    await Promise.all([first.stop(), second.stop()]);
  });

  it('tells the reason when the server refuses its configuration', async () => {
    await expect(startNats({ config: ['no_such_key: 1'] })).rejects.toThrow(/did not become ready \(exit code 1\).*no_such_key/s);
  });

  it('leaves no folder behind', async () => {
    const nats = await startNats();
    const folder = readFileSync(`/proc/${nats.pid}/cmdline`, 'utf8').split('\0').find((word) => word.endsWith('nats.conf'));
    expect(folder !== undefined && existsSync(folder)).toBe(true);
    await nats.stop();
    expect(existsSync(folder ?? '')).toBe(false);
  });
});
