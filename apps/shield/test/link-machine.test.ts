import { driveMachine, impossible, waitFor } from '@arqonbus/testkit';
import { describe, expect, it } from 'vitest';
import { SpineLink, spineLinkTransitions } from '../src/link/spine-link.js';
import { HeldSpine } from './held-spine.js';
import { linkKey } from './scripted-spine.js';

interface Rig {
  readonly spine: HeldSpine;
  readonly link: SpineLink;
  /** `up` and `down` as the owner heard them. */
  readonly heard: string[];
}

async function waiting(): Promise<Rig> {
  const spine = await HeldSpine.start();
  const heard: string[] = [];
  const nothing = (): void => undefined;
  const link = new SpineLink({ urls: [spine.url], key: linkKey, shieldId: 's', version: '0' }, {
    up: () => { heard.push('up'); }, down: () => { heard.push('down'); },
    message: nothing, dialed: nothing, received: nothing, deliverTopic: nothing, deliverSession: nothing,
  });
  return { spine, link, heard };
}

async function dialing(): Promise<Rig> {
  const rig = await waiting();
  rig.link.start();
  await waitFor(() => rig.spine.upgrade !== undefined);
  return rig;
}

async function greeting(): Promise<Rig> {
  const rig = await dialing();
  rig.spine.upgrade?.();
  await waitFor(() => rig.link.state === 'greeting');
  return rig;
}

async function up(): Promise<Rig> {
  const rig = await greeting();
  rig.spine.welcome();
  await waitFor(() => rig.link.state === 'up');
  return rig;
}

async function closed(): Promise<Rig> {
  const rig = await up();
  rig.link.close();
  return rig;
}

async function end({ link, spine }: Rig): Promise<void> {
  link.close();
  await spine.close();
}

describe('link', () => {
  driveMachine<Rig>(it, {
    document: 'link',
    table: spineLinkTransitions,
    object: (rig) => rig.link,
    field: 'state',
    end,
    reach: { waiting, dialing, greeting, up, closed },
    events: {
      dial: ({ link }) => { link.start(); },
      opened: ({ spine }, from) => (from === 'dialing' ? spine.upgrade?.() : impossible('no upgrade is asked for')),
      welcomed: ({ spine }, from) => {
        if (from === 'waiting' || from === 'dialing') return impossible('no message comes before the upgrade');
        if (from === 'up') return impossible('a second welcome is a fault: what follows is the event lost (I-3)');
        spine.welcome();
        return undefined;
      },
      lost: ({ link, spine }, from) => {
        if (from === 'waiting') link.fail('nothing is connected');
        else spine.cut();
      },
      stopped: ({ link }) => { link.close(); },
    },
  });

  it('I-1 the owner hears up and down in turn', async () => {
    const rig = await up();
    for (let round = 1; round <= 2; round += 1) {
      const before = rig.spine.dialCount;
      rig.spine.cut();
      await waitFor(() => rig.spine.dialCount === before + 1);
      // A dial that fails is neither.
      rig.spine.cut();
      await waitFor(() => rig.spine.dialCount === before + 2);
      rig.spine.upgrade?.();
      await waitFor(() => rig.link.state === 'greeting');
      rig.spine.welcome();
      await waitFor(() => rig.heard.length === 1 + round * 2);
    }
    expect(rig.heard).toEqual(['up', 'down', 'up', 'down', 'up']);
    await end(rig);
  });

  it('I-2 a closed link never dials again', async () => {
    for (const reach of [waiting, dialing, greeting, up]) {
      const rig = await reach();
      const before = rig.spine.dialCount;
      rig.link.close();
      rig.spine.cut();
      rig.link.start();
      rig.link.fail('too late');
      await new Promise((resolve) => { setImmediate(resolve); });
      expect([rig.link.state, rig.spine.dialCount]).toEqual(['closed', before]);
      await end(rig);
    }
  });

  it('I-3 a second welcome and one of another protocol end the connection', async () => {
    const second = await up();
    second.spine.welcome();
    await waitFor(() => second.link.state !== 'up');
    expect(second.heard).toEqual(['up', 'down']);
    await end(second);
    const other = await greeting();
    other.spine.welcome(2);
    await waitFor(() => other.link.state !== 'greeting');
    expect(other.heard).toEqual([]);
    await end(other);
  });
});
