import { verifyAuditFile } from '@arqonbus/telemetry';
import { createTestIssuer, programArgs, startProcess, within } from '@arqonbus/testkit';
import { statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LinkClient } from './link-client.js';
import { ackedRun, codesOf, readAnswers, signalsOf } from './runs.js';
import { startSpineProcess, type RunningSpine } from './spine-process.js';
import { command, join, publish, readEvents, refusedCommand } from './wire.js';

const everything = { tenant: 'acme', publish: ['*'], subscribe: ['*'], roles: ['service', 'operator'] };

describe('the admin server', () => {
  let spine: RunningSpine;
  beforeAll(async () => { spine = await startSpineProcess(); });
  afterAll(async () => { await spine.stop(); });
  const get = async (path: string): Promise<{ status: number; text: string }> => {
    const response = await fetch(`${spine.adminUrl}${path}`);
    return { status: response.status, text: await response.text() };
  };

  it('tells health, readiness, version and status as JSON (N4)', async () => {
    expect((await get('/health')).status).toBe(200);
    await expect.poll(() => get('/ready').then(({ status, text }) => [status, JSON.parse(text) as unknown]), { timeout: 15_000 }).toEqual([200, { state: 'Ready', reasons: [] }]);
    expect(JSON.parse((await get('/version')).text)).toMatchObject({ name: 'arqonbus-spine', node: process.version });
    expect(JSON.parse((await get('/status')).text)).toMatchObject({ node: 'spine-1', state: 'Ready', transport: 'engine', sessions: 0, links: 0 });
    expect((await get('/nowhere')).status).toBe(404);
  });

  it('counts in Prometheus text what happened, and shows no payload, token or client (N1, N4)', async () => {
    const client = await spine.connect({ ...everything, sub: 'secret-client-name' });
    await join(client, 'measured');
    await publish(client, { room: 'measured', payloads: ['secret-payload-1', 'secret-payload-2'] });
    await readEvents(client, 2);
    await client.sendBytes(Uint8Array.of(0xff));
    await command(client, { case: 'ping', value: {} });
    const { status, text } = await get('/metrics');
    expect(status).toBe(200);
    const value = (name: string): number => Number(new RegExp(`^${name}(?:\\{[^}]*\\})? ([0-9.e+]+)`, 'm').exec(text)?.[1]);
    expect([value('arqon_events_published_total'), value('arqon_runs_published_total'), value('arqon_malformed_frames_total'), value('arqon_sessions')]).toEqual([2, 1, 1, 1]);
    expect(value('arqon_history_bytes')).toBeGreaterThan(50);
    expect(text).toMatch(/arqon_room_sessions\{[^}]*room="measured"[^}]*\} 1/);
    for (const line of text.trimEnd().split('\n')) expect(line).toMatch(/^(#.*|[a-zA-Z_:][a-zA-Z0-9_:]*(\{.*\})? [^ ]+( \d+)?)$/);
    const told = text + (await get('/status')).text + spine.process.output.stdout + spine.process.output.stderr;
    expect(told).not.toMatch(/secret-payload|eyJ[A-Za-z0-9]/);
    await client.close();
  });
});

describe('a drain', () => {
  it('by SIGTERM answers what was sent, tells clients and Shields the window, closes with 4503 and exits 0 (G23)', async () => {
    const spine = await startSpineProcess({ ARQON_SPINE_DRAIN_TIMEOUT_MS: '4000', ARQON_SPINE_DRAIN_RECONNECT_MIN_MS: '200', ARQON_SPINE_DRAIN_RECONNECT_MAX_MS: '900' });
    const client = await spine.connect({ ...everything, sub: 'a' });
    const link = await LinkClient.connect(spine.linkUrl, spine.linkKey);
    await link.greet();
    await client.sendFrame({ batches: Array.from({ length: 50 }, (_, n) => ackedRun({ room: 'busy' }, 1n, BigInt(n + 1), ['x'])) });
    const stopping = spine.process.stop('SIGTERM');
    const told = await client.next((frame) => signalsOf(frame).some((signal) => signal.case === 'draining'));
    expect(signalsOf(told)[0]).toMatchObject({ value: { reconnectAfterMsMin: 200, reconnectAfterMsMax: 900 } });
    expect((await link.message('draining')).value).toMatchObject({ reconnectAfterMsMin: 200, reconnectAfterMsMax: 900 });
    expect(codesOf(await readAnswers(client, 50)).every((code) => code === 'ok')).toBe(true);
    const ready = await fetch(`${spine.adminUrl}/ready`);
    expect([ready.status, await ready.json()]).toEqual([503, { state: 'NotReady', reasons: ['draining'] }]);
    await expect(spine.connect()).rejects.toThrow();
    expect((await client.closed).code).toBe(4503);
    expect(await stopping).toEqual({ code: 0, signal: null });
    expect(await verifyAuditFile(spine.auditFile)).toMatchObject({ ok: true });
    await spine.issuer.close();
  });

  it('ends as soon as nobody is left', async () => {
    const spine = await startSpineProcess({ ARQON_SPINE_DRAIN_TIMEOUT_MS: '60000' });
    const client = await spine.connect(everything);
    const stopping = spine.process.stop('SIGTERM');
    await client.next((frame) => signalsOf(frame).some((signal) => signal.case === 'draining'));
    await client.close();
    expect(await stopping).toEqual({ code: 0, signal: null });
    await spine.issuer.close();
  });
});

describe('the audit log', () => {
  it('that cannot be written refuses the action, and says so when asked for readiness or in the log', async () => {
    const spine = await startSpineProcess();
    const client = await spine.connect({ ...everything, sub: 'a' });
    expect(statSync(spine.auditFile).mode & 0o777).toBe(0o600);
    await command(client, { case: 'createChannel', value: { room: 'before', channel: '' } });
    // A limit on the size of files stands for a full disk: writes fail, whoever runs the test.
    const limited = await startProcess({ args: ['-e', `require('node:child_process').execFileSync('prlimit', ['--fsize=1', '--pid', '${String(spine.process.pid)}'])`] });
    expect((await limited.exited).code).toBe(0);
    expect(await refusedCommand(client, { case: 'createChannel', value: { room: 'after', channel: '' } })).toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    expect(await refusedCommand(client, { case: 'channelInfo', value: { room: 'after', channel: '' } })).toMatchObject({ code: 'NOT_PERMITTED' });
    expect(await refusedCommand(client, { case: 'deleteChannel', value: { room: 'before', channel: '' } })).toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    await command(client, { case: 'channelInfo', value: { room: 'before', channel: '' } });
    await client.close();
    await spine.stop();
  });
});

describe('a wrong configuration', () => {
  it('stops the start with 78 and names every error with key, source and range (A20)', async () => {
    const issuer = await createTestIssuer();
    const child = await startProcess({
      args: programArgs(new URL('../src/main.ts', import.meta.url)),
      env: {
        ARQON_SPINE_SERVICE_PORT: '70000', ARQON_SPINE_HEARTBEAT_MS: 'soon', ARQON_SPINE_LINK_KEY: 'short', ARQON_SPINE_AUTH_ISSUER: undefined,
        ARQON_SPINE_AUTH_AUDIENCE: 'arqon', ARQON_SPINE_AUTH_JWKS_FILE: issuer.jwksFile, ARQON_SPINE_NO_SUCH_KEY: '1', ARQON_SPINE_LIMITS_MAX_FRAME_BYTES: '2000000',
      },
    });
    expect((await child.exited).code).toBe(78);
    const { stderr } = child.output;
    for (const name of ['service.port', 'heartbeat_ms', 'link.key', 'auth.issuer', 'ARQON_SPINE_NO_SUCH_KEY', 'limits.max_frame_bytes']) expect(stderr.toLowerCase()).toContain(name.toLowerCase());
    expect(stderr).toContain('65535');
    expect(stderr).not.toContain('short');
    await issuer.close();
  });

  it.each<[string, Record<string, string | undefined>]>([
    ['two sources of keys', { ARQON_SPINE_AUTH_JWKS_URL: 'http://127.0.0.1:1/jwks' }],
    ['no source of keys', { ARQON_SPINE_AUTH_JWKS_FILE: undefined }],
    ['a door in the clear outside of loopback', { ARQON_SPINE_SERVICE_HOST: '0.0.0.0' }],
    ['half a certificate', { ARQON_SPINE_TLS_CERT_FILE: '/tmp/none.pem' }],
  ])('with %s stops the start', async (_name, environment) => {
    const issuer = await createTestIssuer();
    await expect(startSpineProcess(environment, issuer)).rejects.toThrow(/ended with 78/);
    await issuer.close();
  });
});

describe('the Spine', () => {
  it('ends when the process that started it for a demo dies', async () => {
    const parent = await startProcess({ args: ['-e', 'setInterval(() => {}, 1000)'] });
    const spine = await startSpineProcess({ ARQON_PARENT_PID: String(parent.pid) });
    await parent.stop('SIGKILL');
    expect(await within(spine.process.exited, 30_000, 'the Spine to end')).toMatchObject({ code: 0 });
    await spine.issuer.close();
  });
});
