import { driveMachine, impossible, waitFor } from '@arqonbus/testkit';
import { describe, expect, it } from 'vitest';
import { processLifeTransitions, type ProcessLifeState } from '../src/process-life.js';
import { runFixture, type RunningFixture } from './run-fixture.js';

/** A process, and its state as it shows from outside: by its log and its end. */
interface Rig {
  readonly fixture: RunningFixture;
  readonly seen: { state: ProcessLifeState };
}

async function running(): Promise<Rig> {
  const fixture = runFixture('process-life-machine.ts', { ipc: true });
  await fixture.waitFor('"message":"running"');
  const seen: Rig['seen'] = { state: 'running' };
  fixture.waitFor('"message":"drain called"').then(() => { seen.state = 'draining'; }, () => undefined);
  void fixture.exited.then(() => { seen.state = 'exited'; });
  return { fixture, seen };
}

async function draining(): Promise<Rig> {
  const rig = await running();
  rig.fixture.child.kill('SIGTERM');
  await waitFor(() => rig.seen.state === 'draining');
  return rig;
}

async function exited(): Promise<Rig> {
  const rig = await draining();
  rig.fixture.child.send('drained');
  await waitFor(() => rig.seen.state === 'exited');
  return rig;
}

/** Says something to the process, and waits until it took it up. */
async function tell({ fixture, seen }: Rig, what: string): Promise<void> {
  fixture.child.send(what);
  await waitFor(() => seen.state === 'exited' || fixture.output().includes(`"wanted":"${what}"`));
}

const gone = impossible('the process is gone');
const notDraining = impossible('no drain is under way');

describe('drain', () => {
  driveMachine<Rig>(it, {
    document: 'drain',
    table: processLifeTransitions,
    object: (rig) => rig.seen,
    field: 'state',
    end: async ({ fixture }) => {
      fixture.child.kill('SIGKILL');
      await fixture.exited;
    },
    reach: { running, draining, exited },
    events: {
      stop: async (rig, from) => (from === 'exited' ? gone : tell(rig, 'stop')),
      drained: async (rig, from) => (from === 'draining' ? tell(rig, 'drained') : notDraining),
      drain_failed: async (rig, from) => (from === 'draining' ? tell(rig, 'failed') : notDraining),
      timed_out: (_, from) => (from === 'draining' ? undefined : notDraining),
      second_signal: (rig, from) => {
        if (from !== 'draining') return impossible('a signal is the second one only during the drain');
        rig.fixture.child.kill('SIGINT');
        return undefined;
      },
      fault: async (rig, from) => (from === 'exited' ? gone : tell(rig, 'fault')),
    },
  });

  it('I-1 the drain is begun once, however often the end is asked for', async () => {
    const rig = await draining();
    await tell(rig, 'stop');
    rig.fixture.child.send('stop');
    rig.fixture.child.send('drained');
    expect(await rig.fixture.exited).toBe(0);
    expect(rig.fixture.output().match(/"message":"drain called"/g)).toHaveLength(1);
  });

  it('I-2 a process that drains exits in time though the drain never ends', async () => {
    const rig = await draining();
    expect(await rig.fixture.exited).toBe(1);
    expect(rig.fixture.output()).toContain('drain did not end in time');
  });
});
