import { driveMachine } from '@arqonbus/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SessionTable } from '../src/session-table.js';
import { createSession, sessionTransitions, stepSession, type Session } from '../src/session.js';

interface Rig {
  readonly sessions: SessionTable;
  readonly session: Session;
}

function newSession(id: number): Session {
  return createSession({ id, tenant: 'acme', client: 'c', token: 't', remoteAddress: '::1', isService: false, startedMs: 0 });
}

function opening(): Rig {
  const sessions = new SessionTable();
  const session = newSession(1);
  sessions.add(session);
  return { sessions, session };
}

function live(): Rig {
  const rig = opening();
  rig.sessions.markLive(rig.session);
  return rig;
}

function ended(): Rig {
  const rig = live();
  rig.sessions.remove(rig.session);
  return rig;
}

describe('session', () => {
  driveMachine<Rig>(it, {
    document: 'session',
    table: sessionTransitions,
    object: (rig) => rig.session,
    field: 'phase',
    reach: { opening, live, ended },
    events: {
      welcomed: ({ sessions, session }) => { sessions.markLive(session); },
      link_lost: ({ sessions, session }) => { sessions.markOpening(session); },
      removed: ({ sessions, session }) => { sessions.remove(session); },
    },
  });

  const steps = fc.array(fc.record({ id: fc.integer({ min: 1, max: 4 }), how: fc.constantFrom('markLive', 'markOpening', 'remove') }), { maxLength: 40 });

  it('I-1 the table counts exactly the sessions that it holds as opening', () => {
    fc.assert(fc.property(steps, (taken) => {
      const sessions = new SessionTable();
      const all = [1, 2, 3, 4].map((id) => newSession(id));
      for (const session of all) sessions.add(session);
      for (const { id, how } of taken) {
        sessions[how](all[id - 1]);
        const counted = [...sessions.all()].filter((session) => session.phase === 'opening');
        expect([...sessions.opening()].sort((left, right) => left.id - right.id)).toEqual(counted);
        expect(sessions.openingCount).toBe(counted.length);
      }
    }));
  });

  it('I-2 nothing brings back a session that ended', () => {
    fc.assert(fc.property(steps, (taken) => {
      const { sessions, session } = ended();
      for (const { how } of taken) sessions[how](session);
      expect([session.phase, sessions.size, sessions.openingCount]).toEqual(['ended', 0, 0]);
    }));
  });

  it('I-3 a welcome is remembered in all later phases', () => {
    const { sessions, session } = live();
    sessions.markOpening(session);
    expect([session.phase, session.wasOpened]).toEqual(['opening', true]);
    sessions.remove(session);
    expect(session.wasOpened).toBe(true);
    expect(stepSession(session, 'welcomed')).toBe(false);
  });
});
