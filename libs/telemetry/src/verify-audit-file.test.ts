import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openAuditLogFile } from './audit-log-file.js';
import { verifyAuditFile } from './verify-audit-file.js';

let folder = '';
let original = Buffer.alloc(0);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arqon-verify-'));
  const path = join(folder, 'original.jsonl');
  const { log } = await openAuditLogFile({ path });
  await log.append({ action: 'rooms.delete', actor: 'ann', tenant: 'acme', target: 'plåns', outcome: 'done', detail: { text: 'a "quoted" \\ line\n', n: 1.5 } });
  await log.append({ action: 'admin.drain', actor: 'operator', outcome: 'refused', code: 'UNAUTHENTICATED' });
  await log.append({ action: 'admin.drain', actor: 'operator', outcome: 'done' });
  await log.close();
  original = await readFile(path);
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

function lineOf(offset: number): number {
  return original.subarray(0, offset).filter((byte) => byte === 0x0a).length + 1;
}

async function verifyBytes(bytes: Uint8Array): Promise<Awaited<ReturnType<typeof verifyAuditFile>>> {
  const path = join(folder, 'changed.jsonl');
  await writeFile(path, bytes);
  return verifyAuditFile(path);
}

describe('verifyAuditFile()', () => {
  it('accepts what was written', async () => {
    expect(await verifyBytes(original)).toEqual({ ok: true, entries: 3 });
  });

  it('finds any change of any single byte, in its line', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(original.length - 1), fc.integer({ min: 1, max: 255 }), async (offset, difference) => {
        const changed = Buffer.from(original);
        changed[offset] = (original[offset] ?? 0) ^ difference;
        expect(await verifyBytes(changed)).toEqual({ ok: false, entries: lineOf(offset) - 1, firstBadLine: lineOf(offset) });
      }),
      { numRuns: 1_000 },
    );
  });

  it('finds any byte taken out or put in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(original.length - 1), fc.integer({ min: 0, max: 255 }), fc.boolean(), async (offset, byte, isTaken) => {
        const middle = isTaken ? Buffer.alloc(0) : Buffer.from([byte]);
        const changed = Buffer.concat([original.subarray(0, offset), middle, original.subarray(isTaken ? offset + 1 : offset)]);
        expect((await verifyBytes(changed)).ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('finds a line removed, repeated or moved', async () => {
    const [first = '', second = '', third = ''] = original.toString().split('\n');
    for (const [lines, firstBadLine] of [[[second, third], 1], [[first, third], 2], [[first, second, second, third], 3], [[second, first, third], 1]] as const) {
      expect(await verifyBytes(Buffer.from(`${lines.join('\n')}\n`))).toMatchObject({ ok: false, firstBadLine });
    }
  });

  it('stops at a line longer than any that is written', async () => {
    expect(await verifyBytes(Buffer.alloc(4_300_000, 0x61))).toEqual({ ok: false, entries: 0, firstBadLine: 1 });
  });
});
