import type { ArqonError } from '@arqonbus/errors';
import type { Respond } from '../message.js';
import type { SessionCore } from '../session-core.js';
import type { Topic } from '../topic.js';
import { GroupMember, type GroupLink, type GroupOptions, type TaskHandler } from './group-member.js';

/** Joins a group and returns the member. */
export async function joinGroup<T>(
  core: SessionCore, respond: Respond, topic: Topic, group: string, handler: TaskHandler<T> | undefined, options: GroupOptions,
): Promise<GroupMember<T>> {
  const member = new GroupMember<T>(topic, group, groupLink(core, topic, group), { topic: topic.text, schema: options.schema, respond }, handler, options);
  core.groups.add(member);
  member.on('closed', () => core.groups.remove(member));
  try {
    await member.open({ signal: options.signal, timeoutMs: core.settings.commandTimeoutMs });
  } catch (error) {
    member.close(undefined);
    throw error;
  }
  return member;
}

function groupLink(core: SessionCore, topic: Topic, group: string): GroupLink {
  const { room, channel } = topic;
  const wait = { timeoutMs: core.settings.commandTimeoutMs };
  return {
    join: async (joinWait) => {
      await core.commands.send({
        build: () => ({ kind: 'join', room, channel, allChannels: false, resume: [], group }),
        read: (body) => (body.kind === 'joined' ? true : undefined),
      }, joinWait);
    },
    leave: async () => {
      if (!core.link.isOpen) return;
      await core.commands.send({
        build: () => ({ kind: 'leave', room, channel, allChannels: false }),
        read: (body) => (body.kind === 'left' ? true : undefined),
      }, wait);
      // The command ends everything that the session has of the topic: what else the Bus has of it is joined again.
      for (const feed of core.feeds.feedsOf(room, channel)) if (!feed.target.allChannels) feed.questioned();
      core.groups.questioned(room, channel);
    },
    answer: async (id, nack, retryAfterMs) => {
      if (core.closedBy !== undefined) throw core.closedBy;
      await core.commands.send({
        build: () => ({ kind: 'taskAck', id, nack, retryAfterMs }),
        read: (body) => (body.kind === 'done' ? true : undefined),
      }, wait);
    },
    sleep: (delayMs) => new Promise((resolve) => void setTimeout(resolve, delayMs)),
    failed: (error: ArqonError) => core.events.emit('error', error),
  };
}
