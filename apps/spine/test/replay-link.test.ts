import type { Frame } from '@arqonbus/proto';
import type { RawWireClient } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LinkClient, type Heard } from './link-client.js';
import { headOf } from './replays.js';
import { signalsOf } from './runs.js';
import { bodiesOf, isWelcome, newId, startSpineProcess, type RunningSpine } from './spine-process.js';
import { command, eventsOf, publish } from './wire.js';

const rights = { publish: ['*'], subscribe: ['*'] };
const session = 7;
const total = 200;

describe('history_replay of a session behind a Shield', () => {
  let spine: RunningSpine;
  let writer: RawWireClient;
  let link: LinkClient;
  let epoch: bigint;
  beforeAll(async () => {
    spine = await startSpineProcess();
    writer = await spine.connect({ ...rights, sub: 'writer', roles: ['service'] });
    const filler = 'x'.repeat(8_000);
    for (let n = 1; n <= total; n += 1) await publish(writer, { room: 'r', payloads: [`${String(n)} ${filler}`] });
    await command(writer, { case: 'ping', value: {} });
    ({ epoch } = await headOf(writer, 'r'));
    link = await LinkClient.connect(spine.linkUrl, spine.linkKey);
    await link.greet();
    link.say({ body: { case: 'openSession', value: { session: BigInt(session), token: await spine.issuer.token({ ...rights, sub: 's', roles: ['service'] }) } } });
    await link.sessionFrame(session, isWelcome);
  });
  afterAll(async () => {
    link.close();
    await spine.stop();
  });

  function send(body: { case: 'historyReplay' | 'ping' | 'join'; value: object }): void {
    link.inbound(session, { batches: [{ envelopes: [{ id: newId(), body: { case: 'command', value: { body } } }] }] });
  }
  const credit = (): void => { link.say({ body: { case: 'sessionCredit', value: { session: BigInt(session) } } }); };
  const hasEvents = (frame: Frame): boolean => eventsOf(frame).length > 0;
  const isReplyOf = (name: string) => (frame: Frame): boolean => bodiesOf(frame).some((body) => body.case === 'reply' && body.value.body.case === name);
  const pages = (): readonly Heard[] => link.heard.pending.filter((heard) => heard.kind === 'session' && hasEvents(heard.frame));
  /** Everything sent before has been answered, and nothing more came. */
  async function expectNoPage(): Promise<void> {
    send({ case: 'ping', value: {} });
    await link.sessionFrame(session, isReplyOf('pong'));
    expect(pages()).toEqual([]);
  }

  /** The empty frame that asks for a credit. */
  async function question(): Promise<void> {
    expect((await link.sessionFrame(session, (candidate) => candidate.batches.length === 0)).page).toBe(true);
  }

  it('sends each page for a credit alone, which an empty frame asks for', async () => {
    send({ case: 'historyReplay', value: { room: 'r', epoch, fromSequence: 1n, toSequence: BigInt(total) } });
    const seen: bigint[] = [];
    for (let page = 1; seen.length < total; page += 1) {
      await question();
      if (page < 3) await expectNoPage();
      credit();
      const { frame, page: tellsPosition } = await link.sessionFrame(session, hasEvents);
      expect(tellsPosition).toBe(false);
      seen.push(...eventsOf(frame).map((event) => event.sequence));
    }
    expect(seen).toEqual(Array.from({ length: total }, (_, n) => BigInt(n + 1)));
    await link.sessionFrame(session, isReplyOf('history'));
    await question();
    credit();
  });

  it('lets the recovery of a session that lagged go first, then goes on', async () => {
    send({ case: 'join', value: { room: 'r', channel: '' } });
    await link.sessionFrame(session, isReplyOf('joined'));
    const { topic } = (await link.message('subscribe')).value;
    send({ case: 'historyReplay', value: { room: 'r', epoch, fromSequence: 1n, toSequence: BigInt(total) } });
    await question();
    credit();
    const first = eventsOf((await link.sessionFrame(session, hasEvents)).frame);
    link.say({ body: { case: 'sessionLagging', value: { session: BigInt(session), positions: [{ topic, epoch, sequence: BigInt(total - 2) }] } } });
    credit();
    const recovery = await link.sessionFrame(session, hasEvents);
    expect(signalsOf(recovery.frame).map((signal) => signal.case)).toEqual(['gap']);
    expect(recovery.page).toBe(true);
    expect(eventsOf(recovery.frame).map((event) => event.sequence)).toEqual([BigInt(total - 1), BigInt(total)]);
    credit();
    const second = eventsOf((await link.sessionFrame(session, hasEvents)).frame);
    expect(second[0]?.sequence).toBe(BigInt(first.length + 1));
  });
});
