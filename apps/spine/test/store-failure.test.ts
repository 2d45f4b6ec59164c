import type { Frame, Published } from '@arqonbus/proto';
import { waitFor, type RawWireClient } from '@arqonbus/testkit';
import { describe, expect, it } from 'vitest';
import { useStore } from './durable-stores.js';
import { bodiesOf, newId, type RunningSpine } from './spine-process.js';
import { command, join, publish, readEvents } from './wire.js';

const everything = { tenant: 'acme', publish: ['*', '@*'], subscribe: ['*'], roles: ['service', 'operator', 'admin'] };

interface Outcome {
  readonly published?: Published;
  readonly code?: string;
}

/** Publishes one acknowledged run and tells what was answered: its acknowledgement or its refusal. */
async function attempt(client: RawWireClient, room: string, run: number, producer: bigint, text = `run ${String(run)}`): Promise<Outcome> {
  await publish(client, { room, ack: { producer, run: BigInt(run) }, payloads: [text] });
  const frame = await client.next((candidate) => outcomeOf(candidate, BigInt(run)) !== undefined, 20_000);
  return outcomeOf(frame, BigInt(run)) ?? {};
}

/** Publishes until the store has the run: on a slow machine it may be refused a first time. */
function published(client: RawWireClient, room: string, run: number, producer: bigint): Promise<Published> {
  return waitFor(async () => (await attempt(client, room, run, producer)).published, { timeoutMs: 30_000, what: 'the run to be taken' });
}

function outcomeOf(frame: Frame, run: bigint): Outcome | undefined {
  for (const body of bodiesOf(frame)) {
    if (body.case === 'error' && body.value.run === run) return { code: body.value.code };
    if (body.case === 'signal' && body.value.body.case === 'published' && body.value.body.value.run === run) return { published: body.value.body.value };
  }
  return undefined;
}

function gapOf(frame: Frame): string | undefined {
  for (const body of bodiesOf(frame)) if (body.case === 'signal' && body.value.body.case === 'gap') return body.value.body.value.reason;
  return undefined;
}

describe.each(['redis', 'jetstream'] as const)('when %s is killed and comes back', (name) => {
  const fixture = useStore(name);
  const start = (settings?: Readonly<Record<string, string>>): Promise<RunningSpine> => fixture.start({ ARQON_SPINE_HISTORY_STORE_TIMEOUT_MS: '1000', ...settings });
  const ready = async (spine: RunningSpine): Promise<{ state: string; reasons: readonly string[] }> =>
    await (await fetch(`${spine.adminUrl}/ready`)).json() as { state: string; reasons: readonly string[] };
  const storeUp = async (spine: RunningSpine): Promise<number> => {
    const text = await (await fetch(`${spine.adminUrl}/metrics`)).text();
    return Number(/^arqon_store_up(?:\{[^}]*\})? (\d)/m.exec(text)?.[1] ?? Number.NaN);
  };

  it('publishing is refused with STORE_UNAVAILABLE, told by readiness and metrics, and goes on by itself in the same epoch (D17)', async () => {
    const spine = await start();
    const [client, reader] = [await spine.connect({ ...everything, sub: 'w' }), await spine.connect({ ...everything, sub: 'r' })];
    await join(reader, 'refused');
    const before = await published(client, 'refused', 1, 5n);
    await fixture.store.kill?.();
    await waitFor(async () => (await attempt(client, 'refused', 2, 5n)).code === 'STORE_UNAVAILABLE', { timeoutMs: 20_000 });
    await waitFor(async () => (await ready(spine)).reasons.includes('store_unavailable'), { timeoutMs: 20_000 });
    expect((await ready(spine)).state).toBe('Degraded');
    expect(await storeUp(spine)).toBe(0);
    // Others are served.
    expect(await command(client, { case: 'ping', value: {} })).toMatchObject({ case: 'pong' });
    await fixture.store.restart?.();
    const after = await published(client, 'refused', 2, 5n);
    expect(after.epoch).toBe(before.epoch);
    await waitFor(async () => (await ready(spine)).state === 'Ready', { timeoutMs: 20_000 });
    expect(await storeUp(spine)).toBe(1);
    await published(client, 'refused', 3, 5n);
    expect((await readEvents(reader, 3)).map(({ text }) => text)).toEqual(['run 1', 'run 2', 'run 3']);
  });

  it('a client is welcomed once the log of its inbox is open, and without it while the store hangs', async () => {
    const spine = await start();
    const writer = await spine.connect({ ...everything, sub: 'w' });
    const pid = fixture.store.pid?.() ?? 0;
    process.kill(pid, 'SIGSTOP');
    const startedMs = performance.now();
    const early = await spine.connect({ ...everything, sub: 'early' }).finally(() => { process.kill(pid, 'SIGCONT'); });
    // The store's time-out is a second.
    expect(performance.now() - startedMs).toBeGreaterThan(500);
    await waitFor(async () => (await ready(spine)).state === 'Ready', { timeoutMs: 20_000 });
    const late = await spine.connect({ ...everything, sub: 'late' });
    for (const [reader, sub] of [[early, 'early'], [late, 'late']] as const) {
      let isHeard = false;
      const heard = readEvents(reader, 1).then(([event]) => { isHeard = true; return event.text; });
      await waitFor(async () => {
        await publish(writer, { recipient: sub, payloads: ['for you'] });
        return isHeard;
      }, { timeoutMs: 20_000 });
      expect(await heard).toBe('for you');
    }
  });

  it('a room that may degrade goes on in memory in a new epoch, and in another once the store is back (D6)', async () => {
    const spine = await start({ ARQON_SPINE_ROOMS: '[{"match":"soft","on_store_failure":"degrade"}]' });
    const client = await spine.connect({ ...everything, sub: 'w' });
    const reader = await spine.connect({ ...everything, sub: 'r' });
    await join(reader, 'soft');
    const durable = await attempt(client, 'soft', 1, 1n, 'kept');
    expect(durable.published?.durability).toBeGreaterThan(1);
    await fixture.store.kill?.();
    const inMemory = await waitFor(async () => {
      const { published } = await attempt(client, 'soft', 1, BigInt(`0x${Buffer.from(newId().subarray(8)).toString('hex')}`), 'lost later');
      return published?.durability === 1 ? published : undefined;
    }, { timeoutMs: 20_000 });
    expect(inMemory.epoch).toBeGreaterThan(durable.published?.epoch ?? 0n);
    expect(gapOf(await reader.next((frame) => gapOf(frame) !== undefined))).toBe('EPOCH_CHANGED');
    await fixture.store.restart?.();
    const back = await waitFor(async () => {
      const { published } = await attempt(client, 'soft', 1, BigInt(`0x${Buffer.from(newId().subarray(8)).toString('hex')}`), 'kept again');
      return published !== undefined && published.durability > 1 ? published : undefined;
    }, { timeoutMs: 20_000 });
    expect(back.epoch).toBeGreaterThan(inMemory.epoch);
    expect(gapOf(await reader.next((frame) => gapOf(frame) !== undefined))).toBe('EPOCH_CHANGED');
    const last = await waitFor(async () => (await readEvents(reader, 1)).find(({ epoch }) => epoch === back.epoch));
    expect(last).toMatchObject({ text: 'kept again', sequence: back.sequence });
  });

  it('a Spine of many may not degrade', async () => {
    await expect(start({ ARQON_SPINE_HISTORY_SPINES: 'many', ARQON_SPINE_HISTORY_ON_STORE_FAILURE: 'degrade' })).rejects.toThrow(/degrade is for a single Spine/);
  });
});
