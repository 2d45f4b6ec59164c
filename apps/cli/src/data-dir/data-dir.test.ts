import { createTempFolder, type TempFolder } from '@arqonbus/testkit';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DataDir, dataDirOf } from './data-dir.js';
import { readDevFile, writeDevFile, type DevInfo } from './dev-file.js';
import { lockForDev } from './dev-lock.js';
import { ensureLinkKey } from './link-key.js';
import { ensureSigningKey } from './signing-key.js';

function tempFolder(): TempFolder {
  const folder = createTempFolder('arqon-cli-');
  onTestFinished(() => folder.remove());
  return folder;
}

function prepared(): DataDir {
  const dataDir = new DataDir(tempFolder().file('.arqon'));
  dataDir.prepare();
  return dataDir;
}

/** A process that ended: its number is free, or of another process that began later. */
const deadPid = 2 ** 22 - 1;

describe('DataDir.prepare()', () => {
  it('makes a folder that is closed to others and ignored by git', () => {
    const dataDir = prepared();
    expect(statSync(dataDir.path).mode & 0o777).toBe(0o700);
    expect(readFileSync(`${dataDir.path}/.gitignore`, 'utf8').split('\n')).toContain('*');
  });

  it('closes a folder of its own that was opened', () => {
    const dataDir = prepared();
    chmodSync(dataDir.path, 0o755);
    dataDir.prepare();
    expect(statSync(dataDir.path).mode & 0o777).toBe(0o700);
  });

  it('refuses a folder with files of others and changes nothing in it', () => {
    const folder = tempFolder();
    writeFileSync(folder.file('main.c'), '');
    expect(() => new DataDir(folder.path).prepare()).toThrow(expect.objectContaining({ exit: 'configuration', code: 'DATA_DIR' }) as Error);
    expect(existsSync(folder.file('.gitignore'))).toBe(false);
  });

  it('refuses a path that is a file', () => {
    const folder = tempFolder();
    writeFileSync(folder.file('file'), '');
    expect(() => new DataDir(folder.file('file')).prepare()).toThrow(expect.objectContaining({ code: 'DATA_DIR' }) as Error);
  });
});

describe('DataDir.reset()', () => {
  it('removes keys, certificate and audit logs, and nothing else', async () => {
    const dataDir = prepared();
    await ensureSigningKey(dataDir);
    ensureLinkKey(dataDir);
    const own = [dataDir.caFile, dataDir.certFile, dataDir.keyFile, dataDir.auditFile('spine'), `${dataDir.auditFile('shield')}.torn-1`, dataDir.signingKeyFile, dataDir.jwksFile, dataDir.linkKeyFile];
    for (const path of own) writeFileSync(path, '');
    mkdirSync(`${dataDir.path}/notes`);
    writeFileSync(`${dataDir.path}/my-notes.txt`, '');
    dataDir.reset();
    expect(own.filter((path) => existsSync(path))).toEqual([]);
    expect([`${dataDir.path}/notes`, `${dataDir.path}/my-notes.txt`, `${dataDir.path}/.gitignore`].every((path) => existsSync(path))).toBe(true);
  });
});

describe('dataDirOf()', () => {
  it('is .arqon of the working folder unless an option names another', () => {
    expect(dataDirOf(undefined, '/srv/bus').path).toBe('/srv/bus/.arqon');
    expect(dataDirOf('bus', '/srv/bus').path).toBe('/srv/bus/bus');
    expect(dataDirOf('/bus', '/srv/bus').path).toBe('/bus');
  });
});

describe('ensureSigningKey()', () => {
  it('gives all who ask at once the same key', async () => {
    const dataDir = prepared();
    const keys = await Promise.all(Array.from({ length: 8 }, () => ensureSigningKey(dataDir)));
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(1);
  });

  it('publishes the public half alone', async () => {
    const dataDir = prepared();
    const { kid } = await ensureSigningKey(dataDir);
    const { keys } = JSON.parse(readFileSync(dataDir.jwksFile, 'utf8')) as { keys: Record<string, string>[] };
    expect(keys).toEqual([expect.objectContaining({ kty: 'EC', crv: 'P-256', kid, alg: 'ES256' })]);
    expect(keys[0]).not.toHaveProperty('d');
    expect(statSync(dataDir.signingKeyFile).mode & 0o777).toBe(0o600);
  });

  it('refuses a file that holds no key', async () => {
    const dataDir = prepared();
    writeFileSync(dataDir.signingKeyFile, '{"kty":"oct","k":"AA"}');
    await expect(ensureSigningKey(dataDir)).rejects.toMatchObject({ exit: 'configuration', code: 'SIGNING_KEY' });
  });
});

describe('ensureLinkKey()', () => {
  it('makes a key once and replaces one that is none', () => {
    const dataDir = prepared();
    const key = ensureLinkKey(dataDir);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(ensureLinkKey(dataDir)).toBe(key);
    writeFileSync(dataDir.linkKeyFile, 'short');
    expect(ensureLinkKey(dataDir)).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('lockForDev()', () => {
  it('refuses a second holder and names the first', () => {
    const dataDir = prepared();
    const unlock = lockForDev(dataDir);
    expect(() => lockForDev(dataDir)).toThrow(expect.objectContaining({ code: 'ALREADY_RUNNING', message: expect.stringContaining(`process ${process.pid}`) as string }) as Error);
    unlock();
    lockForDev(dataDir)();
  });

  it.each([
    ['of a process that ended', `${deadPid} - x\n`],
    ['of an earlier process with a number that is taken again', `${process.pid} some-other-boot/1 x\n`],
    ['that is not readable', 'torn'],
  ])('takes over a lock %s', (_what, text) => {
    const dataDir = prepared();
    writeFileSync(dataDir.lockFile, text);
    const unlock = lockForDev(dataDir);
    expect(readFileSync(dataDir.lockFile, 'utf8')).toMatch(new RegExp(`^${process.pid} `));
    unlock();
    expect(existsSync(dataDir.lockFile)).toBe(false);
  });
});

describe('readDevFile()', () => {
  const info: DevInfo = {
    shieldUrl: 'wss://127.0.0.1:1/v1', spineUrl: 'ws://127.0.0.1:2', shieldAdminUrl: 'http://127.0.0.1:3', spineAdminUrl: 'http://127.0.0.1:4',
    caFile: '/x/ca.pem', dataDir: '/x', pid: process.pid,
  };

  it('gives the bus that runs', () => {
    const dataDir = prepared();
    writeDevFile(dataDir, info);
    expect(readDevFile(dataDir)).toEqual(info);
  });

  it('gives nothing for a process that ended, no file, and a file of another kind', () => {
    const dataDir = prepared();
    expect(readDevFile(dataDir)).toBeUndefined();
    writeDevFile(dataDir, { ...info, pid: deadPid });
    expect(readDevFile(dataDir)).toBeUndefined();
    writeFileSync(dataDir.devFile, '[1');
    expect(readDevFile(dataDir)).toBeUndefined();
  });
});
