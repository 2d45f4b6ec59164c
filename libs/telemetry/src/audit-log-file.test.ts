import { spawn } from 'node:child_process';
import { appendFile, chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { isArqonError } from '@arqonbus/errors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openAuditLogFile } from './audit-log-file.js';
import { describeAuditLog } from './audit-log.contract.js';
import type { AuditEntry } from './audit-log.js';
import type { AuditRecord } from './audit-record.js';
import { verifyAuditFile } from './verify-audit-file.js';

const entry: AuditEntry = { action: 'admin.drain', actor: 'operator', outcome: 'done' };
let folder = '';
let fileCount = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arqon-audit-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

function newPath(): string {
  fileCount += 1;
  return join(folder, `audit-${fileCount}.jsonl`);
}

async function recordsOf(path: string): Promise<AuditRecord[]> {
  const text = await readFile(path, 'utf8');
  return text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as AuditRecord);
}

async function writeEntries(path: string, count: number): Promise<void> {
  const { log } = await openAuditLogFile({ path });
  for (let index = 0; index < count; index += 1) await log.append({ ...entry, target: `t${index}` });
  await log.close();
}

async function codeOfOpening(path: string): Promise<unknown> {
  const error: unknown = await openAuditLogFile({ path }).catch((reason: unknown) => reason);
  return isArqonError(error) ? `${error.code} ${error.message}` : error;
}

describeAuditLog('openAuditLogFile()', async () => {
  const path = newPath();
  const { log } = await openAuditLogFile({ path });
  return { log, records: () => recordsOf(path) };
});

describeAuditLog('openAuditLogFile() with fsync', async () => {
  const path = newPath();
  const { log } = await openAuditLogFile({ path, fsync: true });
  return { log, records: () => recordsOf(path) };
});

describe('openAuditLogFile()', () => {
  it('makes the folder and a file of mode 0600', async () => {
    const path = join(folder, 'deep', 'er', 'audit.jsonl');
    await writeEntries(path, 1);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it.each([0o640, 0o604, 0o700])('refuses an existing file of mode %o', async (mode) => {
    const path = newPath();
    await writeFile(path, '', { mode: 0o600 });
    await chmod(path, mode);
    expect(await codeOfOpening(path)).toMatch(/^AUDIT_UNAVAILABLE .*must not be wider than 600/);
    expect(await readdir(folder)).not.toContain(`${basename(path)}.lock`);
  });

  it('refuses a link and a folder', async () => {
    const target = newPath();
    await writeEntries(target, 1);
    const path = newPath();
    await symlink(target, path);
    expect(await codeOfOpening(path)).toMatch(/^AUDIT_UNAVAILABLE/);
    const directory = newPath();
    await mkdir(directory);
    expect(await codeOfOpening(directory)).toMatch(/^AUDIT_UNAVAILABLE/);
  });

  it('continues the chain on the next start', async () => {
    const path = newPath();
    await writeEntries(path, 3);
    const { log, recovery } = await openAuditLogFile({ path });
    expect(recovery).toEqual({ lastSequence: 3, tornLineMovedTo: undefined });
    await log.append(entry);
    await log.close();
    expect(await verifyAuditFile(path)).toEqual({ ok: true, entries: 4 });
  });

  it('continues a file longer than the verified tail', async () => {
    const path = newPath();
    const { log } = await openAuditLogFile({ path });
    await Promise.all(Array.from({ length: 6_000 }, (_, index) => log.append({ ...entry, target: `t${index}` })));
    await log.close();
    expect((await stat(path)).size).toBeGreaterThan(1_100_000);
    const { log: again, recovery } = await openAuditLogFile({ path });
    await again.append(entry);
    await again.close();
    expect(recovery.lastSequence).toBe(6_000);
    expect(await verifyAuditFile(path)).toEqual({ ok: true, entries: 6_001 });
  });

  it('moves a torn last line aside and records that', async () => {
    const path = newPath();
    await writeEntries(path, 2);
    await truncate(path, (await stat(path)).size - 10);
    const { log, recovery } = await openAuditLogFile({ path });
    await log.append(entry);
    await log.close();
    const records = await recordsOf(path);
    expect(recovery.lastSequence).toBe(1);
    expect(records.map((record) => record.action)).toEqual(['admin.drain', 'audit.repaired', 'admin.drain']);
    expect(records[1]?.detail).toMatchObject({ moved_to: recovery.tornLineMovedTo });
    expect(await readFile(recovery.tornLineMovedTo ?? '', 'utf8')).toContain('"target":"t1"');
    expect((await stat(recovery.tornLineMovedTo ?? '')).mode & 0o777).toBe(0o600);
    expect(await verifyAuditFile(path)).toEqual({ ok: true, entries: 3 });
  });

  it('refuses a file whose last lines were changed', async () => {
    const path = newPath();
    await writeEntries(path, 3);
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"t1"', '"t9"'));
    expect(await codeOfOpening(path)).toMatch(/^AUDIT_UNAVAILABLE .*do not verify/);
  });

  it('refuses a second writer while the first is open, and allows it afterwards', async () => {
    const path = newPath();
    const { log } = await openAuditLogFile({ path });
    expect(await codeOfOpening(path)).toMatch(/^AUDIT_UNAVAILABLE .*held by process/);
    await log.close();
    await writeEntries(path, 1);
    expect(await readdir(folder)).not.toContain(`${basename(path)}.lock`);
  });

  it('replaces the lock of a process that is gone', async () => {
    const path = newPath();
    const child = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => child.once('exit', resolve));
    await writeFile(`${path}.lock`, `${child.pid ?? 0} boot/1 nonce\n`);
    await writeEntries(path, 1);
    expect(await verifyAuditFile(path)).toEqual({ ok: true, entries: 1 });
  });

  it('replaces the lock of an earlier process that had the number of this one', async () => {
    const path = newPath();
    await writeFile(`${path}.lock`, `${process.pid} another-boot/1 nonce\n`);
    await writeEntries(path, 1);
    expect(await verifyAuditFile(path)).toEqual({ ok: true, entries: 1 });
  });

  it('refuses a lock that it cannot read as one', async () => {
    const path = newPath();
    await writeFile(`${path}.lock`, 'something else');
    expect(await codeOfOpening(path)).toMatch(/^AUDIT_UNAVAILABLE .*not readable as one/);
  });

  it('writes the appends of one turn together', async () => {
    const path = newPath();
    const { log } = await openAuditLogFile({ path });
    const elapsedMs = async (work: () => Promise<unknown>): Promise<number> => {
      const startedMs = performance.now();
      await work();
      return performance.now() - startedMs;
    };
    // The quickest of three of each: what else the machine does lengthens both.
    const [alone, together]: [number[], number[]] = [[], []];
    for (let round = 0; round < 3; round += 1) {
      alone.push(await elapsedMs(() => log.append(entry)));
      together.push(await elapsedMs(() => Promise.all(Array.from({ length: 600 }, () => log.append(entry)))));
    }
    await log.close();
    expect(Math.min(...together)).toBeLessThan(300 * Math.min(...alone));
    expect(await verifyAuditFile(path)).toEqual({ ok: true, entries: 1_803 });
  });
});

describe('verifyAuditFile()', () => {
  it('reports a torn last line', async () => {
    const path = newPath();
    await writeEntries(path, 2);
    await appendFile(path, '{"action"');
    expect(await verifyAuditFile(path)).toEqual({ ok: false, entries: 2, firstBadLine: 3 });
  });

  it('accepts an empty file and rejects for an absent one', async () => {
    const path = newPath();
    await writeFile(path, '');
    expect(await verifyAuditFile(path)).toEqual({ ok: true, entries: 0 });
    await expect(verifyAuditFile(newPath())).rejects.toThrow('ENOENT');
  });
});
