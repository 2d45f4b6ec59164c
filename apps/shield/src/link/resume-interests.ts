import type { RoomState, TopicState } from '../fan-out/topic-table.js';
import type { ResumeInterest } from './resume-plan.js';

/** What a session on this topic follows. */
export function topicInterestOf(topic: TopicState): ResumeInterest {
  return { tenant: topic.tenant, room: topic.room?.name ?? '', channel: topic.channel, recipient: topic.recipient, allChannels: false };
}

/** What a follower of the whole room follows; undefined while the room has no name yet. */
export function roomInterestOf(room: RoomState): ResumeInterest | undefined {
  const { tenant, name } = room;
  return tenant === undefined || name === undefined ? undefined : { tenant, room: name, channel: '', recipient: '', allChannels: true };
}
