import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startRedis, type RedisServer } from '../src/index.js';

let server: RedisServer | undefined;

afterEach(async () => {
  await server?.stop();
});

/** Sends one inline command and gives what came first. */
function ask(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('error', reject);
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString());
    });
    socket.write(`${command}\r\n`);
  });
}

describe('startRedis()', () => {
  it('serves on a free port and leaves nothing behind', async () => {
    server = await startRedis();
    expect(await ask(server.port, 'SET a 1')).toBe('+OK\r\n');
    await server.stop();
    expect(existsSync(server.folder)).toBe(false);
    await expect(ask(server.port, 'PING')).rejects.toThrow('ECONNREFUSED');
  });

  it('keeps what was written with an append-only file over a kill and a restart', async () => {
    server = await startRedis({ appendonly: 'yes', appendfsync: 'always' });
    await ask(server.port, 'SET a kept');
    const { pid } = server;
    await server.kill();
    await server.restart();
    expect(server.pid).not.toBe(pid);
    expect(await ask(server.port, 'GET a')).toContain('kept');
  });

  it('loses it without one', async () => {
    server = await startRedis();
    await ask(server.port, 'SET a lost');
    await server.kill();
    await server.restart();
    expect(await ask(server.port, 'GET a')).toBe('$-1\r\n');
  });

  it('tells the output of a server that does not come up', async () => {
    await expect(startRedis({ args: ['--no-such-setting', '1'] })).rejects.toThrow(/did not become ready[\s\S]*no-such-setting/);
  });
});
