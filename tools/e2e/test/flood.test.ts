import { FrameSchema } from '@arqonbus/proto';
import { create, toBinary } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textEvent } from '../src/index.js';
import { succeeds } from './succeeds.js';
import { startWatchedCluster, type WatchedCluster } from './watched-cluster.js';

const floodMs = 2_000;
const inFlightCount = 32;

let watched: WatchedCluster;

beforeAll(async () => {
  watched = await startWatchedCluster();
});
afterAll(() => watched.stop());

/** Sends frames as fast as the socket takes them; resolves with what the server had to say: close codes and refusals. */
async function flood(frame: Uint8Array): Promise<Set<number | string>> {
  const heard = new Set<number | string>();
  const endMs = Date.now() + floodMs;
  while (Date.now() < endMs) {
    const session = await watched.cluster.session({ sub: 'flooder' });
    let isOpen = true;
    void session.client.closed.then(({ code }) => {
      isOpen = false;
      heard.add(code);
    });
    while (isOpen && Date.now() < endMs) await Promise.all(Array.from({ length: inFlightCount }, () => succeeds(session.client.sendBytes(frame))));
    while (await succeeds(session.nextError(1).then(({ code }) => heard.add(code))));
    session.client.terminate();
  }
  return heard;
}

function encode(events: readonly string[]): Uint8Array {
  return toBinary(FrameSchema, create(FrameSchema, { batches: [{ room: 'flood', envelopes: events.map(textEvent) }] }));
}

describe('a flood within the default limits of one turn', () => {
  it.each([
    ['many small frames', encode(['x'.repeat(64)])],
    ['large runs', encode(Array.from({ length: 1_000 }, () => 'x'.repeat(64)))],
    ['frames of 200 kB', encode(['x'.repeat(200_000)])],
  ])('of %s is refused with RATE_LIMITED or closed with 4529, and slows nobody else (p99 < 50 ms)', async (name, frame) => {
    const heard = new Set<number | string>();
    await watched.expectCalm(`a flood of ${name}`, async () => {
      for (const what of await flood(frame)) heard.add(what);
    });
    console.log(`a flood of ${name} hears ${[...heard].join(', ')}`);
    expect([...heard].filter((what) => !['RATE_LIMITED', 4529, 1006].includes(what))).toEqual([]);
    expect(heard.has('RATE_LIMITED') || heard.has(4529)).toBe(true);
  }, 60_000);
});
