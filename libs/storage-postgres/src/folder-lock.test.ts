import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createTempFolder } from '@arqonbus/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { lockFolder } from './folder-lock.js';

const folder = createTempFolder('arqon-folder-lock-');
afterAll(() => folder.remove());

describe('lockFolder()', () => {
  it('refuses a folder that a running process has, until that process ends however it ends', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)']);
    const database = folder.file('db');
    writeFileSync(`${database}.lock`, String(other.pid));
    await expect(lockFolder(database)).rejects.toThrow(`in use by process ${String(other.pid)}`);
    other.kill('SIGKILL');
    await once(other, 'exit');
    const free = await lockFolder(`${database}/`);
    expect(readFileSync(`${database}.lock`, 'utf8')).toBe(String(process.pid));
    await free();
    await (await lockFolder(database))();
  });

  it('takes over what an earlier process of the same id left, or what is no id', async () => {
    for (const left of [String(process.pid), '', 'nonsense']) {
      const database = folder.file('left');
      writeFileSync(`${database}.lock`, left);
      const free = await lockFolder(database);
      expect(readFileSync(`${database}.lock`, 'utf8')).toBe(String(process.pid));
      await free();
    }
  });

  it('refuses a folder that cannot be written beside', async () => {
    await expect(lockFolder(folder.file('missing/db'))).rejects.toThrow('ENOENT');
  });
});
