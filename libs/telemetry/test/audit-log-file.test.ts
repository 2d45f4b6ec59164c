import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { verifyAuditFile } from '../src/verify-audit-file.js';
import { runFixture } from './run-fixture.js';

describe('openAuditLogFile()', () => {
  it('rejects with AUDIT_UNAVAILABLE what does not fit, keeps no part of it and goes on when there is room', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'arqon-audit-full-'));
    const path = join(folder, 'audit.jsonl');
    const fixture = runFixture('append-until-full.ts', { args: [path], setUp: 'ulimit -f 2', env: { TSX_DISABLE_CACHE: '1' } });
    await fixture.exited;
    expect(fixture.output()).toContain('ok AUDIT_UNAVAILABLE AUDIT_UNAVAILABLE ok');
    expect(await verifyAuditFile(path)).toEqual({ ok: true, entries: 2 });
    await rm(folder, { recursive: true });
  });
});
