import { driveMachine, impossible, waitFor } from '@arqonbus/testkit';
import type { EpisodeStoreFailure } from '@arqonbus/storage/episodes';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partitionTransitions } from '../src/consume/partition-state.js';
import { WorkerRig, type Fate } from './memory-batches.fixture.js';

/** Far longer than what a case does in the meantime, and short enough to wait for. */
const restMs = 1_500;

/** A worker whose batch is in the database. */
async function writing(limits: ConstructorParameters<typeof WorkerRig>[0] = {}): Promise<WorkerRig> {
  const rig = new WorkerRig(limits);
  rig.store.fates = ['hang'];
  rig.offer(1, 2, 3, 4);
  await waitFor(() => rig.store.calls.length === 1, { what: 'the batch to be written' });
  return rig;
}

/** Its first half, after the whole was refused. */
async function splitting(): Promise<WorkerRig> {
  const rig = new WorkerRig();
  rig.store.fates = ['data', 'hang'];
  rig.offer(1, 2, 3, 4);
  await waitFor(() => rig.store.calls.length === 2, { what: 'the first half to be written' });
  return rig;
}

async function resting(): Promise<WorkerRig> {
  const rig = new WorkerRig({ retryMinMs: restMs, retryMaxMs: restMs });
  rig.store.fates = ['transient'];
  rig.offer(1, 2, 3, 4);
  await waitFor(() => rig.metrics.retriesCount === 1, { what: 'the worker to rest' });
  return rig;
}

/** Paused, with an event that waits. */
async function paused(): Promise<WorkerRig> {
  const rig = new WorkerRig();
  rig.worker.setPaused(true);
  await turns();
  rig.offer(1);
  return rig;
}

function lost(): WorkerRig {
  const rig = new WorkerRig();
  rig.worker.claimLost();
  return rig;
}

async function released(): Promise<WorkerRig> {
  const rig = new WorkerRig();
  await rig.worker.release();
  return rig;
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((done) => { setImmediate(done); });
}

/** Ends the call that hangs, and lets the next one hang. */
function answer(rig: WorkerRig, failure?: EpisodeStoreFailure): ReturnType<typeof impossible> | undefined {
  if (!rig.store.isHanging) return impossible('nothing is in the database');
  rig.store.fates = failure === undefined ? [] : ['hang'];
  rig.store.endHanging(failure);
  return undefined;
}

describe('partition', () => {
  driveMachine<WorkerRig>(it, {
    document: 'partition',
    table: partitionTransitions,
    object: (rig) => rig.worker,
    field: 'state',
    reach: { idle: () => new WorkerRig(), writing: () => writing(), splitting, resting, paused, lost, released },
    events: {
      filled: (rig) => { rig.offer(9); },
      written: (rig) => answer(rig),
      refused: (rig) => answer(rig, 'data'),
      failed: (rig) => answer(rig, 'transient'),
      // Time alone makes it happen.
      due: () => undefined,
      paused: (rig) => { rig.worker.setPaused(true); },
      resumed: (rig) => { rig.worker.setPaused(false); },
      lost: (rig) => { rig.worker.claimLost(); },
      released: (rig) => { void rig.worker.release(); },
    },
    settle: turns,
    end: (rig) => {
      rig.worker.claimLost();
      rig.store.endHanging();
    },
  });

  const fate = fc.constantFrom<Fate | undefined>('transient', 'data', 'answer_lost', undefined, undefined);

  it('I-1 every event is applied once and in order, or becomes one dead letter, whatever fails', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fate, { maxLength: 12 }), fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 5 }), async (fates, poison) => {
      const rig = new WorkerRig({ maxBatchEvents: 16 });
      rig.store.fates = [...fates];
      for (const sequence of poison) rig.store.poison.add(BigInt(sequence));
      const all = Array.from({ length: 40 }, (_, index) => index + 1);
      rig.offer(...all);
      await waitFor(() => rig.store.applied.length >= all.length, { what: 'all events to be applied' });
      expect(rig.applied().map(Math.abs)).toEqual(all);
      for (const sequence of poison) expect(rig.applied()).toContain(-sequence);
      await rig.worker.release();
      expect(rig.budget.eventsCount).toBe(0);
    }), { numRuns: 40 });
  });

  it('I-2 what may pass never makes a dead letter, and one that is refused alone does', async () => {
    const rig = new WorkerRig({ maxBatchEvents: 16 });
    rig.store.fates = Array.from({ length: 9 }, () => 'transient' as const);
    rig.store.poison.add(5n);
    rig.offer(1, 2, 3, 4, 5, 6, 7);
    await waitFor(() => rig.store.applied.length === 7, { what: 'all events to be applied' });
    expect(rig.applied()).toEqual([1, 2, 3, 4, -5, 6, 7]);
    const [letter] = rig.store.applied.filter(({ result }) => 'fault' in result);
    expect(letter).toMatchObject({ tries: 1, result: { fault: { code: 'EPISODE_NOT_STORABLE' } } });
    expect([rig.metrics.retriesCount, rig.deadLettersStored]).toEqual([9, 1]);
    await rig.worker.release();
  });

  it.each(['claimLost', 'release'] as const)('I-3 nothing is counted in the budget any more after %s', async (end) => {
    const rig = await resting();
    rig.offer(5, 6, 7);
    expect([rig.budget.eventsCount, rig.budget.bytesCount]).toEqual([7, 70]);
    await rig.worker[end]();
    await waitFor(() => rig.budget.eventsCount === 0, { what: 'the budget to be given back' });
    expect(rig.budget.bytesCount).toBe(0);
    rig.offer(8);
    expect(rig.budget.eventsCount).toBe(0);
  });
});
