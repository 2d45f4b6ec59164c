import type { Frame } from '@arqonbus/proto';
import type { RawWireClient } from '@arqonbus/testkit';
import { waitFor } from '@arqonbus/testkit';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inspectionsOf, newToken, operatorKey, publishEvents, refusedRun, startCasilSpine, type TypedEvent } from './casil.js';
import { bodiesOf, newId, type RunningSpine } from './spine-process.js';
import { command, eventsOf, expectSilence, join, readError, readEvents } from './wire.js';

const everything = { tenant: 'acme', publish: ['*', '@*'], subscribe: ['*', 'sys.*'], roles: ['service'] };

interface Clients {
  readonly publisher: RawWireClient;
  readonly reader: RawWireClient;
}

let namesCount = 0;

/** A name that no other test of a shared Spine has, nor this one when it is tried once more. */
function newName(name: string): string {
  namesCount += 1;
  return `${name}-${String(namesCount)}`;
}

/** One Spine for the tests of the `describe` that calls it. */
function useSpine(settings: Readonly<Record<string, unknown>>): { readonly spine: RunningSpine; connect(): Promise<Clients> } {
  let started: RunningSpine;
  const open: RawWireClient[] = [];
  beforeAll(async () => { started = await startCasilSpine(settings); });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((client) => client.close()));
  });
  afterAll(() => started.stop());
  return {
    get spine() {
      return started;
    },
    connect: async () => {
      const [publisher, reader] = [await started.connect({ ...everything, sub: 'publisher' }), await started.connect({ ...everything, sub: 'reader' })];
      open.push(publisher, reader);
      return { publisher, reader };
    },
  };
}

async function history(client: RawWireClient, room: string): Promise<string> {
  const id = newId();
  await client.sendFrame({ batches: [{ envelopes: [{ id, body: { case: 'command', value: { body: { case: 'historyGet', value: { room } } } } }] }] });
  const page = await client.next((frame) => bodiesOf(frame).some((body) => body.case === 'reply' && Buffer.compare(body.value.requestId, id) === 0));
  return eventsOf(page).map(({ text }) => text).join('\n');
}

const policyRedact = [{ name: 'redact-secrets', categories: ['secret'], action: 'redact' }];
const isText = (text: string) => (frame: Frame): boolean => eventsOf(frame).some((event) => event.text.includes(text));

describe('a message with a secret', () => {
  const fixture = useSpine({});

  it('is blocked: its sender hears why, nobody hears or keeps it, and the rest of the publisher goes on (E2, E7, D14)', async () => {
    const { publisher, reader } = await fixture.connect();
    const room = newName('plans');
    await join(reader, room);
    const token = newToken();
    const refusal = await refusedRun(publisher, room, [{ payload: '{"step":1}' }, { payload: JSON.stringify({ note: token }) }]);
    expect(refusal).toMatchObject({ code: 'CASIL_POLICY_BLOCKED_SECRET', index: 1, field: 'batches.envelopes' });
    expect(JSON.stringify(refusal, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))).not.toContain(token);
    await publishEvents(publisher, room, [{ payload: '{"step":2}' }]);
    expect(await readEvents(reader, 1)).toMatchObject([{ text: '{"step":2}', sequence: 1n }]);
    expect(await expectSilence(reader)).toEqual([]);
    expect(await history(reader, room)).toBe('{"step":2}');
  });

  it('does not consume the run\'s number', async () => {
    const { publisher } = await fixture.connect();
    const room = newName('numbered');
    const refusal = readError(publisher);
    await publishEvents(publisher, room, [{ payload: newToken(), type: 'text/plain' }], { ack: { producer: 5n, run: 1n } });
    await refusal;
    await publishEvents(publisher, room, [{ payload: 'clean', type: 'text/plain' }], { ack: { producer: 5n, run: 1n } });
    const published = await publisher.next((frame) => frame.batches.some(({ envelopes }) => envelopes.some(({ body }) => body.case === 'signal' && body.value.body.case === 'published')));
    expect(published.batches[0]?.envelopes[0]?.body).toMatchObject({ value: { body: { value: { run: 1n, sequence: 1n, duplicate: false } } } });
  });

  it('is found in the type of an event, which cannot be redacted', async () => {
    const { publisher } = await fixture.connect();
    expect(await refusedRun(publisher, 'types', [{ type: newToken(), payload: '{}' }])).toMatchObject({ code: 'CASIL_POLICY_BLOCKED_SECRET', index: 0 });
  });

  it('is found in headers and in inboxes', async () => {
    const { publisher } = await fixture.connect();
    const inHeader: TypedEvent = { payload: '{}', headers: { authorization: `Bearer ${newToken()}` } };
    expect(await refusedRun(publisher, 'headers', [inHeader])).toMatchObject({ code: 'CASIL_POLICY_BLOCKED_SECRET' });
    const refusal = readError(publisher);
    await publishEvents(publisher, '', [{ payload: newToken() }], { recipient: 'reader' });
    expect(await refusal).toMatchObject({ code: 'CASIL_POLICY_BLOCKED_SECRET' });
  });

  it('is told to operators by place, to metrics by word, and to nobody by content (E21, N2, N3)', async () => {
    const { spine } = fixture;
    const [name, room] = [newName('offender'), newName('told')];
    const offender = await spine.connect({ ...everything, sub: name });
    const token = newToken();
    const counts = (): Promise<number[]> => Promise.all([
      metric(spine, 'arqon_casil_messages_total', 'kind="secret"'), metric(spine, 'arqon_casil_decisions_total', 'decision="block"'),
      metric(spine, 'arqon_casil_reasons_total', 'reason_code="CASIL_POLICY_BLOCKED_SECRET"'),
    ]);
    await refusedRun(offender, room, [{ payload: token }]);
    const before = await counts();
    for (let n = 0; n < 2; n += 1) await refusedRun(offender, room, [{ payload: token }]);
    expect(await counts()).toEqual(before.map((count) => count + 2));
    expect((await fetch(`${spine.adminUrl}/casil/offenders`)).status).not.toBe(200);
    const response = await fetch(`${spine.adminUrl}/casil/offenders`, { headers: { authorization: `Bearer ${operatorKey}` } });
    const offenders = await response.json() as Record<string, { tenant: string; name: string; violations: number }[]>;
    expect(Object.keys(offenders)).toEqual(['clients', 'rooms', 'channels']);
    const ofThisTest = Object.values(offenders).flatMap((entries) => entries.filter((entry) => [name, room, `${room}:`].includes(entry.name)));
    expect(ofThisTest).toEqual([name, room, `${room}:`].map((place) => ({ tenant: 'acme', name: place, violations: 3 })));
    const isOwnLine = (text: string): boolean => text.includes('content inspection acted') && text.includes(`"client":"${name}"`);
    const log = await waitFor(() => (spine.process.output.stdout.split('\n').some(isOwnLine) ? spine.process.output.stdout : undefined));
    expect(JSON.parse(log.split('\n').find(isOwnLine) ?? '{}')).toMatchObject({
      level: 'WARN', policy: 'default', decision: 'block', reason_code: 'CASIL_POLICY_BLOCKED_SECRET', room, client: name, payload_bytes: token.length,
    });
    const metrics = await (await fetch(`${spine.adminUrl}/metrics`)).text();
    for (const place of [metrics, log, readFileSync(spine.auditFile, 'utf8')]) expect(place).not.toContain(token.slice(4));
    await offender.close();
  });

  it.each([65_535, 65_536, 65_537])('is looked for in 64 KiB, and more is not let pass unseen: %i bytes (E10, E11)', async (size) => {
    await expectOversize(fixture, size, size > 65_536 ? 'CASIL_POLICY_OVERSIZE' : undefined);
  });
});

describe('a message with a secret in monitor mode', () => {
  const fixture = useSpine({ mode: 'monitor' });

  it('passes, and what would have been done is said (E18)', async () => {
    const { publisher, reader } = await fixture.connect();
    await join(reader, 'plans');
    await join(reader, 'sys.casil');
    const token = newToken();
    await publishEvents(publisher, 'plans', [{ payload: token, type: 'text/plain' }]);
    await reader.next(isText(token));
    const frame = await reader.next((candidate) => inspectionsOf(candidate).length > 0);
    expect(inspectionsOf(frame)).toMatchObject([{
      decision: 'allow', intendedDecision: 'block', reasonCode: 'CASIL_MONITOR_MODE', kind: 'secret', riskLevel: 'high', room: 'plans', sender: 'publisher', detectors: ['github-personal-token'],
    }]);
    expect(await metric(fixture.spine, 'arqon_casil_monitored_total')).toBeGreaterThanOrEqual(1);
  });
});

describe('what is inspected', () => {
  describe('with a scope', () => {
    const fixture = useSpine({ 'scope.include': 'plans,open:audit', 'scope.exclude': 'plans:raw' });

    it('is chosen by room and channel (E19)', async () => {
      const { publisher, reader } = await fixture.connect();
      for (const room of ['plans', 'open']) await command(reader, { case: 'join', value: { room, allChannels: true } });
      const send = (room: string, channel: string): Promise<void> => publishEvents(publisher, room, [{ payload: newToken() }], { channel });
      await send('open', 'free');
      expect(await readEvents(reader, 1)).toMatchObject([{ room: 'open', channel: 'free' }]);
      await send('plans', 'raw');
      expect(await readEvents(reader, 1)).toMatchObject([{ room: 'plans', channel: 'raw' }]);
      const refusal = readError(publisher);
      await send('open', 'audit');
      expect(await refusal).toMatchObject({ code: 'CASIL_POLICY_BLOCKED_SECRET' });
      expect(await expectSilence(reader)).toEqual([]);
    });
  });

  describe.each(['allow', 'inspect_prefix'])('with oversize: %s', (oversize) => {
    const fixture = useSpine({ 'limits.oversize': oversize });

    it('ends at 64 KiB; a byte more passes, and is counted (E10, E11)', async () => {
      await expectOversize(fixture, 65_537, undefined);
    });
  });

  describe('with CASIL off', () => {
    const fixture = useSpine({ enabled: false });

    it('is nothing (E1, E18)', async () => {
      const { publisher, reader } = await fixture.connect();
      await join(reader, 'plans');
      const token = newToken();
      await publishEvents(publisher, 'plans', [{ payload: token }]);
      expect(await readEvents(reader, 1)).toMatchObject([{ text: token }]);
    });
  });
});

describe.each([[false, false], [false, true], [true, false], [true, true]])('what was found, told to clients: %s, kept in history: %s', (expose, persist) => {
  const fixture = useSpine({ policies: policyRedact, expose_metadata_to_clients: expose, persist_metadata_in_history: persist });
  const stampOf = (frame: Frame): unknown => frame.batches[0]?.stamp?.inspection;

  it('reaches those who may know of it (E24, D14)', async () => {
    const { publisher, reader } = await fixture.connect();
    await join(reader, 'plans');
    await publishEvents(publisher, 'plans', [{ payload: newToken(), type: 'text/plain' }]);
    const told = { kind: 'secret', riskLevel: 'high', decision: 'allow_with_redaction', flags: ['secret'], reasonCode: '' };
    const expectTold = (value: unknown, isTold: boolean): void => {
      if (isTold) expect(value).toMatchObject(told);
      else expect(value).toBeUndefined();
    };
    expectTold(stampOf(await reader.next(isText('REDACTED'))), expose);
    const operator = await fixture.spine.connect({ ...everything, roles: ['operator'], sub: 'operator' });
    for (const [client, sees] of [[reader, expose && persist], [operator, persist]] as const) {
      await client.sendFrame({ batches: [{ envelopes: [{ id: newId(), body: { case: 'command', value: { body: { case: 'historyGet', value: { room: 'plans' } } } } }] }] });
      const page = await client.next((frame) => frame.batches.some(({ stamp }) => stamp?.replayed === true));
      expectTold(stampOf(page), sees);
    }
    await operator.close();
  });

  it('is redacted where a policy says so, for subscribers and history alike, and stays well-formed', async () => {
    const { publisher, reader } = await fixture.connect();
    await join(reader, 'formed');
    const token = newToken();
    await publishEvents(publisher, 'formed', [{ payload: JSON.stringify({ a: 1, key: token }), headers: { note: token, other: 'stays' } }, { payload: '{"b":2}' }]);
    const frame = await reader.next(isText('REDACTED'));
    const [first, second] = eventsOf(frame);
    expect(JSON.parse(first?.text ?? '')).toEqual({ a: 1, key: '[REDACTED:github-personal-token]' });
    expect(second?.text).toBe('{"b":2}');
    expect(frame.batches[0]?.envelopes[0]?.headers).toEqual({ note: '[REDACTED:github-personal-token]', other: 'stays' });
    if (!expose) expect(stampOf(frame)).toBeUndefined();
    expect(await history(reader, 'formed')).not.toContain(token);
  });
});

describe('a type that holds what a policy allows', () => {
  const fixture = useSpine({ policies: [{ name: 'let-tokens', detectors: ['github-personal-token'], action: 'allow' }, ...policyRedact] });

  it('leaves the other events of its run as inspected as ever', async () => {
    const { publisher, reader } = await fixture.connect();
    const room = newName('typed');
    await join(reader, room);
    const password = newToken().slice(4, 20);
    await publishEvents(publisher, room, [{ payload: JSON.stringify({ password }) }, { type: newToken(), payload: JSON.stringify({ password }) }]);
    const texts = (await readEvents(reader, 2)).map(({ text }) => text);
    expect(texts).toEqual(['{"password":"[REDACTED:assigned-secrets]"}', '{"password":"[REDACTED:assigned-secrets]"}']);
  });
});

describe('redaction of one target alone', () => {
  const fixture = useSpine({ policies: policyRedact, 'redaction.targets': 'history' });

  it('history only: subscribers get the message, history keeps it redacted', async () => {
    const { publisher, reader } = await fixture.connect();
    await join(reader, 'plans');
    const token = newToken();
    await publishEvents(publisher, 'plans', [{ payload: 'before', type: 'text/plain' }]);
    await publishEvents(publisher, 'plans', [{ payload: token, type: 'text/plain' }]);
    await publishEvents(publisher, 'plans', [{ payload: 'after', type: 'text/plain' }]);
    expect((await readEvents(reader, 3)).map(({ text }) => text)).toEqual(['before', token, 'after']);
    expect(await history(reader, 'plans')).toBe('before\n[REDACTED:github-personal-token]\nafter');
  });

  it('is refused at the start where a store feeds subscribers', async () => {
    await expect(startCasilSpine({ 'redaction.targets': 'transport' }, { ARQON_SPINE_HISTORY_STORE: 'embedded' })).rejects.toThrow(/redaction\.targets/);
  });
});

/** Publishes that many bytes: `code` refuses them, or nothing does. What is larger than is inspected is counted. */
async function expectOversize({ spine, connect }: ReturnType<typeof useSpine>, size: number, code: string | undefined): Promise<void> {
  const { publisher, reader } = await connect();
  const room = newName('size');
  const before = await metric(spine, 'arqon_casil_oversize_total');
  await join(reader, room);
  const event = { type: 'text/plain', payload: 'x y '.repeat(16_385).slice(0, size) };
  if (code === undefined) {
    await publishEvents(publisher, room, [event]);
    expect(await readEvents(reader, 1)).toHaveLength(1);
  } else {
    expect(await refusedRun(publisher, room, [event])).toMatchObject({ code });
    expect(await expectSilence(reader)).toEqual([]);
  }
  expect(await metric(spine, 'arqon_casil_oversize_total') - before).toBe(size > 65_536 ? 1 : 0);
}

/** Value of a metric whose labels contain `label`; NaN when there is none. */
async function metric({ adminUrl }: RunningSpine, name: string, label = ''): Promise<number> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  return Number(new RegExp(`^${name}(?:\\{[^}]*${label}[^}]*\\})? ([0-9.e+]+)`, 'm').exec(text)?.[1]);
}
