import { waitFor, type RawWireClient } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ackedRun, codesOf, readAnswers, sendRuns, signalsOf } from './runs.js';
import { startSpineProcess, type RunningSpine } from './spine-process.js';
import { command, eventsOf, join, publish, readEvents, sendAnyway } from './wire.js';

const everything = { tenant: 'acme', publish: ['*', '@*'], subscribe: ['*'], roles: ['service'] };

describe('the Spine on the fallback transport', () => {
  let spine: RunningSpine;
  let writer: RawWireClient;
  beforeAll(async () => {
    spine = await startSpineProcess({
      ARQON_SPINE_TRANSPORT: 'fallback', ARQON_SPINE_LIMITS_MAX_SESSION_BUFFER_BYTES: '262144', ARQON_SPINE_LIMITS_CATCH_UP_MS: '60000', ARQON_SPINE_DRAIN_TIMEOUT_MS: '500',
    });
    writer = await spine.connect({ ...everything, sub: 'writer' });
  });
  afterAll(async () => { await spine.stop(); });

  it('is ready, not degraded, because it was asked for', async () => {
    expect(await waitUntilReady(spine)).toEqual({ state: 'Ready', reasons: [] });
    expect(await (await fetch(`${spine.adminUrl}/status`)).json()).toMatchObject({ transport: 'fallback' });
  });

  it('carries runs, acknowledgements, rooms and inboxes', async () => {
    const reader = await spine.connect({ ...everything, sub: 'reader' });
    await join(reader, 'plans', 'main');
    await command(reader, { case: 'join', value: { room: 'plans', allChannels: true } });
    expect(codesOf(await sendRuns(writer, [ackedRun({ room: 'plans', channel: 'main' }, 1n, 1n, ['a', 'b']), ackedRun({ recipient: 'reader' }, 1n, 1n, ['c']), ackedRun({ room: 'plans', channel: 'main' }, 1n, 3n, ['no'])]))).toEqual(['ok', 'ok', 'RUN_OUT_OF_ORDER']);
    expect((await readEvents(reader, 3)).map((event) => event.text).sort()).toEqual(['a', 'b', 'c']);
    await reader.close();
  });

  it('resumes without gap and duplicate while others publish', async () => {
    const first = await join(writer, 'seam');
    const position = first.case === 'joined' ? first.value.positions[0] : undefined;
    for (let n = 1; n <= 40; n += 1) await publish(writer, { room: 'seam', payloads: [String(n)] });
    const resuming = await spine.connect({ ...everything, sub: 'resuming' });
    const joining = command(resuming, { case: 'join', value: { room: 'seam', resume: [position] } });
    for (let n = 41; n <= 80; n += 1) await publish(writer, { room: 'seam', payloads: [String(n)] });
    expect(await joining).toMatchObject({ case: 'joined', value: { recovered: true } });
    expect((await readEvents(resuming, 80)).map((event) => event.text)).toEqual(Array.from({ length: 80 }, (_, n) => String(n + 1)));
    await resuming.close();
  });

  it('tells a slow reader what it lost and heals it, without loss or duplicate', async () => {
    const slow = await spine.connect({ ...everything, sub: 'slow' });
    await join(slow, 'slow');
    slow.pause();
    const filler = 'x'.repeat(4_000);
    for (let n = 1; n <= 3_000; n += 1) await publish(writer, { room: 'slow', payloads: [`${String(n)} ${filler}`] });
    await command(writer, { case: 'ping', value: {} });
    slow.resume();
    const events = [];
    let gaps = 0;
    while (events.length < 3_000) {
      const frame = await slow.next(undefined, 15_000);
      events.push(...eventsOf(frame));
      gaps += signalsOf(frame).filter((signal) => signal.case === 'gap').length;
    }
    expect(events.map((event) => Number(event.sequence))).toEqual(Array.from({ length: 3_000 }, (_, n) => n + 1));
    expect(gaps).toBeGreaterThan(0);
    await slow.close();
  });

  it('closes text with 4400, frames above the limit with 4413, and cuts above the cap', async () => {
    const text = await spine.connect();
    await text.sendText('hello');
    expect((await text.closed).code).toBe(4400);
    const large = await spine.connect();
    await large.sendBytes(new Uint8Array(983_041));
    expect((await large.closed).code).toBe(4413);
    const cut = await spine.connect();
    await sendAnyway(cut.sendBytes(new Uint8Array(1_048_577)));
    expect((await cut.closed).code).toBe(1006);
  });

  it('drains: acknowledges what was sent, tells the window, closes with 4503, exits 0', async () => {
    const client = await spine.connect({ ...everything, sub: 'last' });
    await client.sendFrame({ batches: Array.from({ length: 20 }, (_, n) => ackedRun({ room: 'busy' }, 9n, BigInt(n + 1), ['x'])) });
    const stopping = spine.process.stop('SIGTERM');
    await client.next((frame) => signalsOf(frame).some((signal) => signal.case === 'draining'));
    expect(codesOf(await readAnswers(client, 20)).every((code) => code === 'ok')).toBe(true);
    expect((await client.closed).code).toBe(4503);
    expect(await stopping).toEqual({ code: 0, signal: null });
  });
});

/** The answer of the readiness route once it is 200: the keys are read from their file just after the start. */
function waitUntilReady(spine: RunningSpine): Promise<unknown> {
  return waitFor(async () => {
    const response = await fetch(`${spine.adminUrl}/ready`);
    return response.status === 200 ? await response.json() as object : undefined;
  });
}

describe('the Spine where the engine has no binary', () => {
  it('runs on the fallback and says so: Degraded, with the reason, and a warning in the log', async () => {
    // Another ABI than this Node's: the engine's package has no binary of that name.
    const spine = await startSpineProcess({ NODE_OPTIONS: `--import ${new URL('other-abi.mjs', import.meta.url).href}` });
    expect(await waitUntilReady(spine)).toEqual({ state: 'Degraded', reasons: ['fallback_transport'] });
    const client = await spine.connect();
    expect(await command(client, { case: 'status', value: {} })).toMatchObject({ case: 'status', value: { readiness: 'Degraded', reasons: ['fallback_transport'] } });
    await waitFor(() => spine.process.output.stdout.includes('the native engine has no binary'), { what: 'the warning in the log' });
    await client.close();
    await spine.stop();
  });
});
