import { verifyAuditFile } from '@arqonbus/telemetry';
import { createTempFolder, waitFor, type TempFolder } from '@arqonbus/testkit';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSpineProcess, type RunningSpine } from './spine-process.js';

type Line = Readonly<Record<string, unknown>>;

describe('SIGHUP', () => {
  let spine: RunningSpine;
  let folder: TempFolder;
  beforeAll(async () => {
    folder = createTempFolder('arqon-reload-');
    writeSettings({});
    spine = await startSpineProcess({}, undefined, ['--config', folder.file('spine.json')]);
  });
  afterAll(async () => {
    await spine.stop();
    folder.remove();
  });

  function writeSettings(settings: object): void {
    writeFileSync(folder.file('spine.json'), JSON.stringify(settings));
  }

  /** Settings are written, the Spine reads them, and what it logged and audited of that comes back. */
  async function reload(settings: object): Promise<{ log: Line; audit: Line }> {
    const heard = logged().length;
    const audited = audits().length;
    writeSettings(settings);
    process.kill(spine.process.pid, 'SIGHUP');
    const audit = await waitFor(() => audits()[audited], { what: 'the audit record of the reload' });
    const log = await waitFor(() => logged()[heard], { what: 'the log line of the reload' });
    return { log, audit };
  }

  function logged(): Line[] {
    return linesOf(spine.process.output.stdout).filter(({ message }) => String(message).startsWith('settings '));
  }

  function audits(): Line[] {
    return linesOf(readFileSync(spine.auditFile, 'utf8')).filter(({ action }) => action === 'TransportConfigReloaded');
  }

  it('changes the level of the log while the Spine runs, and audits it with the version then in force (G14)', async () => {
    const first = await reload({ 'log.level': 'debug' });
    expect(first.log).toMatchObject({ level: 'INFO', changed_keys: ['log.level'] });
    expect(first.audit).toMatchObject({ actor: 'system', outcome: 'done', detail: { result: 'applied', changed_keys: ['log.level'] } });
    const back = await reload({});
    expect(versionOf(back.audit)).not.toBe(versionOf(first.audit));
    const again = await reload({ 'log.level': 'debug' });
    expect(versionOf(again.audit)).toBe(versionOf(first.audit));
    await reload({});
  });

  it('refuses a change that needs a restart as a whole, the level beside it too', async () => {
    const before = await reload({});
    const { log, audit } = await reload({ 'log.level': 'debug', 'heartbeat_ms': 20_000, 'limits.max_tenants_count': 5 });
    expect(log).toMatchObject({ level: 'ERROR', restart_keys: ['limits.max_tenants_count', 'heartbeat_ms'], casil_keys: [] });
    expect(audit).toMatchObject({ outcome: 'refused', detail: { result: 'refused' } });
    expect(versionOf(audit)).toBe(versionOf(before.audit));
    // The level stayed, so the same file without the others is a change again.
    expect((await reload({ 'log.level': 'debug' })).log).toMatchObject({ changed_keys: ['log.level'] });
    await reload({});
  });

  it('refuses a reload that touches CASIL as a whole, and audits it (E17)', async () => {
    const before = await reload({});
    const { log, audit } = await reload({ 'log.level': 'debug', 'casil.enabled': true, 'casil.policies': [{ name: 'all', action: 'allow' }] });
    expect(log).toMatchObject({ level: 'ERROR', casil_keys: ['casil.enabled', 'casil.policies'] });
    expect(audit).toMatchObject({ outcome: 'refused', detail: { result: 'refused', version: versionOf(before.audit), changed_keys: ['log.level', 'casil.enabled', 'casil.policies'] } });
    expect((await reload({})).log).toMatchObject({ message: 'settings reloaded', changed_keys: [] });
  });

  it('keeps the last good settings when the file is wrong, and names what is', async () => {
    const { log, audit } = await reload({ 'log.level': 'loud', 'heartbeat': 1 });
    expect(log['problems']).toMatchObject([{ key: 'log.level' }, { key: 'heartbeat' }]);
    expect(audit).toMatchObject({ outcome: 'refused', detail: { result: 'refused', changed_keys: ['log.level', 'heartbeat'] } });
    expect((await reload({})).log).toMatchObject({ changed_keys: [] });
    expect(await fetch(`${spine.adminUrl}/ready`).then(({ status }) => status)).toBe(200);
    expect(await verifyAuditFile(spine.auditFile)).toMatchObject({ ok: true });
  });
});

function versionOf(audit: Line): unknown {
  return (audit['detail'] as Line)['version'];
}

function linesOf(text: string): Line[] {
  return text.split('\n').slice(0, -1).filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Line);
}
