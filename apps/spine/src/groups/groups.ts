import { ArqonError } from '@arqonbus/errors';
import type { Topic } from '../routing/index.js';
import { Group, type GroupParts } from './group.js';
import { defaultGroupOptions, type GroupOptions } from './group-options.js';
import type { TaskReceiver } from './group-source.js';
import type { GroupCounters } from './group-tasks.js';
import { HeldTasks, idText, type RunMemories, type RunMemory } from './task.js';

/** What a session has to do with groups. */
interface Membership {
  readonly held: HeldTasks;
  readonly groups: Set<Group>;
}

/** A member's word about a task. */
export interface TaskAnswer {
  readonly nack: boolean;
  readonly retryAfterMs: number;
}

/** All groups of this Spine (docs/protocol.md, Groups): work queues over topics, one member at a time per event. */
export class Groups<Receiver extends TaskReceiver = TaskReceiver> {
  readonly counters: GroupCounters = { delivered: 0, redelivered: 0, acknowledged: 0, nacked: 0, expired: 0, deadLetters: 0 };
  private readonly byTopic = new Map<Topic, Map<string, Group>>();
  /** What groups without members left unfinished here. */
  private readonly memories = new WeakMap<Topic, Map<string, RunMemories>>();
  private readonly memberships = new Map<Receiver, Membership>();
  private readonly parts: GroupParts;
  private readonly options: GroupOptions;

  constructor(parts: Omit<GroupParts, 'options' | 'counters'> & { readonly options?: Partial<GroupOptions> }) {
    this.options = { ...defaultGroupOptions, ...parts.options };
    this.parts = { ...parts, options: this.options, counters: this.counters };
  }

  /** Groups with members or unfinished work, and tasks that members hold, for figures. */
  get figures(): { readonly groups: number; readonly leasedTasks: number; readonly openTasks: number } {
    let groups = 0;
    let leasedTasks = 0;
    let openTasks = 0;
    for (const group of this.all()) {
      groups += 1;
      leasedTasks += group.tasks.leasedCount;
      openTasks += group.tasks.openCount;
    }
    return { groups, leasedTasks, openTasks };
  }

  /**
   * Makes the session a member of the group; names and rights are the caller's to check. `onJoined` is called before the first task is sent, and
   * not at all when the session left meanwhile. Rejects with ArqonError GROUP_LIMIT, or STORE_UNAVAILABLE.
   */
  async join(session: Receiver, topic: Topic, name: string, onJoined: () => void): Promise<void> {
    const group = this.openGroup(topic, name);
    const membership = this.memberships.get(session) ?? { held: new HeldTasks(), groups: new Set<Group>() };
    if (membership.groups.has(group)) {
      if (group.tasks.members.has(session)) onJoined();
      else await group.join(session, membership.held, () => this.isMember(session, group), onJoined);
      return;
    }
    if (group.memberCount >= this.options.maxMembersPerGroup || membership.groups.size >= this.options.maxGroupsPerSession) {
      throw new ArqonError('GROUP_LIMIT', { field: 'group' });
    }
    this.memberships.set(session, membership);
    membership.groups.add(group);
    // The topic is in use: it does not expire, and requests to it find somebody.
    topic.subscribers.away += 1;
    try {
      await group.join(session, membership.held, () => this.isMember(session, group), onJoined);
    } catch (error) {
      this.end(session, group, false);
      throw error;
    }
  }

  /** Ends the membership in the named group of the topic, or in all of them; tasks go back at once. */
  leave(session: Receiver, topic: Topic, name?: string): void {
    for (const group of [...(this.memberships.get(session)?.groups ?? [])]) {
      if (group.topic === topic && (name === undefined || group.name === name)) this.end(session, group, false);
    }
  }

  /** The session is closed: it may have died of a task, so its deliveries count. */
  removeSession(session: Receiver): void {
    for (const group of [...(this.memberships.get(session)?.groups ?? [])]) this.end(session, group, true);
  }

  /** Ends memberships that a refreshed token no longer covers; returns the topics. */
  revoke(session: Receiver, isPermitted: (topic: Topic) => boolean): Topic[] {
    const topics = this.topicsOf(session).filter((topic) => !isPermitted(topic));
    for (const topic of topics) this.leave(session, topic);
    return topics;
  }

  /** Topics whose events the session gets as tasks, each once. */
  topicsOf(session: Receiver): Topic[] {
    const groups = this.memberships.get(session)?.groups;
    return groups === undefined ? [] : [...new Set([...groups].map((group) => group.topic))];
  }

  /** Memberships, for the session's limit of topics. */
  countOf(session: Receiver): number {
    return this.memberships.get(session)?.groups.size ?? 0;
  }

  /** Ends the session's lease of the event with this id (16 bytes). @throws ArqonError UNKNOWN_TASK when it holds none. */
  acknowledge(session: Receiver, id: Uint8Array, answer: TaskAnswer): void {
    const task = id.length === 16 ? this.memberships.get(session)?.held.find(idText(id, 0)) : undefined;
    const group = task === undefined ? undefined : this.groupOf(session, task.holder);
    if (task === undefined || group === undefined) throw new ArqonError('UNKNOWN_TASK', { field: 'id' });
    if (answer.nack) group.giveUp(task, answer.retryAfterMs);
    else group.acknowledge(task);
  }

  /** Called every 250 ms: leases, delays, retries. */
  tick(nowMs: number): void {
    for (const group of [...this.all()]) group.tick(nowMs);
  }

  /** The topic has new runs, or a new epoch. */
  wake(topic: Topic): void {
    if (this.byTopic.size === 0) return;
    for (const group of this.byTopic.get(topic)?.values() ?? []) group.wake();
  }

  private groupOf(session: Receiver, holder: unknown): Group | undefined {
    for (const group of this.memberships.get(session)?.groups ?? []) if (group.tasks.members.get(session) === holder) return group;
    return undefined;
  }

  private openGroup(topic: Topic, name: string): Group {
    const groups = this.byTopic.get(topic) ?? new Map<string, Group>();
    const known = groups.get(name);
    if (known !== undefined) return known;
    if (groups.size >= this.options.maxGroupsPerTopic) throw new ArqonError('GROUP_LIMIT', { field: 'group' });
    const group = new Group(topic, name, this.parts, this.memoriesOf(topic, name), (unused) => { this.forget(unused); });
    groups.set(name, group);
    this.byTopic.set(topic, groups);
    return group;
  }

  private memoriesOf(topic: Topic, name: string): RunMemories {
    const byName = this.memories.get(topic) ?? new Map<string, RunMemories>();
    const known: RunMemories = byName.get(name) ?? new Map<string, RunMemory>();
    // The newest stay.
    byName.delete(name);
    byName.set(name, known);
    const [oldest] = byName.keys();
    if (byName.size > this.options.maxGroupsPerTopic) byName.delete(oldest);
    this.memories.set(topic, byName);
    return known;
  }

  private forget(group: Group): void {
    const groups = this.byTopic.get(group.topic);
    if (groups?.get(group.name) !== group) return;
    groups.delete(group.name);
    if (groups.size === 0) this.byTopic.delete(group.topic);
  }

  private isMember(session: Receiver, group: Group): boolean {
    return !session.isClosed && this.memberships.get(session)?.groups.has(group) === true;
  }

  private end(session: Receiver, group: Group, counts: boolean): void {
    const membership = this.memberships.get(session);
    if (membership?.groups.delete(group) !== true) return;
    if (membership.groups.size === 0) this.memberships.delete(session);
    group.topic.subscribers.away -= 1;
    group.leave(session, counts);
  }

  private *all(): Generator<Group> {
    for (const groups of this.byTopic.values()) yield* groups.values();
  }
}
