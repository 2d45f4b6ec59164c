import { chmodSync, readFileSync } from 'node:fs';
import { createTempFolder, createTestCertificate, createTestIssuer, programArgs, RawWireClient, startProcess, waitFor } from '@arqonbus/testkit';
import { describe, expect, it } from 'vitest';
import { linkKey, ScriptedSpine } from './scripted-spine.js';
import { environmentOf, ShieldHarness } from './shield-harness.js';

const args = programArgs(new URL('../src/main.ts', import.meta.url));

describe('the shield process', () => {
  it('says that it is ready, serves, and on SIGTERM sends clients away within the window and exits 0', async () => {
    const [issuer, certificate, spine] = await Promise.all([createTestIssuer(), createTestCertificate(), ScriptedSpine.start()]);
    const env = environmentOf({
      'listen.port': '0', 'admin.port': '0', 'tls.cert_file': certificate.certFile, 'tls.key_file': certificate.keyFile, 'auth.jwks_file': issuer.jwksFile,
      'auth.issuer': issuer.issuer, 'auth.audience': issuer.audience, 'link.key': linkKey, 'link.urls': spine.url, 'drain.timeout_ms': '500',
      'drain.reconnect_min_ms': '1500', 'drain.reconnect_max_ms': '2500',
    });
    const shield = await startProcess({ args, env, readyWhen: (output) => output.messages.length > 0 });
    try {
      const ready = shield.output.messages[0] as { type: string; clientUrl: string; clientPort: number; adminPort: number };
      expect(ready).toEqual({ type: 'ready', clientUrl: `wss://127.0.0.1:${String(ready.clientPort)}/v1`, clientPort: ready.clientPort, adminPort: ready.adminPort });
      expect(Math.min(ready.clientPort, ready.adminPort)).toBeGreaterThan(0);
      // The log and the message come by ways of their own.
      await waitFor(() => shield.output.stdout.includes('"message":"shield ready"'), { what: 'the line of the log' });
      expect(shield.output.stdout).not.toContain(linkKey);
      const { clientUrl } = ready;
      await waitFor(() => spine.isLinked);
      const client = await waitFor(async () => RawWireClient.connect(clientUrl, { ca: certificate.ca, token: await issuer.token() }));
      await client.next();
      const stopped = shield.stop('SIGTERM');
      const draining = await client.next();
      expect(draining.batches[0].envelopes[0].body).toMatchObject({ case: 'signal', value: { body: { case: 'draining', value: { reconnectAfterMsMin: 1500, reconnectAfterMsMax: 2500 } } } });
      expect((await client.closed).code).toBe(4503);
      expect(await stopped).toEqual({ code: 0, signal: null });
      await waitFor(() => !spine.isLinked);
    } finally {
      await Promise.allSettled([shield.stop('SIGKILL')]);
      await spine.close();
      await issuer.close();
      certificate.remove();
    }
  });

  it('refuses to start without required settings, with every error listed, and exits 78', async () => {
    const shield = await startProcess({ args, env: { ARQON_SHIELD_LINK_KEY: 'short' } });
    expect(await shield.exited).toEqual({ code: 78, signal: null });
    for (const key of ['tls.cert_file', 'tls.key_file', 'auth.issuer', 'auth.audience', 'link.key']) expect(shield.output.stderr).toContain(key);
  });
});

describe('startShield()', () => {
  it('refuses a private key that group or world may read (G33)', async () => {
    const certificate = await createTestCertificate();
    for (const mode of [0o640, 0o604]) {
      chmodSync(certificate.keyFile, mode);
      await expect(ShieldHarness.start({ 'tls.cert_file': certificate.certFile, 'tls.key_file': certificate.keyFile })).rejects.toThrow('group and world');
    }
    certificate.remove();
  });

  it('refuses two sources of keys, none, an inverted window, and an audit file with amnesia', async () => {
    await expect(ShieldHarness.start({ 'auth.jwks_url': 'https://keys.example/' })).rejects.toThrow('exactly one');
    await expect(ShieldHarness.start({ 'auth.jwks_file': undefined })).rejects.toThrow('exactly one');
    await expect(ShieldHarness.start({ 'drain.reconnect_min_ms': '9000' })).rejects.toThrow('drain.reconnect_min_ms');
    await expect(ShieldHarness.start({ amnesia: 'true', 'audit.file': '/nowhere/audit' })).rejects.toThrow('amnesia');
  });

  it('writes readiness changes to the audit file and drains when an operator asks', async () => {
    const folder = createTempFolder();
    const key = 'operator-key-of-the-tests-0123456789';
    const harness = await (await ShieldHarness.start({ 'audit.file': folder.file('audit.jsonl'), 'admin.operator_key': key })).ready();
    const { client } = await harness.session();
    const url = `http://127.0.0.1:${String(harness.shield.adminPort)}/drain`;
    expect((await fetch(url, { method: 'POST' })).status).toBe(401);
    expect((await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${key}` } })).status).toBe(202);
    await client.next();
    await client.close();
    await harness.close();
    expect(readFileSync(folder.file('audit.jsonl'), 'utf8')).toContain('TransportReadinessTransition');
    folder.remove();
  });

  it('tells status and version', async () => {
    const harness = await (await ShieldHarness.start()).ready();
    expect(JSON.parse((await harness.admin('/status')).text)).toMatchObject({ readiness: 'Ready', sessions: 0, link: { state: 'up', spine_id: 'scripted' } });
    expect(JSON.parse((await harness.admin('/version')).text)).toMatchObject({ name: 'arqonbus-shield', version: '0.0.0' });
    expect((await harness.admin('/health')).status).toBe(200);
    await harness.close();
  });
});
