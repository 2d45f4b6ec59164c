import { topicKeyText, type TopicKey } from '@arqonbus/tenancy';

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
