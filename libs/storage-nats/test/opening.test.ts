import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { ensureNats, startNats, type NatsServer } from '@arqonbus/services';
import type { Backplane, CommittedRun, HistoryStore, LogHead, TopicLog } from '@arqonbus/storage';
import { waitFor, within } from '@arqonbus/testkit';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openNatsStore } from '../src/index.js';
import { HoldingProxy } from './holding-proxy.js';
import { optionsFor } from './nats-under-test.js';

const key = { tenant: 'acme', room: 'plans', channel: 'new' };
const options = { retention: { maxEvents: 100_000, maxBytes: 67_108_864, maxAgeMs: 3_600_000 }, producerIdleMs: 600_000 };
const everything = { maxEvents: 1_000_000, maxBytes: 268_435_456 };
/** What a Spine sends first when it has read the messages of a topic: from here on it must not miss one. */
const endOfReading = '$JS.API.CONSUMER.DELETE.';
const purge = '$JS.API.STREAM.PURGE.';

let executable = '';
const cleanups: (() => Promise<void>)[] = [];

beforeAll(async () => {
  ({ executable } = await ensureNats());
}, 400_000);

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function startServer(): Promise<NatsServer> {
  const server = await startNats({ executable, jetstream: {}, config: [] });
  cleanups.push(() => server.stop());
  return server;
}

async function open(server: { readonly port: number }): Promise<{ store: HistoryStore; backplane: Backplane }> {
  const opened = await openNatsStore(optionsFor(server));
  cleanups.push(() => opened.store.close());
  return opened;
}

async function openBehindProxy(server: NatsServer): Promise<{ store: HistoryStore; backplane: Backplane; proxy: HoldingProxy }> {
  const proxy = await HoldingProxy.start(server.port);
  cleanups.push(() => proxy.close());
  return { ...(await open(proxy)), proxy };
}

/** A body that can be found in what a client was sent. */
function bodyOf(text: string): Uint8Array {
  return Uint8Array.of(0, 0, 0, ...Buffer.from(text));
}

function textOf(run: CommittedRun): string {
  return Buffer.from(run.body.subarray(3)).toString();
}

async function append(log: TopicLog, text: string): Promise<void> {
  expect(await log.append([{ producer: undefined, count: 1, body: bodyOf(text) }], Date.now() * 1_000)).toMatchObject([{ outcome: 'accepted' }]);
}

function follow(backplane: Backplane, log: TopicLog): { runs: CommittedRun[]; restarts: LogHead[] } {
  const heard = { runs: [] as CommittedRun[], restarts: [] as LogHead[] };
  backplane.follow(log, 0, { committed: (runs) => { heard.runs.push(...runs); }, restarted: (head) => { heard.restarts.push(head); }, erased: () => undefined });
  return heard;
}

describe('a run that is stored while another Spine opens its topic', () => {
  it('is brought to that Spine, and the runs after it behind it', { timeout: 90_000 }, async () => {
    const server = await startServer();
    const written = await (await open(server)).store.openLog(key, options);
    const { store, backplane, proxy } = await openBehindProxy(server);
    proxy.holdAt(endOfReading);
    const opening = store.openLog(key, options);
    await proxy.holds();
    await append(written, 'the first run');
    await proxy.passed('the first run');
    proxy.release();
    const log = await opening;
    const heard = follow(backplane, log);
    await append(written, 'the second run');
    await waitFor(() => heard.runs.length === 2, { what: 'two runs' });
    expect(heard.runs.map(textOf)).toEqual(['the first run', 'the second run']);
    expect(heard.runs.map(({ prev }) => prev)).toEqual([0, heard.runs[0].sequence]);
    expect(heard.restarts).toEqual([]);
    expect(log.head).toEqual(written.head);
    await append(log, 'a run of its own');
    expect((await written.read(everything)).runs.map(textOf)).toEqual(['the first run', 'the second run', 'a run of its own']);
  });

  it('is brought also when the server has dropped what was before', { timeout: 90_000 }, async () => {
    const server = await startServer();
    const written = await (await open(server)).store.openLog(key, options);
    await append(written, 'a run that is dropped');
    const admin = await connect({ servers: `127.0.0.1:${server.port}` });
    cleanups.push(() => admin.close());
    const manager = await jetstreamManager(admin);
    for (const name of await manager.streams.names().next()) if (name.startsWith('T-')) await manager.streams.purge(name);
    const { store, backplane, proxy } = await openBehindProxy(server);
    proxy.holdAt(endOfReading);
    const opening = store.openLog(key, options);
    await proxy.holds();
    await append(written, 'the first run held');
    await proxy.passed('the first run held');
    proxy.release();
    const log = await opening;
    expect(log.head).toMatchObject({ epoch: written.head.epoch, lastSequence: written.head.lastSequence });
    const { runs } = await log.read(everything);
    expect(runs.map(textOf)).toEqual(['the first run held']);
    expect(runs[0].prev).toBeGreaterThan(0);
    const heard = follow(backplane, log);
    await waitFor(() => heard.restarts.length === 1, { what: 'the loss to be told' });
    await append(written, 'the next run');
    await waitFor(() => heard.runs.length === 1, { what: 'the next run' });
    expect(heard.restarts).toMatchObject([{ epoch: written.head.epoch, lastSequence: runs[0].sequence }]);
    expect(textOf(heard.runs[0])).toBe('the next run');
  });
});

describe('a log of which all runs are dropped', () => {
  it('takes a run while the server still holds the dropped ones', { timeout: 90_000 }, async () => {
    const server = await startServer();
    const { store, proxy } = await openBehindProxy(server);
    const trimming = await store.openLog(key, options);
    const log = await (await open(server)).store.openLog(key, options);
    await append(trimming, 'an old run');
    await waitFor(() => log.head.lastSequence === trimming.head.lastSequence, { what: 'the run on the other Spine' });
    proxy.holdAt(purge);
    const trimmed = trimming.trim(Date.now() * 1_000 + 2 * options.retention.maxAgeMs * 1_000);
    await proxy.holds();
    await waitFor(() => log.head.firstSequence > log.head.lastSequence, { what: 'the other Spine to know that the run is dropped' });
    await within(append(log, 'a new run'), 10_000, 'the new run to be stored');
    proxy.release();
    await trimmed;
    expect((await log.read(everything)).runs.map(textOf)).toEqual(['a new run']);
  });
});
