import { randomBytes } from 'node:crypto';
import { newEnvelopeId } from '@arqonbus/envelope';
import type { Command, Envelope, Frame } from '@arqonbus/proto';
import { createTempFolder, programArgs, RawWireClient, startProcess, waitFor, within, type RunningProcess, type TempFolder, type TestTokenOptions } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CuttableProxy } from './cuttable-proxy.js';
import { linkKey } from './scripted-spine.js';
import { ShieldHarness } from './shield-harness.js';

const spineMain = new URL('../../spine/src/main.ts', import.meta.url);
const everything = { publish: ['*', '@*'], subscribe: ['*'] };

type Answer = Extract<Envelope['body'], { case: 'reply' | 'error' }>;

let harness: ShieldHarness;
let spine: RunningProcess;
let proxy: CuttableProxy;
let folder: TempFolder;
let ports: { servicePort: number; linkPort: number; adminPort: number };

/** The Spine needs the issuer's keys and the Shield the Spine's port, so the Shield's link first points at the proxy's port. */
async function start(): Promise<void> {
  folder = createTempFolder('arqon-pair-');
  harness = await ShieldHarness.startWith(async (issuer) => {
    spine = await startProcess({
      args: programArgs(spineMain),
      env: {
        ARQON_SPINE_SERVICE_PORT: '0', ARQON_SPINE_LINK_PORT: '0', ARQON_SPINE_ADMIN_PORT: '0', ARQON_SPINE_LINK_KEY: linkKey,
        ARQON_SPINE_AUTH_JWKS_FILE: issuer.jwksFile, ARQON_SPINE_AUTH_ISSUER: issuer.issuer, ARQON_SPINE_AUTH_AUDIENCE: issuer.audience,
        ARQON_SPINE_AUDIT_FILE: folder.file('audit.jsonl'),
      },
      readyWhen: (output) => output.messages.length > 0,
    });
    ports = spine.output.messages[0] as typeof ports;
    proxy = await CuttableProxy.start(ports.linkPort);
    return { 'link.urls': `ws://127.0.0.1:${String(proxy.port)}`, 'limits.max_session_buffer_bytes': '262144' };
  });
  await harness.ready();
}

async function client(token: TestTokenOptions): Promise<RawWireClient> {
  const connected = await harness.connect({ token: await harness.issuer.token({ ...everything, ...token }) });
  await connected.next(isWelcome);
  return connected;
}

async function service(): Promise<RawWireClient> {
  const token = await harness.issuer.token({ ...everything, sub: 'service', roles: ['service'] });
  const connected = await RawWireClient.connect(`ws://127.0.0.1:${String(ports.servicePort)}`, { token });
  await connected.next(isWelcome);
  harness.clients.push(connected);
  return connected;
}

function isWelcome(frame: Frame): boolean {
  return frame.batches.some((batch) => batch.envelopes.some(({ body }) => body.case === 'signal' && body.value.body.case === 'welcome'));
}

function newId(): Uint8Array {
  return newEnvelopeId(Date.now(), randomBytes(10));
}

async function command(from: RawWireClient, body: Extract<Command['body'], { case: 'join' | 'leave' }>['case'], value: { room: string; channel?: string; allChannels?: boolean }): Promise<void> {
  const id = newId();
  await from.sendFrame({ batches: [{ envelopes: [{ id, body: { case: 'command', value: { body: { case: body, value } } } }] }] });
  const frame = await from.next((candidate) => answerTo(candidate, id) !== undefined);
  const answer = answerTo(frame, id);
  if (answer?.case === 'error') throw new Error(`${answer.value.code} ${answer.value.field} ${answer.value.message}`);
}

function answerTo(frame: Frame, id: Uint8Array): Answer | undefined {
  for (const { envelopes } of frame.batches) {
    for (const { body } of envelopes) if ((body.case === 'reply' || body.case === 'error') && Buffer.compare(body.value.requestId, id) === 0) return body;
  }
  return undefined;
}

function publish(from: RawWireClient, room: string, texts: readonly string[], channel = ''): Promise<void> {
  const envelopes = texts.map((text) => ({ id: newId(), body: { case: 'event' as const, value: { type: 'text/plain', payload: Buffer.from(text) } } }));
  return from.sendFrame({ batches: [{ room, channel, envelopes }] });
}

function textsOf(frame: Frame): string[] {
  return frame.batches.flatMap((batch) => batch.envelopes.flatMap(({ body }) => (body.case === 'event' ? [Buffer.from(body.value.payload).toString().trimEnd()] : [])));
}

async function collect(from: RawWireClient, count: number): Promise<string[]> {
  const texts: string[] = [];
  while (texts.length < count) texts.push(...textsOf(await from.next((frame) => textsOf(frame).length > 0, 20_000)));
  return texts;
}

function numbers(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => String(from + index));
}

describe('Shield and Spine together', () => {
  beforeAll(start);
  afterAll(async () => {
    await harness.close();
    await proxy.close();
    await spine.stop();
    folder.remove();
  });

  it('carry messages between agents of one tenant, and nothing to another tenant', async () => {
    const [one, two, other] = [await client({ sub: 'one' }), await client({ sub: 'two' }), await client({ sub: 'one', tenant: 'rival' })];
    for (const each of [one, two, other]) await command(each, 'join', { room: 'plans' });
    await publish(one, 'plans', ['a', 'b']);
    expect(await collect(two, 2)).toEqual(['a', 'b']);
    expect(await collect(one, 2)).toEqual(['a', 'b']);
    await publish(other, 'plans', ['mine']);
    expect(await collect(other, 1)).toEqual(['mine']);
    expect([...one.frames.pending, ...two.frames.pending].flatMap(textsOf)).toEqual([]);
    for (const each of [one, two, other]) await each.close();
  });

  it('heal a slow reader of several topics without loss or duplicate', async () => {
    const [writer, slow] = [await service(), await client({ sub: 'slow' })];
    await command(slow, 'join', { room: 'busy', allChannels: true });
    await command(slow, 'join', { room: 'other' });
    slow.pause();
    const total = 6_000;
    for (let n = 0; n < total; n += 1) await publish(writer, n % 3 === 0 ? 'other' : 'busy', [String(n).padEnd(4_000)], n % 3 === 1 ? 'side' : '');
    await waitFor(async () => (await harness.metric('shield_lagging_total')) > 0, { timeoutMs: 20_000 });
    slow.resume();
    const texts = await within(collect(slow, total), 30_000, 'everything');
    for (const rest of [0, 1, 2]) {
      expect(texts.filter((text) => Number(text) % 3 === rest)).toEqual(numbers(0, total).filter((text) => Number(text) % 3 === rest));
    }
    await publish(writer, 'busy', ['live again']);
    expect(await collect(slow, 1)).toEqual(['live again']);
    await Promise.all([writer.close(), slow.close()]);
  });

  it('resume all topics after a broken link, without loss or duplicate, with a second welcome', async () => {
    const [writer, reader, wide] = [await service(), await client({ sub: 'reader' }), await client({ sub: 'wide' })];
    await command(reader, 'join', { room: 'long' });
    await command(wide, 'join', { room: 'long', allChannels: true });
    for (let n = 0; n < 3_000; n += 1) {
      await publish(writer, 'long', [String(n)]);
      if (n === 1_000 || n === 2_000) {
        proxy.cut();
        await reader.next(isWelcome);
      }
    }
    for (const each of [reader, wide]) expect(await within(collect(each, 3_000), 40_000, 'everything')).toEqual(numbers(0, 3_000));
    await Promise.all([writer.close(), reader.close(), wide.close()]);
  });

  // Needs DescribeTopic again whenever a link starts to follow a topic that it had left.
  it('do not replay what a session never followed, when the link breaks right after its join', async () => {
    const [writer, early, late] = [await service(), await client({ sub: 'early' }), await client({ sub: 'late' })];
    await command(early, 'join', { room: 'stale' });
    await publish(writer, 'stale', ['first']);
    await collect(early, 1);
    await command(early, 'leave', { room: 'stale' });
    await publish(writer, 'stale', numbers(0, 50));
    await command(writer, 'join', { room: 'stale' });
    await command(late, 'join', { room: 'stale' });
    proxy.cut();
    await late.next(isWelcome);
    await publish(writer, 'stale', ['last']);
    expect(await collect(late, 1)).toEqual(['last']);
    await Promise.all([writer.close(), early.close(), late.close()]);
  });
});
