import { ArqonError } from '@arqonbus/errors';
import type { LiveHistory, Retention } from '@arqonbus/storage';
import { Room, sessionsIn, Tenant, Topic, type TopicPlace } from './topic.js';

export interface DirectoryLimits {
  readonly maxRoomsPerTenant: number;
  readonly maxTopicsPerTenant: number;
  readonly maxTenants: number;
  /** Milliseconds without events and subscribers after which a topic expires. */
  readonly topicIdleMs: number;
}

export interface DirectoryOptions {
  readonly store: LiveHistory;
  readonly retention: Retention;
  readonly limits: DirectoryLimits;
  /** Whether the first permitted join or publish creates room and channel. */
  readonly autoCreate: boolean;
  readonly nowMs: () => number;
  readonly onTailFull: (topic: Topic) => void;
  readonly onOpened: (topic: Topic) => void;
  readonly onClosed: (topic: Topic) => void;
  /** The topic began a new epoch while it is followed. */
  readonly onReset: (topic: Topic) => void;
}

/** All tenants, rooms and topics of this Spine. Lookups never cross tenants: each starts at one. */
export class Directory {
  private readonly tenants = new Map<string, Tenant>();
  private nextNumber = 1;

  constructor(private readonly options: DirectoryOptions) {}

  get tenantCount(): number {
    return this.tenants.size;
  }

  /** Whether the tenant is known or one more fits. */
  hasPlaceFor(id: string): boolean {
    return this.tenants.has(id) || this.tenants.size < this.options.limits.maxTenants;
  }

  /** @throws ArqonError LIMIT when the Spine holds its number of tenants. */
  tenant(id: string): Tenant {
    const known = this.tenants.get(id);
    if (known !== undefined) return known;
    if (this.tenants.size >= this.options.limits.maxTenants) throw new ArqonError('LIMIT', { field: 'tenant_id' });
    const tenant = new Tenant(id);
    this.tenants.set(id, tenant);
    return tenant;
  }

  findTopic(tenant: Tenant, room: string, channel: string): Topic | undefined {
    return tenant.rooms.get(room)?.topics.get(channel);
  }

  /**
   * The topic of a permitted join or publish: known, or created where rooms come by themselves.
   * @throws ArqonError ROOM_NOT_FOUND when they do not; TOO_MANY_TOPICS at the tenant's limits.
   */
  resolveTopic(tenant: Tenant, room: string, channel: string): Topic {
    const known = this.findTopic(tenant, room, channel);
    if (known !== undefined) return known;
    if (!this.options.autoCreate) throw new ArqonError('ROOM_NOT_FOUND', { field: 'room' });
    return this.openTopic(tenant, room, channel);
  }

  /** @throws ArqonError TOO_MANY_TOPICS at the tenant's limit of rooms or topics. */
  openTopic(tenant: Tenant, roomName: string, channel: string): Topic {
    const known = this.findTopic(tenant, roomName, channel);
    if (known !== undefined) return known;
    this.requireFreeTopic(tenant);
    const room = this.openRoom(tenant, roomName);
    const topic = this.create(tenant, { kind: 'channel', room, channel });
    room.topics.set(channel, topic);
    this.options.onOpened(topic);
    return topic;
  }

  /** @throws ArqonError TOO_MANY_TOPICS at the tenant's limit of rooms. */
  openRoom(tenant: Tenant, name: string): Room {
    const known = tenant.rooms.get(name);
    if (known !== undefined) return known;
    this.requireFreeRoom(tenant);
    const room = new Room(this.takeNumber(), tenant, name);
    tenant.rooms.set(name, room);
    return room;
  }

  /** @throws ArqonError TOO_MANY_TOPICS at the tenant's limit of topics. */
  openInbox(tenant: Tenant, clientId: string): Topic {
    const known = tenant.inboxes.get(clientId);
    if (known !== undefined) return known;
    this.requireFreeTopic(tenant);
    const topic = this.create(tenant, { kind: 'inbox', clientId });
    tenant.inboxes.set(clientId, topic);
    this.options.onOpened(topic);
    return topic;
  }

  /** Takes a topic without subscribers out; the next of its name has a new epoch. */
  closeTopic(topic: Topic): void {
    topic.isClosed = true;
    topic.tenant.topicCount -= 1;
    this.options.store.closeTopic(topic.history);
    if (topic.place.kind === 'inbox') topic.tenant.inboxes.delete(topic.place.clientId);
    else {
      const room = topic.place.room;
      room.topics.delete(topic.channel);
      this.closeRoomIfUnused(room);
    }
    this.options.onClosed(topic);
  }

  /** Tells that a followed topic began a new epoch. */
  announceReset(topic: Topic): void {
    this.options.onReset(topic);
  }

  closeRoomIfUnused(room: Room): void {
    if (room.topics.size === 0 && sessionsIn(room.wide) === 0) room.tenant.rooms.delete(room.name);
  }

  /** Every topic, for sweeps and figures. */
  *topics(): Generator<Topic> {
    for (const tenant of this.tenants.values()) {
      yield* tenant.inboxes.values();
      for (const room of tenant.rooms.values()) yield* room.topics.values();
    }
  }

  *rooms(): Generator<Room> {
    for (const tenant of this.tenants.values()) yield* tenant.rooms.values();
  }

  /** Trims history by age and closes what nobody used for the idle time. */
  sweep(nowMs: number): void {
    for (const topic of this.topics()) {
      topic.history.sweep(nowMs * 1000);
      if (topic.sessionCount === 0 && nowMs - topic.lastActiveMs >= this.options.limits.topicIdleMs) this.closeTopic(topic);
    }
    for (const [id, tenant] of this.tenants) {
      if (tenant.sessionCount === 0 && tenant.topicCount === 0 && tenant.rooms.size === 0) this.tenants.delete(id);
    }
  }

  /** @throws ArqonError TOO_MANY_TOPICS unless a topic more, and its room, fit the tenant's limits. */
  requirePlace(tenant: Tenant, roomName: string): void {
    this.requireFreeTopic(tenant);
    if (!tenant.rooms.has(roomName)) this.requireFreeRoom(tenant);
  }

  private requireFreeRoom(tenant: Tenant): void {
    if (tenant.rooms.size >= this.options.limits.maxRoomsPerTenant) throw new ArqonError('TOO_MANY_TOPICS', { field: 'room' });
  }

  private requireFreeTopic(tenant: Tenant): void {
    if (tenant.topicCount >= this.options.limits.maxTopicsPerTenant) throw new ArqonError('TOO_MANY_TOPICS', { field: 'channel' });
  }

  private create(tenant: Tenant, place: TopicPlace): Topic {
    const { store, retention, nowMs, onTailFull } = this.options;
    tenant.topicCount += 1;
    return new Topic(this.takeNumber(), tenant, place, { store, retention, nowMs: nowMs(), onTailFull });
  }

  private takeNumber(): number {
    this.nextNumber += 1;
    return this.nextNumber - 1;
  }
}
