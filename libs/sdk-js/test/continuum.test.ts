import { EpisodeEventSchema, type Envelope } from '@arqonbus/proto';
import { fromBinary } from '@bufbuild/protobuf';
import { createTempFolder, waitFor } from '@arqonbus/testkit';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { connect } from '../src/node.js';
import { createContinuum, fileOutbox, memoryOutbox, newEpisodeId, type Continuum, type ContinuumOptions, type EpisodeInit } from '../src/node-continuum.js';
import { connectTo, rejection, startServer } from './harness.js';
import type { RunVerdict, ScriptedServer } from './scripted-server.js';

const topic = 'continuum.episode.v1';
const open: Continuum[] = [];

afterEach(async () => {
  for (const continuum of open.splice(0)) await continuum.close();
});

function start(bus: Parameters<typeof createContinuum>[0], options: Partial<ContinuumOptions> = {}): Continuum {
  const continuum = createContinuum(bus, { tenantId: 'acme', agentId: 'planner', ...options });
  open.push(continuum);
  return continuum;
}

function created(name: string, episodeId = newEpisodeId()): EpisodeInit {
  return { type: 'created', episodeId, contentRef: `s3://${name}` };
}

function namesOf(envelopes: readonly Envelope[]): string[] {
  return envelopes.flatMap(({ body }) => (body.case === 'event' ? [fromBinary(EpisodeEventSchema, body.value.payload).payload?.contentRef.slice('s3://'.length) ?? ''] : []));
}

/** Names of the episodes in the topic, in its order. */
function taken(server: ScriptedServer): string[] {
  return namesOf(server.topic(topic).events.map(({ envelope }) => envelope));
}

describe('createContinuum()', () => {
  it('publishes an episode, and tells what the bus said of it', async () => {
    const server = await startServer();
    const continuum = start(await connectTo(server));
    const delivered: string[] = [];
    continuum.on('delivered', ({ id, result }) => delivered.push(`${id} ${String(result.sequence)}`));
    const episodeId = newEpisodeId();
    const publication = await continuum.publishEpisode({ type: 'created', episodeId, contentRef: 's3://episodes/1', metadata: { a: 1 } });
    expect(await publication.delivered).toMatchObject({ sequence: 1n, durability: 'MEMORY', duplicate: false });
    const [{ batch }] = server.current.runs();
    expect(batch).toMatchObject({ room: topic, channel: '', ack: true });
    const [{ id, body }] = batch.envelopes;
    const event = body.case === 'event' ? body.value : undefined;
    expect(event?.type).toBe('continuum.episode.v1.EpisodeEvent');
    expect(fromBinary(EpisodeEventSchema, event?.payload ?? new Uint8Array())).toMatchObject({ eventId: publication.eventId, tenantId: 'acme', agentId: 'planner', episodeId });
    expect(Buffer.from(id).toString('hex')).toBe(publication.eventId.replaceAll('-', ''));
    expect(delivered).toEqual([`${publication.eventId} 1`]);
  });

  it('sends what was published in one go as one run, in order', async () => {
    const server = await startServer();
    const continuum = start(await connectTo(server));
    const names = Array.from({ length: 100 }, (_, index) => `${String(index)}`);
    const publications = await Promise.all(names.map((name) => continuum.publishEpisode(created(name))));
    await Promise.all(publications.map(({ delivered }) => delivered));
    expect(taken(server)).toEqual(names);
    expect(server.current.runs().length).toBeLessThanOrEqual(2);
  });

  it('sends many events in their order within the limits of a run', async () => {
    const server = await startServer({ limits: { maxEventsPerRun: 7, maxFrameBytes: 40_000 } });
    const continuum = start(await connectTo(server));
    const names = Array.from({ length: 50 }, (_, index) => `${String(index)}/${'x'.repeat(1_500)}`);
    await Promise.all(names.map((name) => continuum.publishEpisode(created(name))));
    await continuum.flush({ timeoutMs: 20_000 });
    expect(taken(server)).toEqual(names);
    expect(Math.max(...server.current.runs().map(({ payloads }) => payloads.length))).toBeLessThanOrEqual(7);
  });

  it('refuses a tenant and an agent that are no names', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    expect(() => createContinuum(bus, { tenantId: 'a.b', agentId: 'planner' })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', field: 'tenantId' }) as Error);
    expect(() => createContinuum(bus, { tenantId: 'acme', agentId: 'a b' })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', field: 'agentId' }) as Error);
  });

  it('refuses what the projector would, before it is kept', async () => {
    const server = await startServer();
    const outbox = memoryOutbox();
    const continuum = start(await connectTo(server), { outbox });
    expect(await rejection(continuum.publishEpisode({ ...created('a'), contentRef: 'data:text/plain,hello' } as EpisodeInit))).toMatchObject({ code: 'EPISODE_NOT_A_REFERENCE' });
    expect(await rejection(continuum.publishEpisode(created('a', 'no-ulid')))).toMatchObject({ code: 'EPISODE_INVALID_FIELD' });
    expect(await outbox.pending(1)).toEqual([]);
    expect(server.current.runs()).toEqual([]);
  });
});

describe('publishEpisode() without a bus', () => {
  it('resolves while the connection is lost, and delivers after it came back', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const continuum = start(bus);
    server.refuseUpgrade = () => ({ status: 503 });
    server.current.socket.terminate();
    await waitFor(() => bus.state === 'reconnecting', { what: 'the loss' });
    const publications = await Promise.all(['a', 'b', 'c'].map((name) => continuum.publishEpisode(created(name))));
    expect(await rejection(continuum.flush({ timeoutMs: 50 }))).toMatchObject({ code: 'TIMEOUT' });
    server.refuseUpgrade = undefined;
    await Promise.all(publications.map(({ delivered }) => delivered));
    expect(taken(server)).toEqual(['a', 'b', 'c']);
  });

  it('begins before there is a bus, connects, and connects again after the bus closed for good', async () => {
    const server = await startServer();
    const failures: string[] = [];
    const buses: Awaited<ReturnType<typeof connect>>[] = [];
    let isAway = true;
    const continuum = start(async () => {
      if (isAway) throw new Error('no bus here');
      buses.push(await connectTo(server));
      return buses[buses.length - 1];
    });
    continuum.on('error', (error) => failures.push(error.message));
    const { delivered } = await continuum.publishEpisode(created('a'));
    await waitFor(() => failures.length > 0, { what: 'a failure' });
    isAway = false;
    await delivered;
    await buses[0].close();
    await (await continuum.publishEpisode(created('b'))).delivered;
    expect([failures[0], buses.length, taken(server)]).toEqual(['no bus here', 2, ['a', 'b']]);
    await continuum.close();
    expect(buses[1].state).toBe('closed');
  });

  it('keeps events of a bus that closed for good, tells so, and sends them with the next one', async () => {
    const folder = createTempFolder('arqon-continuum-');
    const server = await startServer();
    const bus = await connectTo(server);
    const first = start(bus, { outbox: await fileOutbox(folder.file('outbox')) });
    const errors: string[] = [];
    first.on('error', (error) => errors.push(error.name));
    await bus.close();
    const { delivered } = await first.publishEpisode(created('a'));
    expect(await rejection(delivered)).toMatchObject({ name: 'ClosedError' });
    const late = await first.publishEpisode(created('b'));
    expect(await rejection(late.delivered)).toMatchObject({ name: 'ClosedError' });
    expect(await rejection(first.flush())).toMatchObject({ name: 'ClosedError' });
    expect(errors).toEqual(['ClosedError']);
    await first.close();
    const second = start(await connectTo(server), { outbox: await fileOutbox(folder.file('outbox')) });
    await second.flush({ timeoutMs: 20_000 });
    expect(taken(server)).toEqual(['a', 'b']);
    await second.close();
    folder.remove();
  });

  it('rejects with LIMIT once the outbox is full, and takes more after the bus came back', async () => {
    const server = await startServer();
    server.onRun = () => 'ignore';
    const continuum = start(await connectTo(server), { outbox: memoryOutbox({ maxEvents: 3 }) });
    for (const name of ['a', 'b', 'c']) await continuum.publishEpisode(created(name));
    expect(await rejection(continuum.publishEpisode(created('d')))).toMatchObject({ code: 'LIMIT', field: 'outbox' });
    server.onRun = undefined;
    server.current.socket.terminate();
    await continuum.flush({ timeoutMs: 20_000 });
    await continuum.publishEpisode(created('e'));
    await continuum.flush({ timeoutMs: 20_000 });
    expect(taken(server)).toEqual(['a', 'b', 'c', 'e']);
  });
});

describe('delivery of episodes', () => {
  it('is tried again after a failure that passes, in the order of publishing', async () => {
    const server = await startServer();
    const verdicts: RunVerdict[] = [{ code: 'INTERNAL' }, { code: 'INTERNAL' }];
    server.onRun = () => verdicts.shift() ?? 'take';
    const continuum = start(await connectTo(server));
    const errors: unknown[] = [];
    continuum.on('error', (error) => errors.push(error));
    const episodeId = newEpisodeId();
    for (const name of ['a', 'b', 'c']) await continuum.publishEpisode(created(name, episodeId));
    await continuum.flush({ timeoutMs: 20_000 });
    expect(taken(server)).toEqual(['a', 'b', 'c']);
    expect(errors).toMatchObject([{ code: 'INTERNAL' }, { code: 'INTERNAL' }]);
  });

  it('survives an answer that got lost, with the same event id', async () => {
    const server = await startServer();
    let isLost = false;
    server.onRun = () => {
      if (isLost) return 'take';
      isLost = true;
      return 'lose-ack';
    };
    const continuum = start(await connectTo(server));
    const { delivered } = await continuum.publishEpisode(created('a'));
    await waitFor(() => server.topic(topic).events.length > 0, { what: 'the run' });
    server.restart(2n);
    await delivered;
    const ids = server.sessions.flatMap((session) => session.runs()).map(({ batch }) => Buffer.from(batch.envelopes[0].id).toString('hex'));
    expect(ids.length).toBeGreaterThan(1);
    expect(new Set(ids).size).toBe(1);
  });

  it('sets an event that is refused for good apart, and lets the others pass', async () => {
    const server = await startServer();
    server.onRun = (batch) => {
      const index = namesOf(batch.envelopes).indexOf('secret');
      return index < 0 ? 'take' : { code: 'CASIL_POLICY_BLOCKED_SECRET', index };
    };
    const continuum = start(await connectTo(server));
    const refused = vi.fn();
    continuum.on('refused', refused);
    const publications = await Promise.all(['a', 'secret', 'b'].map((name) => continuum.publishEpisode(created(name))));
    await continuum.flush({ timeoutMs: 20_000 });
    expect(taken(server)).toEqual(['a', 'b']);
    expect(await rejection(publications[1].delivered)).toMatchObject({ code: 'CASIL_POLICY_BLOCKED_SECRET' });
    expect(refused).toHaveBeenCalledOnce();
    expect(await continuum.refused()).toMatchObject([{ id: publications[1].eventId, code: 'CASIL_POLICY_BLOCKED_SECRET' }]);
  });

  it('sends refused events again on request', async () => {
    const server = await startServer();
    server.onRun = () => ({ code: 'NOT_PERMITTED' });
    const continuum = start(await connectTo(server));
    for (const name of ['a', 'b', 'c']) await continuum.publishEpisode(created(name));
    await continuum.flush({ timeoutMs: 20_000 });
    const [first] = await continuum.refused();
    server.onRun = undefined;
    await continuum.retryRefused([first.id]);
    await continuum.flush({ timeoutMs: 20_000 });
    await continuum.retryRefused();
    await continuum.flush({ timeoutMs: 20_000 });
    expect(taken(server)).toEqual(['a', 'b', 'c']);
    expect(await continuum.refused()).toEqual([]);
  });

  it('tells which refused events had to make room', async () => {
    const server = await startServer();
    server.onRun = () => ({ code: 'NOT_PERMITTED' });
    const continuum = start(await connectTo(server), { outbox: memoryOutbox({ maxEvents: 1 }) });
    const dropped: string[] = [];
    continuum.on('dropped', ({ events }) => dropped.push(...events.map(({ id }) => id)));
    const ids: string[] = [];
    for (const name of ['a', 'b']) {
      ids.push((await continuum.publishEpisode(created(name))).eventId);
      await continuum.flush({ timeoutMs: 20_000 });
    }
    expect(dropped).toEqual([ids[0]]);
  });

  it('makes one event of one event id', async () => {
    const server = await startServer();
    const continuum = start(await connectTo(server));
    const episode: EpisodeInit = { ...created('a'), eventId: '01HF7YAT01QVFZ3T4WJKHH0EQN' };
    const [one, two] = await Promise.all([continuum.publishEpisode(episode), continuum.publishEpisode(episode)]);
    expect([one.eventId, one.delivered]).toEqual(['01HF7YAT01QVFZ3T4WJKHH0EQN', two.delivered]);
    await one.delivered;
    expect(taken(server)).toEqual(['a']);
  });

  it('sends what a program put into the outbox itself, in a transaction of its own', async () => {
    const server = await startServer();
    const outbox = memoryOutbox();
    const continuum = start(await connectTo(server), { outbox });
    await outbox.append(continuum.encodeEpisode(created('own')));
    continuum.wake();
    await continuum.flush({ timeoutMs: 20_000 });
    expect(taken(server)).toEqual(['own']);
  });

  it('goes on after the outbox failed', async () => {
    const server = await startServer();
    const outbox = memoryOutbox();
    const remove = outbox.remove.bind(outbox);
    let failures = 1;
    outbox.remove = async (ids) => {
      if (failures-- > 0) throw new Error('disk full');
      await remove(ids);
    };
    const continuum = start(await connectTo(server), { outbox });
    const errors: string[] = [];
    continuum.on('error', (error) => errors.push(error.message));
    await (await continuum.publishEpisode(created('a'))).delivered;
    expect([errors, taken(server)]).toEqual([['disk full'], ['a', 'a']]);
  });
});

describe('close()', () => {
  it('closes a bus that is there only then, and not one that it was given', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const given = start(bus);
    await (await given.publishEpisode(created('a'))).delivered;
    await given.close();
    expect(bus.state).toBe('open');
    let arrive: (() => void) | undefined;
    const arrival = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    let isAsked = false;
    const connecting = start(async () => {
      isAsked = true;
      await arrival;
      return bus;
    });
    await connecting.publishEpisode(created('b'));
    await waitFor(() => isAsked, { what: 'the connecting' });
    await connecting.close();
    arrive?.();
    await waitFor(() => bus.state === 'closed', { what: 'the end of the bus' });
  });

  it('waits for no bus, settles what waits, and takes nothing more', async () => {
    const server = await startServer();
    server.onRun = () => 'ignore';
    const continuum = start(await connectTo(server));
    const { delivered } = await continuum.publishEpisode(created('a'));
    const flushed = rejection(continuum.flush());
    await waitFor(() => server.current.runs().length > 0, { what: 'the run' });
    await continuum.close();
    await continuum.close();
    expect(await rejection(delivered)).toMatchObject({ name: 'ClosedError' });
    expect(await flushed).toMatchObject({ name: 'ClosedError' });
    expect(await rejection(continuum.publishEpisode(created('b')))).toMatchObject({ name: 'ClosedError' });
    expect(await rejection(continuum.flush())).toMatchObject({ name: 'ClosedError' });
    expect(await rejection(continuum.retryRefused())).toMatchObject({ name: 'ClosedError' });
  });

  it('ends the pause before another try', async () => {
    const server = await startServer();
    server.onRun = () => ({ code: 'INTERNAL', retryAfterMs: 9_000 });
    const continuum = start(await connectTo(server));
    const errors: unknown[] = [];
    continuum.on('error', (error) => errors.push(error));
    await continuum.publishEpisode(created('a'));
    await waitFor(() => errors.length > 0, { timeoutMs: 15_000, what: 'the failure' });
    await continuum.close();
    expect(server.current.runs().length).toBeGreaterThan(0);
  });
});
