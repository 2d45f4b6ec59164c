import { waitFor } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster } from '../src/index.js';
import { NumberedStream, StreamReader } from './numbered-stream.js';

let cluster: Cluster;

beforeAll(async () => {
  const window = { 'drain.reconnect_min_ms': '50', 'drain.reconnect_max_ms': '300' };
  cluster = await Cluster.start({ spine: { heartbeat_ms: '1000', ...window }, shield: window });
});
afterAll(() => cluster.stop());

interface Streaming {
  readonly stream: NumberedStream;
  readonly reader: StreamReader;
}

async function streaming(topic: string): Promise<Streaming> {
  const [alice, bob] = await Promise.all([cluster.bus({ sub: 'alice' }), cluster.bus({ sub: 'bob' })]);
  const reader = new StreamReader(await bob.join(topic));
  const stream = new NumberedStream(alice, topic);
  await stream.moreAcknowledged(30);
  return { stream, reader };
}

/**
 * What holds although history went with the process: each publish has settled; only those in flight may have an unknown outcome; what
 * was acknowledged and did not arrive is covered by a gap that was told; nothing came twice or out of order; later ones all arrive.
 */
async function expectToldLoss({ stream, reader }: Streaming, restartedAt: number): Promise<void> {
  const acknowledged = stream.acknowledged();
  const later = acknowledged.filter((number) => number > restartedAt);
  await waitFor(() => later.every((number) => reader.ledger.has(number)), { timeoutMs: 30_000, intervalMs: 50, what: 'what was acknowledged later to arrive' });
  expect(stream.refusals().filter((code) => code !== 'PRODUCER_UNKNOWN')).toEqual([]);
  expect(reader.ledger).toMatchObject({ doubledCount: 0, disorderedCount: 0 });
  expect(reader.losses).toEqual(['EPOCH_CHANGED']);
  const epochs = new Set([...stream.outcomes.values()].flatMap((outcome) => (typeof outcome === 'string' ? [] : [outcome.epoch])));
  expect(epochs.size).toBe(2);
}

async function expectEverythingWorks(): Promise<void> {
  const [carol, dave] = await Promise.all([cluster.bus({ sub: 'carol' }), cluster.bus({ sub: 'dave' })]);
  const questions = await dave.join('questions');
  questions.on('message', (message) => { message.reply({ type: 'text/plain', payload: `re: ${message.text}` }).catch((error: unknown) => { questions.close(error); }); });
  expect((await carol.request('questions', { type: 'text/plain', payload: 'well?' })).text).toBe('re: well?');
  const texts: string[] = [];
  for await (const message of carol.history('questions')) texts.push(message.text);
  expect(texts).toEqual(['well?']);
  await Promise.all([carol.close(), dave.close()]);
}

describe('a Spine with memory history', () => {
  it('killed in mid-stream and started again: the loss is told as EPOCH_CHANGED, each publish settles, nothing is doubled, and all works on', async () => {
    const running = await streaming('killed:main');
    await cluster.spine.stop('SIGKILL');
    await running.stream.more(40);
    await cluster.spine.restart();
    const restartedAt = running.stream.count;
    await waitFor(() => running.stream.acknowledged().filter((number) => number > restartedAt).length > 50, { timeoutMs: 30_000, what: 'publishes after the restart to be acknowledged' });
    await running.stream.stop();
    await expectToldLoss(running, restartedAt);
    console.log(`Spine killed: ${String(running.stream.count)} published, ${String(running.stream.count - running.stream.acknowledged().length)} with an unknown outcome, ${String(running.reader.ledger.lostCount(running.stream.count))} not delivered`);
    await expectEverythingWorks();
  });

  it('drained in mid-stream ends with 0; nothing that it acknowledged is missing, and all works on with the next', async () => {
    const running = await streaming('drained:main');
    const exit = await cluster.spine.stop('SIGTERM');
    expect(exit).toEqual({ code: 0, signal: null });
    const acknowledgedBefore = running.stream.acknowledged();
    await waitFor(() => acknowledgedBefore.every((number) => running.reader.ledger.has(number)), { timeoutMs: 30_000, what: 'what the drained Spine acknowledged' });
    await running.stream.more(20);
    await cluster.spine.restart();
    const restartedAt = running.stream.count;
    await waitFor(() => running.stream.acknowledged().filter((number) => number > restartedAt).length > 50, { timeoutMs: 30_000, what: 'publishes after the restart to be acknowledged' });
    await running.stream.stop();
    await expectToldLoss(running, restartedAt);
    await expectEverythingWorks();
  });
});
