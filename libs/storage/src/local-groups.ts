import { topicKeyText, type TopicKey } from '@arqonbus/tenancy';
import { LocalGroup } from './local-group.js';
import type { Backplane, GroupLog, OpenGroupOptions, TopicLog } from './topic-log.js';

/** A run that was handed out and is not done with. */
export interface OpenDelivery {
  readonly sequence: number;
  /** Times that it was handed out. */
  readonly deliveries: number;
}

/** Where a group stands in its log. */
export interface GroupPlace {
  readonly epoch: number;
  /** All runs up to it were handed out at least once. */
  readonly position: number;
  readonly open: readonly OpenDelivery[];
}

/** What changed of a group's place; kept as one. */
export interface GroupChange {
  /** A place of another epoch than the one kept replaces it: nothing of it is open. */
  readonly epoch: number;
  readonly position: number;
  /** Handed out, once more or for the first time. */
  readonly delivered: readonly OpenDelivery[];
  /** Sequences of runs that are done with, or that retention took. */
  readonly done: readonly number[];
}

/** Keeps the places of groups. Leases end with the process, so a place that is loaded has none: what is open is handed out anew. */
export interface GroupPlaces {
  load(key: TopicKey, group: string): Promise<GroupPlace | undefined>;
  /** Resolves once the change is kept as durably as the store keeps runs. Called with one change of a group at a time. */
  save(key: TopicKey, group: string, change: GroupChange): Promise<void>;
}

/** Places in this process's memory. */
export class MemoryGroupPlaces implements GroupPlaces {
  private readonly places = new Map<string, { epoch: number; position: number; open: Map<number, number> }>();

  load(key: TopicKey, group: string): Promise<GroupPlace | undefined> {
    const place = this.places.get(`${topicKeyText(key)} ${group}`);
    if (place === undefined) return Promise.resolve(undefined);
    return Promise.resolve({ ...place, open: [...place.open].map(([sequence, deliveries]) => ({ sequence, deliveries })) });
  }

  save(key: TopicKey, group: string, change: GroupChange): Promise<void> {
    const name = `${topicKeyText(key)} ${group}`;
    const { epoch, position } = change;
    const known = this.places.get(name);
    const open = known?.epoch === epoch ? known.open : new Map<number, number>();
    for (const { sequence, deliveries } of change.delivered) open.set(sequence, deliveries);
    for (const sequence of change.done) open.delete(sequence);
    this.places.set(name, { epoch, position, open });
    return Promise.resolve();
  }
}

export interface LocalGroupsParts {
  /** Tells of new runs and epochs. */
  readonly backplane: Backplane;
  readonly places: GroupPlaces;
}

/** Groups of the topics of one process, over any log. */
export class LocalGroups {
  private readonly groups = new Map<string, { readonly group: Promise<LocalGroup>; membersCount: number }>();

  constructor(private readonly parts: LocalGroupsParts) {}

  /** Joins a group, which begins at the log's end when there is no place of it. Rejects as the log and the places do. */
  async open(log: TopicLog, name: string, options: OpenGroupOptions): Promise<GroupLog> {
    const key = `${topicKeyText(log.key)} ${name}`;
    const entry = this.groups.get(key) ?? { group: LocalGroup.load(log, name, this.parts), membersCount: 0 };
    this.groups.set(key, entry);
    entry.membersCount += 1;
    const leave = (): void => {
      entry.membersCount -= 1;
      if (entry.membersCount > 0 || this.groups.get(key) !== entry) return;
      this.groups.delete(key);
      entry.group.then((group) => { group.stop(); }, () => undefined);
    };
    try {
      return (await entry.group).member(options.leaseMs, leave);
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** Ends all groups of this process; their places stay. */
  close(): void {
    for (const { group } of this.groups.values()) group.then((opened) => { opened.stop(); }, () => undefined);
    this.groups.clear();
  }
}
