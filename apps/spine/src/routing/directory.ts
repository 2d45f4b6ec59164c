import { ArqonError, hardCaps } from '@arqonbus/errors';
import type { Following, LiveHistory } from '@arqonbus/storage';
import type { TopicKey } from '@arqonbus/tenancy';
import type { DurableLog } from '../durable/durable-log.js';
import type { RoomPolicy } from '../durable/room-rules.js';
import { Room, sessionsIn, Tenant, Topic, whenReady, type TopicPlace } from './topic.js';

export interface DirectoryLimits {
  readonly maxRoomsPerTenant: number;
  readonly maxTopicsPerTenant: number;
  readonly maxTenants: number;
  /** Milliseconds without events and subscribers after which a topic expires. */
  readonly topicIdleMs: number;
}

/** What the directory asks of durable history; names of topics beyond this Spine. */
export interface DurableDirectory {
  /** Opens the log of a topic whose policy is durable; `fromStart`: its room is followed, so all of it is live. */
  openLog(topic: Topic, fromStart: boolean): DurableLog;
  /** Channels of a room that the store holds, at most `maxCount`. */
  listChannels(tenant: string, room: string, maxCount: number): Promise<readonly string[]>;
  /** Undefined where no other Spine can create a channel. */
  watchRoom(tenant: string, room: string, onChannel: (channel: string) => void): Following | undefined;
}

export interface DirectoryOptions {
  readonly store: LiveHistory;
  readonly policyOf: (key: TopicKey) => RoomPolicy;
  /** Undefined where all history is in memory. */
  readonly durable: DurableDirectory | undefined;
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

  /** Whether an inbox is kept by the store, so that what other Spines or earlier ones took for it is there. */
  hasDurableInbox(tenant: Tenant, clientId: string): boolean {
    return this.options.durable !== undefined && this.options.policyOf({ tenant: tenant.id, inbox: clientId }).history === 'durable';
  }

  /**
   * The topic, if it exists here or in the store; ready for use.
   * @throws ArqonError STORE_UNAVAILABLE when the store cannot tell; TOO_MANY_TOPICS at the tenant's limits.
   */
  async locate(tenant: Tenant, room: string, channel: string): Promise<Topic | undefined> {
    let topic = this.findTopic(tenant, room, channel);
    if (topic === undefined && this.isDurable(tenant, room, channel)) {
      const stored = await this.options.durable?.listChannels(tenant.id, room, hardCaps.channelsPerRoomJoin);
      if (stored?.includes(channel) === true) topic = this.openTopic(tenant, room, channel);
    }
    if (topic !== undefined) await whenReady([topic]);
    return topic?.isClosed === true ? undefined : topic;
  }

  /** Opens every channel of the room that the store holds, and hears of new ones from now on. Undefined when there is nothing to wait for. */
  openChannels(room: Room): Promise<void> | undefined {
    const { durable } = this.options;
    const { tenant } = room;
    if (durable === undefined) return undefined;
    room.watch ??= durable.watchRoom(tenant.id, room.name, (channel) => { this.channelAppeared(room, channel); });
    return durable.listChannels(tenant.id, room.name, hardCaps.channelsPerRoomJoin + 1).then((channels) => {
      for (const channel of channels) if (this.isDurable(tenant, room.name, channel)) this.openTopic(tenant, room.name, channel);
    });
  }

  /** As `openChannels` for a room that nobody may follow: opens what the store holds, ready for use. */
  async locateChannels(tenant: Tenant, roomName: string): Promise<void> {
    const channels = await this.options.durable?.listChannels(tenant.id, roomName, hardCaps.channelsPerRoomJoin + 1);
    for (const channel of channels ?? []) if (this.isDurable(tenant, roomName, channel)) this.openTopic(tenant, roomName, channel);
    await whenReady([...(tenant.rooms.get(roomName)?.topics.values() ?? [])]);
  }

  private channelAppeared(room: Room, channel: string): void {
    const { tenant } = room;
    if (tenant.rooms.get(room.name) !== room || room.topics.has(channel) || room.topics.size > hardCaps.channelsPerRoomJoin) return;
    if (tenant.topicCount < this.options.limits.maxTopicsPerTenant && this.isDurable(tenant, room.name, channel)) this.openTopic(tenant, room.name, channel);
  }

  private isDurable(tenant: Tenant, room: string, channel: string): boolean {
    return this.options.durable !== undefined && this.options.policyOf({ tenant: tenant.id, room, channel }).history === 'durable';
  }

  /** Takes a topic without subscribers out; the next of its name has a new epoch. */
  closeTopic(topic: Topic): void {
    topic.isClosed = true;
    topic.durable?.close();
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
    if (sessionsIn(room.wide) > 0) return;
    room.watch?.stop();
    room.watch = undefined;
    if (room.topics.size === 0) room.tenant.rooms.delete(room.name);
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
      topic.durable?.trim(nowMs * 1000);
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
    const { store, policyOf, durable, nowMs, onTailFull } = this.options;
    tenant.topicCount += 1;
    const key = place.kind === 'inbox' ? { tenant: tenant.id, inbox: place.clientId } : { tenant: tenant.id, room: place.room.name, channel: place.channel };
    const policy = policyOf(key);
    const topic = new Topic(this.takeNumber(), tenant, place, { store, policy, nowMs: nowMs(), onTailFull });
    const fromStart = place.kind === 'channel' && sessionsIn(place.room.wide) > 0;
    if (policy.history === 'durable') topic.durable = durable?.openLog(topic, fromStart);
    return topic;
  }

  private takeNumber(): number {
    this.nextNumber += 1;
    return this.nextNumber - 1;
  }
}
