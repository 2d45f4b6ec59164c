import { ArqonError } from '@arqonbus/errors';
import type { StampedBatch } from '../message.js';
import type { GroupMember } from './group-member.js';

type Member = Pick<GroupMember, 'target' | 'group' | 'take' | 'rejoin' | 'close'>;

/** The groups that a Bus is a member of. */
export class GroupRegistry {
  private readonly members = new Set<Member>();

  /** Raises ArqonError INVALID_ARGUMENT when this Bus is a member already: the server could not tell the two apart. */
  add(member: Member): void {
    if (this.find(member.target.room, member.target.channel, member.group) !== undefined) {
      throw new ArqonError('INVALID_ARGUMENT', { field: 'join.group', message: 'This Bus is a member of the group already.' });
    }
    this.members.add(member);
  }

  remove(member: Member): void {
    this.members.delete(member);
  }

  dispatch(batch: StampedBatch): void {
    this.find(batch.room, batch.channel, batch.stamp.task?.group ?? '')?.take(batch);
  }

  /** The server says that the token no longer covers a subscription of this topic: joining again tells. */
  questioned(room: string, channel: string): void {
    for (const member of this.members) if (member.target.room === room && member.target.channel === channel) member.rejoin();
  }

  /** There is a new session. */
  welcomed(): void {
    for (const member of this.members) member.rejoin();
  }

  closed(error: unknown): void {
    for (const member of this.members) member.close(error);
    this.members.clear();
  }

  private find(room: string, channel: string, group: string): Member | undefined {
    return [...this.members].find((member) => member.group === group && member.target.room === room && member.target.channel === channel);
  }
}
