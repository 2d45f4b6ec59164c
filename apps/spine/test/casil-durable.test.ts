import type { Frame, StampSchema } from '@arqonbus/proto';
import { createTempFolder, createTestIssuer, type RawWireClient, type TempFolder, type TestIssuer } from '@arqonbus/testkit';
import type { MessageShape } from '@bufbuild/protobuf';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { casilEnvironment, newToken, publishEvents } from './casil.js';
import { bodiesOf, startSpineProcess, type RunningSpine } from './spine-process.js';
import { command, commandFrame, eventsOf, readError, readEvents } from './wire.js';

const everything = { publish: ['*', '@*'], subscribe: ['*'], roles: ['client'] };
const redacted = '[REDACTED:github-personal-token]';
const policies = [
  { name: 'redact-notes', rooms: ['notes'], categories: ['secret'], action: 'redact' }, { name: 'block-others', categories: ['secret', 'key_material'], action: 'block' },
];

let issuer: TestIssuer;
let folder: TempFolder;
let spine: RunningSpine | undefined;
let databaseCount = 0;
beforeAll(async () => {
  issuer = await createTestIssuer();
  folder = createTempFolder('arqon-casil-durable-');
});
afterEach(async () => {
  await spine?.process.stop('SIGKILL');
  spine = undefined;
});
afterAll(async () => {
  await issuer.close();
  folder.remove();
});

function newDatabase(): string {
  databaseCount += 1;
  return folder.file(`history-${String(databaseCount)}.db`);
}

/** Starts a Spine on a database; one that still runs is killed before. */
async function startOn(database: string, casil: Readonly<Record<string, unknown>> = {}): Promise<RunningSpine> {
  await spine?.process.stop('SIGKILL');
  spine = await startSpineProcess({ ARQON_SPINE_HISTORY_STORE: 'embedded', ARQON_SPINE_HISTORY_EMBEDDED_FILE: database, ...casilEnvironment({ policies, ...casil }) }, issuer);
  return spine;
}

function bytesOf(database: string): string {
  return [database, `${database}-wal`].map((path) => (existsSync(path) ? readFileSync(path, 'latin1') : '')).join('');
}

/** Publishes one acknowledged run; resolves with its acknowledgement. */
async function publishAcked(client: RawWireClient, room: string, run: bigint, payloads: readonly string[]): Promise<{ sequence: bigint; epoch: bigint }> {
  await publishEvents(client, room, payloads.map((payload) => ({ type: 'text/plain', payload })), { ack: { producer: 9n, run } });
  const published = (frame: Frame): { sequence: bigint; epoch: bigint }[] => bodiesOf(frame).flatMap((body) => (
    body.case === 'signal' && body.value.body.case === 'published' && body.value.body.value.run === run ? [body.value.body.value] : []));
  const [position] = published(await client.next((frame) => published(frame).length > 0, 20_000));
  if (position === undefined) throw new Error('not acknowledged');
  return position;
}

async function metricsOf({ adminUrl }: RunningSpine): Promise<string> {
  return (await fetch(`${adminUrl}/metrics`)).text();
}

async function historyFrame(client: RawWireClient, room: string): Promise<Frame> {
  return commandFrame(client, { case: 'historyGet', value: { room, limit: 100 } });
}

function stampOf(frame: Frame): MessageShape<typeof StampSchema> | undefined {
  return frame.batches.find(({ stamp }) => stamp !== undefined)?.stamp;
}

describe('a durable room with content inspection on', () => {
  it('stores nothing of a blocked run, and the redacted form of a redacted one, over a restart (E2, E22)', async () => {
    const database = newDatabase();
    const [blocked, noted] = [newToken(), newToken()];
    const first = await startOn(database);
    const writer = await first.connect({ ...everything, sub: 'writer' });
    const reader = await first.connect({ ...everything, sub: 'reader' });
    for (const room of ['plans', 'notes']) await command(reader, { case: 'join', value: { room } });
    await publishAcked(writer, 'plans', 1n, ['before']);
    const refusal = readError(writer);
    await publishEvents(writer, 'plans', [{ type: 'text/plain', payload: 'beside it' }, { type: 'text/plain', payload: blocked }], { ack: { producer: 9n, run: 2n } });
    expect(await refusal).toMatchObject({ code: 'CASIL_POLICY_BLOCKED_SECRET', run: 2n, index: 1 });
    // The number of the blocked run is still free.
    const { epoch } = await publishAcked(writer, 'plans', 2n, ['after']);
    await publishAcked(writer, 'notes', 1n, [`it is ${noted} so`]);
    expect((await readEvents(reader, 3)).map(({ text }) => text)).toEqual(['before', 'after', `it is ${redacted} so`]);

    expect(await metricsOf(first)).toMatch(/^arqon_casil_probable_secrets_total(\{.*\})? 2$/m);
    const second = await startOn(database);
    // Counters are of the process, and begin at zero with it (E22).
    expect(await metricsOf(second)).toMatch(/^arqon_casil_probable_secrets_total(\{.*\})? 0$/m);
    const late = await second.connect({ ...everything, sub: 'late' });
    expect(eventsOf(await historyFrame(late, 'plans')).map(({ text }) => text)).toEqual(['before', 'after']);
    expect(eventsOf(await historyFrame(late, 'notes')).map(({ text }) => text)).toEqual([`it is ${redacted} so`]);
    const joined = await command(late, { case: 'join', value: { room: 'plans', resume: [{ channel: '', epoch, sequence: 0n }] } });
    expect(joined).toMatchObject({ case: 'joined', value: { recovered: true } });
    expect((await readEvents(late, 2)).map(({ text, replayed }) => [text, replayed])).toEqual([['before', true], ['after', true]]);
    const kept = bytesOf(database);
    expect(kept).toContain(`it is ${redacted} so`);
    for (const secret of [blocked, noted]) for (const form of [secret.slice(4, 20), secret.slice(20)]) expect(kept).not.toContain(form);
    expect(kept).not.toContain('beside it');
  });

  it('stores a message as it is in monitor mode', async () => {
    const database = newDatabase();
    const token = newToken();
    const running = await startOn(database, { mode: 'monitor' });
    const writer = await running.connect({ ...everything, sub: 'writer' });
    await publishAcked(writer, 'plans', 1n, [token]);
    expect(bytesOf(database)).toContain(token);
  });

  it.each([{ expose: false, persist: true }, { expose: true, persist: true }])('keeps what was found with the run as configured, and tells it to those who may know, live and from history: %o (E24, D14)', async ({ expose, persist }) => {
    const database = newDatabase();
    const casil = { expose_metadata_to_clients: expose, persist_metadata_in_history: persist };
    const first = await startOn(database, casil);
    const [writer, reader] = [await first.connect({ ...everything, sub: 'writer' }), await first.connect({ ...everything, sub: 'reader' })];
    await command(reader, { case: 'join', value: { room: 'notes' } });
    await publishAcked(writer, 'notes', 1n, [newToken()]);
    const found = { kind: 'secret', riskLevel: 'high', decision: 'allow_with_redaction', flags: ['secret'] };
    const expectTold = (frame: Frame, isTold: boolean): void => {
      const inspection = stampOf(frame)?.inspection;
      if (isTold) expect(inspection).toMatchObject(found);
      else expect(inspection).toBeUndefined();
    };
    expectTold(await reader.next((frame) => eventsOf(frame).length > 0), expose);

    const second = await startOn(database, casil);
    const [client, operator] = [await second.connect({ ...everything, sub: 'reader' }), await second.connect({ ...everything, sub: 'operator', roles: ['operator'] })];
    for (const [session, sees] of [[client, expose && persist], [operator, persist]] as const) {
      const page = await historyFrame(session, 'notes');
      expect(eventsOf(page).map(({ text, replayed }) => [text, replayed])).toEqual([[redacted, true]]);
      expectTold(page, sees);
      await command(session, { case: 'join', value: { room: 'notes', resume: [{ channel: '', epoch: stampOf(page)?.epoch ?? 0n, sequence: 0n }] } });
      const resumed = await session.next((frame) => eventsOf(frame).length > 0);
      expect(eventsOf(resumed).map(({ text }) => text)).toEqual([redacted]);
      // What a subscription brings is for clients, whoever holds it.
      expectTold(resumed, expose && persist);
    }
  });
});
