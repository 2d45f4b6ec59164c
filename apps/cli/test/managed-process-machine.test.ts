import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createTempFolder, driveMachine, impossible, waitFor, type TempFolder } from '@arqonbus/testkit';
import { describe, expect, it } from 'vitest';
import { ManagedProcess, managedTransitions, type ManagedState } from '../src/dev/managed-process.js';
import type { RestartBudget } from '../src/dev/restart-budget.js';

interface Rig {
  readonly folder: TempFolder;
  readonly managed: ManagedProcess<true>;
  readonly givenUp: string[];
}

const server = "process.send('ready');\nprocess.on('disconnect', () => process.exit());\nsetInterval(() => undefined, 1_000);\n";

/** A managed process that has not been started; its program is ready at once and ends with its parent. */
async function idle(): Promise<Rig> {
  const folder = createTempFolder();
  await mkdir(join(folder.path, 'src'));
  await writeFile(join(folder.path, 'src/main.ts'), server);
  await writeFile(join(folder.path, 'package.json'), '{"type":"module"}');
  const givenUp: string[] = [];
  const managed = new ManagedProcess<true>({
    name: 'server', appFolder: pathToFileURL(`${folder.path}/`), environment: () => ({ ...process.env }),
    readReady: (message) => (message === 'ready' ? true : undefined), onLine: () => undefined, onNote: () => undefined,
    onGivenUp: (error) => { givenUp.push(error.code); },
  });
  return { folder, managed, givenUp };
}

async function running(): Promise<Rig> {
  const rig = await idle();
  await rig.managed.start();
  return rig;
}

function killIt({ managed }: Rig): void {
  process.kill(managed.pid ?? 0, 'SIGKILL');
}

/** Takes the restarts that are left. */
function spend({ managed }: Rig): void {
  const budget = Reflect.get(managed, 'budget') as RestartBudget;
  while (budget.take(Date.now()) !== undefined);
}

const stateOf = ({ managed }: Rig): ManagedState => Reflect.get(managed, 'state') as ManagedState;

async function waiting(): Promise<Rig> {
  const rig = await running();
  killIt(rig);
  await waitFor(() => stateOf(rig) === 'waiting', { intervalMs: 1 });
  return rig;
}

async function stopped(): Promise<Rig> {
  const rig = await running();
  await rig.managed.stop();
  return rig;
}

async function end({ managed, folder }: Rig): Promise<void> {
  await managed.stop();
  folder.remove();
}

const nothingRuns = impossible('no process is there to end');

describe('managed process', () => {
  driveMachine<Rig>(it, {
    document: 'managed_process',
    table: managedTransitions,
    object: (rig) => rig.managed,
    field: 'state',
    end,
    reach: { idle, running, waiting, stopped },
    events: {
      started: async ({ managed }, from) => {
        // The timer starts it.
        if (from === 'waiting') return;
        await Promise.allSettled([managed.start()]);
      },
      ended: (rig, from) => (from === 'running' ? killIt(rig) : nothingRuns),
      given_up: (rig, from) => {
        if (from !== 'running') return nothingRuns;
        spend(rig);
        killIt(rig);
        return undefined;
      },
      stopped: async ({ managed }) => { await managed.stop(); },
    },
  });

  it('I-1 a stopped process is not started again', async () => {
    const rig = await waiting();
    const { pid } = rig.managed;
    await rig.managed.stop();
    await expect(rig.managed.start()).rejects.toMatchObject({ code: 'START_FAILED' });
    expect([stateOf(rig), rig.managed.pid]).toEqual(['stopped', pid]);
    await end(rig);
  });

  it('I-2 makes no restart beyond its budget, and tells that it gave up', async () => {
    const rig = await running();
    spend(rig);
    killIt(rig);
    await waitFor(() => rig.givenUp.length > 0);
    expect([rig.givenUp, stateOf(rig)]).toEqual([['KEEPS_FAILING'], 'stopped']);
    await end(rig);
  });
});
