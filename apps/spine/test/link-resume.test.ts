import type { RawWireClient } from '@arqonbus/testkit';
import type { Frame } from '@arqonbus/proto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LinkClient } from './link-client.js';
import { signalsOf, textEvent } from './runs.js';
import { bodiesOf, isWelcome, newId, startSpineProcess, type RunningSpine } from './spine-process.js';
import { command, eventsOf, publish, type SeenEvent } from './wire.js';

const rights = { publish: ['*', '@*'], subscribe: ['*'] };
const upTo = (last: number, first = 1): string[] => Array.from({ length: last - first + 1 }, (_, n) => String(first + n));

interface JoinedTopic { readonly topic: number; readonly epoch: bigint }

describe('a session behind a link', () => {
  let spine: RunningSpine;
  let writer: RawWireClient;
  beforeAll(async () => {
    spine = await startSpineProcess();
    writer = await spine.connect({ ...rights, sub: 'writer', roles: ['service', 'operator'] });
  });
  afterAll(async () => { await spine.stop(); });

  async function openLink(options: { to?: RunningSpine; session?: number; reopened?: boolean } = {}): Promise<LinkClient> {
    const { to = spine, session = 1, reopened = false } = options;
    const link = await LinkClient.connect(to.linkUrl, to.linkKey);
    await link.greet();
    link.say({ body: { case: 'openSession', value: { session: BigInt(session), reopened, token: await to.issuer.token({ ...rights, sub: 'reader' }) } } });
    await link.sessionFrame(session, isWelcome);
    return link;
  }
  async function join(link: LinkClient, room: string): Promise<JoinedTopic> {
    link.inbound(1, { batches: [{ envelopes: [{ id: newId(), body: { case: 'command', value: { body: { case: 'join', value: { room } } } } }] }] });
    await link.sessionFrame(1, (frame) => bodiesOf(frame).some((body) => body.case === 'reply'));
    const described = await link.message('describeTopic');
    await link.message('subscribe');
    return { topic: described.value.topic, epoch: described.value.epoch };
  }
  async function write(room: string, from: number, to: number, filler = ''): Promise<void> {
    for (let n = from; n <= to; n += 1) await publish(writer, { room, payloads: [`${String(n)}${filler}`] });
  }
  const textOf = (event: SeenEvent): string => event.text.replace(/x+$/, '');

  /** Takes pages and grants credit until the session is live again; the page that ends it may be followed by live deliveries. */
  async function catchUp(link: LinkClient, wanted: number): Promise<{ texts: string[]; pages: number; gaps: Frame[] }> {
    const texts: string[] = [];
    const gaps: Frame[] = [];
    let pages = 0;
    while (texts.length < wanted) {
      const heard = await link.heard.next((candidate) => candidate.kind !== 'message');
      if (heard.kind === 'message') continue;
      texts.push(...eventsOf(heard.frame).map(textOf));
      if (signalsOf(heard.frame).some((signal) => signal.case === 'gap')) gaps.push(heard.frame);
      if (heard.kind === 'session' && heard.page) {
        pages += 1;
        link.say({ body: { case: 'sessionCredit', value: { session: 1n } } });
      }
    }
    return { texts, pages, gaps };
  }

  it('that lags is told by gap, gets pages at its own pace and is subscribed again, without loss or duplicate', async () => {
    const link = await openLink();
    const { topic } = await join(link, 'lag');
    await write('lag', 1, 10);
    for (let seen = 0; seen < 10;) seen += eventsOf((await link.delivery()).frame).length;
    link.say({ body: { case: 'sessionLagging', value: { session: 1n, positions: [{ topic, sequence: 4n }] } } });
    expect((await link.message('unsubscribe')).value).toMatchObject({ session: 1n, topic });
    await write('lag', 11, 400, 'x'.repeat(3_000));
    link.say({ body: { case: 'sessionCredit', value: { session: 1n } } });
    const { texts, pages, gaps } = await catchUp(link, 396);
    expect(texts).toEqual(upTo(400, 5));
    expect(pages).toBeGreaterThan(3);
    expect(gaps.flatMap(signalsOf)[0]).toMatchObject({ case: 'gap', value: { room: 'lag', reason: 'SLOW_READER', after: { sequence: 4n }, resumesAt: { sequence: 4n } } });
    link.say({ body: { case: 'sessionCredit', value: { session: 1n } } });
    expect((await link.message('subscribe')).value).toMatchObject({ session: 1n, topic });
    await write('lag', 401, 401);
    expect(await link.delivery()).toMatchObject({ topic, last: 401, prev: 400 });
    link.close();
  });

  it('gets no page before it has room for one', async () => {
    const link = await openLink();
    const { topic } = await join(link, 'pace');
    await write('pace', 1, 5);
    for (let seen = 0; seen < 5;) seen += eventsOf((await link.delivery()).frame).length;
    link.say({ body: { case: 'sessionLagging', value: { session: 1n, positions: [{ topic, sequence: 0n }] } } });
    await link.message('unsubscribe');
    await write('pace', 6, 7);
    expect(link.heard.pending.filter((heard) => heard.kind === 'session')).toEqual([]);
    link.say({ body: { case: 'sessionCredit', value: { session: 1n } } });
    expect((await catchUp(link, 7)).texts).toEqual(upTo(7));
    link.close();
  });

  it('that lags is still there: requests reach it, and a channel that is deleted meanwhile begins a new epoch for it', async () => {
    const link = await openLink();
    const { topic, epoch } = await join(link, 'away');
    await write('away', 1, 3);
    for (let seen = 0; seen < 3;) seen += eventsOf((await link.delivery()).frame).length;
    link.say({ body: { case: 'sessionLagging', value: { session: 1n, positions: [{ topic, sequence: 3n }] } } });
    await link.message('unsubscribe');
    await writer.sendFrame({ batches: [{ room: 'away', envelopes: [textEvent('4', { headers: { 'arqon-expects': 'reply' } })] }] });
    await command(writer, { case: 'ping', value: {} });
    expect(writer.frames.pending.flatMap(bodiesOf).filter((body) => body.case === 'error')).toEqual([]);
    expect(await command(writer, { case: 'channelInfo', value: { room: 'away' } })).toMatchObject({ value: { subscribers: 1, sequence: 4n } });
    await command(writer, { case: 'deleteChannel', value: { room: 'away' } });
    await write('away', 5, 5);
    link.say({ body: { case: 'sessionCredit', value: { session: 1n } } });
    const { texts, gaps } = await catchUp(link, 1);
    expect(texts).toEqual(['5']);
    const [lagged, reset] = gaps.flatMap(signalsOf);
    expect(lagged).toMatchObject({ value: { reason: 'SLOW_READER', after: { epoch, sequence: 3n } } });
    expect(reset).toMatchObject({ value: { reason: 'EPOCH_CHANGED', after: { epoch, sequence: 3n }, resumesAt: { sequence: 0n } } });
    await link.message('subscribe');
    await write('away', 6, 6);
    expect(await link.delivery()).toMatchObject({ last: 2, prev: 1 });
    link.close();
  });

  it('goes on over a new link where the last fan-out left it, without loss or duplicate (A5, C9)', async () => {
    const first = await openLink();
    const { epoch } = await join(first, 'resume');
    await write('resume', 1, 5);
    for (let seen = 0; seen < 5;) seen += eventsOf((await first.delivery()).frame).length;
    await write('resume', 6, 60);
    // The old link is still there, as one is whose loss nobody has noticed yet.
    const link = await openLink({ session: 1, reopened: true });
    link.say({ body: { case: 'resumeTopic', value: { tenant: 'acme', room: 'resume', positions: [{ channel: '', epoch, sequence: 5n }], sessions: [1n] } } }, { body: { case: 'resumeDone', value: {} } });
    await write('resume', 61, 80);
    expect((await catchUp(link, 75)).texts).toEqual(upTo(80, 6));
    expect((await link.message('subscribe')).value).toMatchObject({ session: 1n });
    first.close();
    await write('resume', 81, 81);
    expect((await catchUp(link, 1)).texts).toEqual(['81']);
    link.close();
  });

  it('that followed a room gets what came in channels it never saw', async () => {
    await publish(writer, { room: 'wide', channel: 'known', payloads: ['1'] });
    const first = await openLink();
    first.inbound(1, { batches: [{ envelopes: [{ id: newId(), body: { case: 'command', value: { body: { case: 'join', value: { room: 'wide', allChannels: true } } } } }] }] });
    await first.sessionFrame(1, (frame) => bodiesOf(frame).some((body) => body.case === 'reply'));
    const { epoch } = (await first.message('describeTopic')).value;
    first.close();
    await publish(writer, { room: 'wide', channel: 'known', payloads: ['2'] });
    await publish(writer, { room: 'wide', channel: 'fresh', payloads: ['3', '4'] });
    const link = await openLink({ reopened: true });
    link.say({ body: { case: 'resumeTopic', value: { tenant: 'acme', room: 'wide', allChannels: true, positions: [{ channel: 'known', epoch, sequence: 1n }], sessions: [1n] } } }, { body: { case: 'resumeDone', value: {} } });
    expect((await catchUp(link, 3)).texts.sort()).toEqual(['2', '3', '4']);
    link.close();
  });

  it('gets its inbox from where it was, or from its beginning when it never saw it', async () => {
    const first = await openLink();
    first.close();
    for (const text of ['1', '2']) await publish(writer, { recipient: 'reader', payloads: [text] });
    const link = await openLink({ reopened: true });
    link.say({ body: { case: 'resumeDone', value: {} } });
    expect((await catchUp(link, 2)).texts).toEqual(['1', '2']);
    link.close();
  });

  it('is refused what its token does not cover, and told so', async () => {
    const link = await LinkClient.connect(spine.linkUrl, spine.linkKey);
    await link.greet();
    link.say({ body: { case: 'openSession', value: { session: 1n, reopened: true, token: await spine.issuer.token({ sub: 'narrow', subscribe: ['own'] }) } } });
    link.say({ body: { case: 'resumeTopic', value: { tenant: 'acme', room: 'resume', positions: [], sessions: [1n] } } }, { body: { case: 'resumeTopic', value: { tenant: 'beta', room: 'own', positions: [], sessions: [1n] } } }, { body: { case: 'resumeDone', value: {} } });
    const refused = await link.sessionFrame(1, (frame) => bodiesOf(frame).some((body) => body.case === 'error'));
    expect(refused.frame.batches.filter((batch) => batch.envelopes[0]?.body.case === 'error')).toMatchObject([{ room: 'resume', envelopes: [{ body: { value: { code: 'NOT_PERMITTED' } } }] }]);
    expect(link.heard.pending.filter((heard) => heard.kind === 'message' && heard.body.case === 'subscribe')).toEqual([]);
    link.close();
  });

  it('hears of a new epoch by gap when the Spine lost its memory', async () => {
    const first = await openLink();
    const { epoch } = await join(first, 'restart');
    await write('restart', 1, 3);
    first.close();
    const restarted = await startSpineProcess();
    try {
      const link = await openLink({ to: restarted, reopened: true });
      link.say({ body: { case: 'resumeTopic', value: { tenant: 'acme', room: 'restart', positions: [{ channel: '', epoch, sequence: 3n }], sessions: [1n] } } }, { body: { case: 'resumeDone', value: {} } });
      const told = await link.sessionFrame(1, (frame) => signalsOf(frame).some((signal) => signal.case === 'gap'));
      const gap = signalsOf(told.frame)[0];
      expect(gap).toMatchObject({ case: 'gap', value: { room: 'restart', reason: 'EPOCH_CHANGED', after: { epoch, sequence: 3n }, resumesAt: { sequence: 0n } } });
      expect(told.page).toBe(true);
      link.say({ body: { case: 'sessionCredit', value: { session: 1n } } });
      await link.message('subscribe');
      link.close();
    } finally {
      await restarted.stop();
    }
  });
});
