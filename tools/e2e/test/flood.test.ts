import { FrameSchema } from '@arqonbus/proto';
import { create, toBinary } from '@bufbuild/protobuf';
import { UpgradeRefused, waitFor } from '@arqonbus/testkit';
import { setImmediate } from 'node:timers/promises';
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

/** Sends frames as fast as the socket takes them and connects anew at once; resolves with what the server had to say: close codes and refusals. */
async function flood(sub: string, frame: Uint8Array): Promise<Set<number | string>> {
  const heard = new Set<number | string>();
  const endMs = Date.now() + floodMs;
  while (Date.now() < endMs) {
    const session = await watched.cluster.session({ sub }).catch((error: unknown) => {
      if (!(error instanceof UpgradeRefused)) throw error;
      heard.add(`HTTP ${String(error.status)}`);
    });
    if (session === undefined) continue;
    let isOpen = true;
    void session.client.closed.then(({ code }) => {
      isOpen = false;
      heard.add(code);
    });
    while (isOpen && Date.now() < endMs) {
      await Promise.all(Array.from({ length: inFlightCount }, () => succeeds(session.client.sendBytes(frame))));
      await setImmediate();
    }
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
      for (const what of await flood(name.replaceAll(' ', '-'), frame)) heard.add(what);
    });
    console.log(`a flood of ${name} hears ${[...heard].join(', ')}`);
    expect([...heard].filter((what) => !['RATE_LIMITED', 4529, 1006, 'HTTP 429'].includes(what))).toEqual([]);
    expect(heard.has('RATE_LIMITED') || heard.has(4529)).toBe(true);
  });

  it('keeps a client that was closed for it twice away for the time named, and nobody else', async () => {
    const frame = encode(['x'.repeat(200_000)]);
    const punished = (): Promise<unknown> => watched.cluster.session({ sub: 'punished' }).catch((error: unknown) => error);
    // The first time is half a second, twice as long after each further flood: on a slow machine it may be over before the client is back.
    let refusal: unknown;
    for (let times = 1; times <= 5 && !(refusal instanceof UpgradeRefused); times += 1) {
      const session = await watched.cluster.session({ sub: 'punished' });
      let isOpen = true;
      void session.client.closed.then(() => { isOpen = false; });
      for (const endMs = Date.now() + 10_000; isOpen && Date.now() < endMs;) {
        await Promise.all(Array.from({ length: inFlightCount }, () => succeeds(session.client.sendBytes(frame))));
        await setImmediate();
      }
      if (times > 1) refusal = await punished();
    }
    expect(refusal).toMatchObject({ status: 429, headers: { 'retry-after': expect.stringMatching(/^[1-4]$/) as unknown } });
    const other = await watched.cluster.session({ sub: 'neighbour' });
    other.client.terminate();
    await waitFor(() => succeeds(watched.cluster.session({ sub: 'punished' })), { what: 'the end of the penalty' });
  });
});
