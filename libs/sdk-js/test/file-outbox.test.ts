import { execFile } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createTempFolder, programArgs, startProcess, waitFor, type TempFolder } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeOutbox, outboxEvent } from '../src/continuum/outbox.contract.js';
import { OutboxContents } from '../src/continuum/outbox-contents.js';
import { applyLine, readmitLines, removeLines } from '../src/node/outbox-records.js';
import { fileOutbox, type FileOutboxOptions, type Outbox } from '../src/node-continuum.js';

let folder: TempFolder;
let made = 0;

beforeAll(() => {
  folder = createTempFolder('arqon-outbox-');
});

afterAll(() => folder.remove());

function newPath(): string {
  made += 1;
  return folder.file(`outbox-${String(made)}`);
}

describeOutbox('fileOutbox()', (bounds) => fileOutbox(newPath(), bounds));
describeOutbox('fileOutbox() with fsync', (bounds) => fileOutbox(newPath(), { ...bounds, fsync: true }));

async function reopened(path: string, outbox: Outbox, options: FileOutboxOptions = {}): Promise<Outbox> {
  await outbox.close();
  return fileOutbox(path, options);
}

describe('fileOutbox()', () => {
  it('holds after a restart what it held, in the same order', async () => {
    const path = newPath();
    let outbox = await fileOutbox(path);
    const events = Array.from({ length: 50 }, (_, index) => outboxEvent(`event ${String(index)}`));
    await Promise.all(events.map((event) => outbox.append(event)));
    await outbox.remove(events.slice(0, 10).map(({ id }) => id));
    await outbox.refuse(events[20].id, 'NOT_PERMITTED');
    await outbox.refuse(events[21].id, 'CASIL_POLICY_BLOCKED');
    await outbox.readmit([events[20].id]);
    const expected = [...events.slice(10, 20), ...events.slice(22), events[20]];
    expect(await outbox.pending(100)).toEqual(expected);
    outbox = await reopened(path, outbox, { maxEvents: 1 });
    expect(await outbox.pending(100)).toEqual(expected);
    expect(await outbox.refused()).toEqual([{ ...events[21], code: 'CASIL_POLICY_BLOCKED' }]);
    await expect(outbox.append(outboxEvent())).rejects.toMatchObject({ code: 'LIMIT' });
    await outbox.close();
  });

  it('is for its owner alone, in a folder that it makes', async () => {
    const path = folder.file('deep/er/outbox');
    const outbox = await fileOutbox(path);
    await outbox.append(outboxEvent());
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await outbox.close();
    expect(readdirSync(folder.file('deep/er'))).toEqual(['outbox']);
  });

  it('cuts off a torn last line at every byte, and goes on', async () => {
    const path = newPath();
    let outbox = await fileOutbox(path);
    const [first, second, third] = [outboxEvent('first'), outboxEvent('second'), outboxEvent('third')];
    await outbox.append(first);
    const wholeBytes = statSync(path).size;
    await outbox.append(second);
    await outbox.close();
    const bytes = readFileSync(path);
    for (let size = wholeBytes; size < bytes.length; size++) {
      writeFileSync(path, bytes.subarray(0, size));
      outbox = await fileOutbox(path);
      expect(await outbox.pending(10)).toEqual([first]);
      await outbox.append(third);
      outbox = await reopened(path, outbox);
      expect(await outbox.pending(10)).toEqual([first, third]);
      await outbox.close();
    }
    for (let size = 0; size < 10; size++) {
      writeFileSync(path, bytes.subarray(0, size));
      outbox = await fileOutbox(path);
      expect(await outbox.pending(10)).toEqual([]);
      await outbox.close();
    }
  });

  it('changes nothing of a file that is damaged before its end, or of something else', async () => {
    const path = newPath();
    const outbox = await fileOutbox(path);
    await outbox.append(outboxEvent('first'));
    await outbox.append(outboxEvent('second'));
    await outbox.close();
    const damaged = readFileSync(path);
    damaged[60] ^= 1;
    for (const content of [damaged, Buffer.from('dear diary'), Buffer.from('dear diary\nfirst\n'), Buffer.alloc(3_000_000, 'x')]) {
      writeFileSync(path, content);
      await expect(fileOutbox(path)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      expect(readFileSync(path).equals(content)).toBe(true);
      expect(existsSync(`${path}.lock`)).toBe(false);
    }
  });

  it('stays small however much went through it', async () => {
    const path = newPath();
    let outbox = await fileOutbox(path);
    const kept = outboxEvent('kept');
    const refused = outboxEvent('refused');
    await outbox.append(kept);
    await outbox.append(refused);
    await outbox.refuse(refused.id, 'NOT_PERMITTED');
    for (let round = 0; round < 60; round++) {
      const events = Array.from({ length: 10 }, () => outboxEvent('x'.repeat(10_000)));
      await Promise.all(events.map((event) => outbox.append(event)));
      await outbox.remove(events.map(({ id }) => id));
      expect(statSync(path).size).toBeLessThan(1_500_000);
    }
    expect(existsSync(`${path}.next`)).toBe(false);
    writeFileSync(`${path}.next`, 'what a killed process left');
    outbox = await reopened(path, outbox);
    expect(await outbox.pending(10)).toEqual([kept]);
    expect(await outbox.refused()).toEqual([{ ...refused, code: 'NOT_PERMITTED' }]);
    await outbox.close();
  });

  it('refuses ids and payloads that its lines have no room for', async () => {
    const outbox = await fileOutbox(newPath());
    await expect(outbox.append({ id: 'a b\n', payload: new Uint8Array(1) })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(outbox.append({ ...outboxEvent(), payload: new Uint8Array(600_000) })).rejects.toMatchObject({ code: 'ENVELOPE_TOO_LARGE' });
    expect(await outbox.pending(1)).toEqual([]);
    await outbox.close();
  });

  it('is held by one at a time, and not by a process that is gone', async () => {
    const path = newPath();
    const outbox = await fileOutbox(path);
    await expect(fileOutbox(path)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', message: expect.stringContaining(`held by process ${String(process.pid)}`) as string });
    await outbox.close();
    const gone = await startProcess({ args: ['-e', ''] });
    await gone.exited;
    writeFileSync(`${path}.lock`, `${String(gone.pid)} - nonce\n`);
    await (await fileOutbox(path)).close();
    // The number of this process, taken by an earlier one that had it before.
    writeFileSync(`${path}.lock`, `${String(process.pid)} boot/1 nonce\n`);
    await (await fileOutbox(path)).close();
    writeFileSync(`${path}.lock`, 'not a lock');
    await expect(fileOutbox(path)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('tells why it cannot be opened', async () => {
    writeFileSync(folder.file('plain'), 'x');
    await expect(fileOutbox(folder.file('plain/outbox'))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', message: expect.stringContaining('cannot be opened') as string });
  });
});

describe('lines of an outbox file', () => {
  it('stay short however many ids they are about', () => {
    const ids = Array.from({ length: 5_000 }, () => outboxEvent().id);
    const lines = (removeLines(ids) + readmitLines(ids)).trimEnd().split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(50_000);
    const contents = new OutboxContents({});
    for (const id of ids) contents.put({ id, payload: new Uint8Array(1) });
    for (const id of ids) contents.refuse(id, 'NOT_PERMITTED');
    expect(readmitLines(ids).trimEnd().split('\n').every((line) => applyLine(line, contents))).toBe(true);
    expect([contents.pendingCount, contents.refusedCount]).toEqual([5_000, 0]);
    expect(removeLines(ids).trimEnd().split('\n').every((line) => applyLine(line, contents))).toBe(true);
    expect([contents.pendingCount, contents.byteLength]).toEqual([0, 0]);
  });

  it('say nothing without their checksum', () => {
    const contents = new OutboxContents({});
    const event = outboxEvent();
    contents.put(event);
    expect(applyLine('00000000 remove', contents)).toBe(false);
    expect(applyLine(removeLines([event.id]).trimEnd().replace('remove', 'forget'), contents)).toBe(false);
    expect(contents.pendingCount).toBe(1);
  });
});

describe('fileOutbox() of a killed process', () => {
  it.each([{ fsync: false }, { fsync: true }])('has every event that was confirmed, once, in order (%o)', async ({ fsync }) => {
    const path = newPath();
    let confirmed: number[] = [];
    for (let round = 0; round < 3; round++) {
      const writer = await startProcess({
        args: [...programArgs(new URL('outbox-writer.ts', import.meta.url)), path, String(confirmed.length === 0 ? 0 : (confirmed.at(-1) ?? 0) + 1_000), String(fsync)],
        readyWhen: ({ messages }) => messages.length > 3 + round,
      });
      await writer.stop('SIGKILL');
      confirmed = [...confirmed, ...(writer.output.messages as number[])];
      // What a write that was cut off leaves.
      if (round % 2 === 1) appendFileSync(path, '0badc0de put 0190');
      const outbox = await waitFor(() => fileOutbox(path), { what: 'the outbox' });
      const numbers = (await outbox.pending(1_000_000)).map(({ payload }) => Number(new TextDecoder().decode(payload)));
      expect(confirmed.filter((number) => !numbers.includes(number))).toEqual([]);
      expect(numbers).toEqual([...new Set(numbers)].sort((left, right) => left - right));
      await outbox.close();
    }
  });
});

describe('fileOutbox() on a full disk', () => {
  it('refuses what it cannot write, keeps what it confirmed, and nothing of the rest', async () => {
    const path = newPath();
    // Files may not grow beyond 100 KiB.
    const { stdout } = await promisify(execFile)('bash', [
      '-c', 'ulimit -f 100; exec "$0" --conditions=@arqonbus/source --import tsx/esm "$@"', process.execPath, fileURLToPath(new URL('outbox-writer.ts', import.meta.url)), path, '0', 'false',
    ]);
    const { kept, code, pending } = JSON.parse(stdout) as { kept: number; code: string; pending: number };
    expect([code, pending]).toEqual(['STORE_UNAVAILABLE', kept]);
    expect(kept).toBeGreaterThan(100);
    const outbox = await fileOutbox(path);
    const numbers = (await outbox.pending(1_000_000)).map(({ payload }) => Number(new TextDecoder().decode(payload)));
    expect(numbers).toEqual(Array.from({ length: kept }, (_, index) => index));
    await outbox.append(outboxEvent('after'));
    expect((await outbox.pending(1_000_000)).length).toBe(kept + 1);
    await outbox.close();
  });
});
