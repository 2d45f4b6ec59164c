import { createTestIssuer, waitFor, type RawWireClient, type TestIssuer } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStore, type TestStore } from './durable-stores.js';
import { startSpineProcess, type RunningSpine } from './spine-process.js';
import { command, publish } from './wire.js';

const everything = { tenant: 'acme', publish: ['*'], subscribe: ['*'], roles: ['service'] };

/** Acknowledges every task and notes who had which event, until the connection ends. */
function work(client: RawWireClient, name: string, seen: Map<string, string[]>, failures: string[]): Promise<void> {
  const failed = (error: unknown): void => { failures.push(String(error)); };
  const loop = async (): Promise<void> => {
    for (;;) {
      const frame = await client.next((candidate) => candidate.batches.some((batch) => batch.stamp?.task !== undefined), 60_000);
      for (const batch of frame.batches) {
        for (const envelope of batch.stamp?.task === undefined ? [] : batch.envelopes) {
          if (envelope.body.case !== 'event') continue;
          const text = new TextDecoder().decode(envelope.body.value.payload);
          seen.set(text, [...seen.get(text) ?? [], name]);
          void command(client, { case: 'taskAck', value: { id: envelope.id } }).catch(failed);
        }
      }
    }
  };
  return loop().catch(failed);
}

describe.each(['redis', 'jetstream', 'embedded'] as const)('groups on %s (C15)', (name) => {
  let store: TestStore;
  let issuer: TestIssuer;
  const spines: RunningSpine[] = [];
  const count = name === 'embedded' ? 1 : 2;
  const start = (number: number): Promise<RunningSpine> => startSpineProcess({
    ...store.settings, ARQON_SPINE_HISTORY_SPINES: count > 1 ? 'many' : 'one', ARQON_SPINE_NODE_ID: `spine-${String(number)}`,
    ARQON_SPINE_ROOMS: '[{"match":"jobs*","history":"durable"}]', ARQON_SPINE_GROUPS_LEASE_MS: '10000',
  }, issuer);
  beforeAll(async () => {
    [store, issuer] = await Promise.all([startStore(name), createTestIssuer()]);
    for (let number = 0; number < count; number += 1) spines.push(await start(number));
  }, 180_000);
  afterAll(async () => {
    for (const spine of spines) await spine.process.stop('SIGTERM');
    await store.stop();
    await issuer.close();
  });

  it('share events among members on all Spines, each once, and survive the kill of one', async () => {
    const seen = new Map<string, string[]>();
    const failures: string[] = [];
    const member = async (index: number, title: string): Promise<void> => {
      const client = await spines[index].connect({ ...everything, sub: title });
      await command(client, { case: 'join', value: { room: 'jobs', group: 'workers' } });
      void work(client, title, seen, failures);
    };
    const last = count - 1;
    for (const [index, title] of [[0, 'a'], [0, 'b'], [last, 'c'], [last, 'd']] as const) await member(index, title);
    const writer = await spines[last].connect({ ...everything, sub: 'writer' });
    for (let n = 0; n < 40; n += 1) {
      await publish(writer, { room: 'jobs', payloads: [`x${String(n)}`] });
      await command(writer, { case: 'ping', value: {} });
    }
    await waitFor(() => seen.size === 40, { what: 'all events as tasks', timeoutMs: 40_000 });
    expect([...seen.values()].every((workers) => workers.length === 1)).toBe(true);
    expect(new Set([...seen.values()].flat()).size).toBeGreaterThan(1);
    expect(failures).toEqual([]);

    await spines[0].process.stop('SIGKILL');
    if (count > 1) spines.shift();
    else spines[0] = await start(0);
    const survivor = await spines[0].connect({ ...everything, sub: 'late' });
    if (count === 1) await member(0, 'e');
    for (let n = 40; n < 80; n += 1) await publish(survivor, { room: 'jobs', payloads: [`x${String(n)}`] });
    await waitFor(() => seen.size === 80, { what: 'all events after the kill', timeoutMs: 60_000 });
  }, 150_000);
});
