import type { Frame } from '@arqonbus/proto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodiesOf, newId, startSpineProcess, type RunningSpine } from './spine-process.js';

describe('a service on the Spine', () => {
  let spine: RunningSpine;
  beforeAll(async () => { spine = await startSpineProcess(); });
  afterAll(async () => { await spine.stop(); });

  it('reaches another by a run of events, acknowledged and stamped (C1, C2)', async () => {
    const alice = await spine.connect({ tenant: 'acme', sub: 'alice', publish: ['*'], subscribe: ['*'] });
    const bob = await spine.connect({ tenant: 'acme', sub: 'bob', publish: ['*'], subscribe: ['*'] });
    const joinId = newId();
    await bob.sendFrame({ batches: [{ envelopes: [{ id: joinId, body: { case: 'command', value: { body: { case: 'join', value: { room: 'plans', channel: 'main' } } } } }] }] });
    const joined = await bob.next((frame) => bodiesOf(frame).some((body) => body.case === 'reply'));
    const reply = bodiesOf(joined)[0];
    expect(reply).toMatchObject({ case: 'reply', value: { body: { case: 'joined', value: { positions: [{ channel: 'main', sequence: 0n }] } } } });
    expect(reply?.case === 'reply' && Buffer.compare(reply.value.requestId, joinId)).toBe(0);
    const text = new TextEncoder().encode('hello');
    await alice.sendFrame({
      batches: [{
        room: 'plans', channel: 'main', ack: true, producer: 7n, run: 1n,
        envelopes: [1, 2].map(() => ({ id: newId(), body: { case: 'event' as const, value: { type: 'text/plain', payload: text } } })),
      }],
    });
    const delivered = await bob.next(hasEvents);
    expect(delivered.batches[0]).toMatchObject({ room: 'plans', channel: 'main', stamp: { sequence: 1n, prev: 0n, sender: 'alice' } });
    expect(delivered.batches[0]?.envelopes).toHaveLength(2);
    const published = await alice.next((frame) => bodiesOf(frame).some((body) => body.case === 'signal'));
    expect(bodiesOf(published)[0]).toMatchObject({ case: 'signal', value: { body: { case: 'published', value: { producer: 7n, run: 1n, sequence: 1n, count: 2, durability: 1 } } } });
    await alice.close();
    await bob.close();
  });
});

function hasEvents(frame: Frame): boolean {
  return bodiesOf(frame).some((body) => body.case === 'event');
}
