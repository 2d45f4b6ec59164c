import type { FanOut } from '../fan-out/fan-out.js';
import type { RoomState, TopicState } from '../fan-out/topic-table.js';
import type { SessionTable } from '../session-table.js';
import type { Session } from '../session.js';
import { roomInterestOf, topicInterestOf } from './resume-interests.js';
import type { ResumePosition } from './resume-plan.js';

/**
 * Moves what the sessions of an ended link follow into the plan, and voids the link's numbers. Sessions
 * on a live topic share the position last fanned out; a session that lagged keeps its own. At least
 * two turns after the link's last message, so that no loss is still being measured.
 */
export function moveIntoPlan(fanOut: FanOut, sessions: SessionTable): void {
  const followers = new Map<TopicState, number[]>();
  const roomFollowers = new Map<RoomState, number[]>();
  for (const session of sessions.all()) {
    moveSlow(fanOut, session);
    for (const number of session.topics.keys()) {
      const topic = fanOut.topics.topic(number);
      if (topic === undefined) continue;
      session.socket?.unsubscribe(topic.engineTopic);
      addTo(followers, topic, session.id);
    }
    for (const number of session.rooms.keys()) {
      const room = fanOut.topics.room(number);
      if (room === undefined) continue;
      session.socket?.unsubscribe(room.engineTopic);
      addTo(roomFollowers, room, session.id);
    }
    session.topics = new Map();
    session.rooms = new Map();
    session.isCreditDue = false;
  }
  for (const [topic, ids] of followers) fanOut.plan.add(topicInterestOf(topic), [positionOf(topic, topic.lastSequence)], ids);
  for (const [room, ids] of roomFollowers) {
    const interest = roomInterestOf(room);
    if (interest !== undefined) fanOut.plan.add(interest, [...room.topics].map((topic) => positionOf(topic, topic.lastSequence)), ids);
  }
  fanOut.topics.reset();
}

/** Positions of a session that reads by pages; each is its own. */
function moveSlow(fanOut: FanOut, session: Session): void {
  const { slow } = session;
  if (slow === undefined) return;
  const positions = new Map([...slow.topics, ...(slow.loss?.positions ?? [])]);
  const rooms = new Set([...slow.rooms, ...(slow.loss?.rooms.keys() ?? [])]);
  for (const number of rooms) {
    const room = fanOut.topics.room(number);
    const interest = room === undefined ? undefined : roomInterestOf(room);
    if (room === undefined || interest === undefined) continue;
    fanOut.plan.add(interest, [...room.topics].map((topic) => positionOf(topic, positions.get(topic.number) ?? topic.lastSequence)), [session.id]);
    for (const topic of room.topics) positions.delete(topic.number);
  }
  for (const [number, sequence] of positions) {
    const topic = fanOut.topics.topic(number);
    if (topic !== undefined) fanOut.plan.add(topicInterestOf(topic), [positionOf(topic, sequence)], [session.id]);
  }
  slow.topics.clear();
  slow.rooms.clear();
  slow.loss = undefined;
  slow.isReported = false;
  fanOut.slowReaders.tidy(session);
}

function positionOf(topic: TopicState, sequence: number): ResumePosition {
  return { channel: topic.channel, epoch: topic.epoch, sequence };
}

function addTo<K>(lists: Map<K, number[]>, key: K, id: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [id]);
  else list.push(id);
}
