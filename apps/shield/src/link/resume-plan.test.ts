import { encodeRouting } from '@arqonbus/envelope';
import { describe, expect, it } from 'vitest';
import { ResumePlan, type ResumeInterest } from './resume-plan.js';

const topic: ResumeInterest = { tenant: 'acme', room: 'plans', channel: 'a', recipient: '', allChannels: false };
const room: ResumeInterest = { ...topic, channel: '', allChannels: true };
const at = (channel: string, sequence: number): { channel: string; epoch: bigint; sequence: number } => ({ channel, epoch: 7n, sequence });

function told(plan: ResumePlan, isPresent: (session: number) => boolean = () => true): unknown[] {
  return [...plan.messages(isPresent)].map(({ body }) => {
    if (body?.case !== 'resumeTopic') throw new Error('another message');
    const { sessions = [], positions = [], allChannels } = body.value;
    return { allChannels, sessions: sessions.map(Number), positions: positions.map((position) => [position.channel, Number(position.sequence)]) };
  });
}

describe('ResumePlan', () => {
  it('tells shared positions once, and leaves out sessions that are gone', () => {
    const plan = new ResumePlan();
    plan.add(topic, [at('a', 5)], [1, 2, 3]);
    plan.add(topic, [at('a', 3)], [4]);
    expect(told(plan, (session) => session !== 2)).toEqual([
      { allChannels: false, sessions: [1, 3], positions: [['a', 5]] },
      { allChannels: false, sessions: [4], positions: [['a', 3]] },
    ]);
  });

  it('forgets what is settled or pruned, and is empty in the end', () => {
    const plan = new ResumePlan();
    plan.add(topic, [at('a', 5)], [1, 2]);
    plan.add(room, [at('a', 5), at('b', 6)], [1]);
    plan.settle(1, topic);
    plan.settle(1, { ...topic, channel: 'unknown' });
    expect(told(plan)).toEqual([
      { allChannels: false, sessions: [2], positions: [['a', 5]] },
      { allChannels: true, sessions: [1], positions: [['a', 5], ['b', 6]] },
    ]);
    plan.prune((session) => session === 1);
    expect(told(plan)).toHaveLength(1);
    plan.settle(1, room);
    expect(plan.isEmpty).toBe(true);
  });

  it('gives a session that pages carried on a position of its own', () => {
    const plan = new ResumePlan();
    plan.add(room, [at('a', 5), at('b', 6)], [1, 2]);
    plan.advance(1, { routing: encodeRouting('plans', 'b', ''), epoch: 7, sequence: 9 });
    plan.advance(1, { routing: encodeRouting('other', 'b', ''), epoch: 7, sequence: 9 });
    plan.advance(3, { routing: encodeRouting('plans', 'b', ''), epoch: 7, sequence: 9 });
    expect(told(plan)).toEqual([
      { allChannels: true, sessions: [2], positions: [['a', 5], ['b', 6]] },
      { allChannels: true, sessions: [1], positions: [['a', 5], ['b', 9]] },
    ]);
  });

  it('splits many sessions so that a message stays under 512 KiB', () => {
    const plan = new ResumePlan();
    plan.add(topic, [at('a', 5)], Array.from({ length: 70_000 }, (_, index) => index + 1));
    expect([...plan.messages(() => true)]).toHaveLength(3);
  });
});
