/** A place in a topic, as acknowledgements, deliveries and pages of history name it. */
export interface Place {
  readonly epoch: bigint;
  readonly sequence: bigint;
}

/** How one publish ended: acknowledged, or with an error after which it may have been taken or not. */
export type PublishOutcome =
  | { readonly kind: 'acked'; readonly place: Place; readonly durability: string; readonly isDuplicate: boolean }
  | { readonly kind: 'unknown'; readonly code: string };

/** One event that a publisher wrote. Times are milliseconds since the run began. */
export interface PublishRecord {
  /** Unique in the run. */
  readonly id: string;
  readonly publisher: string;
  readonly topic: string;
  /** Rises with every publish of one publisher. */
  readonly order: number;
  readonly calledMs: number;
  readonly settledMs: number;
  readonly outcome: PublishOutcome;
}

/** One event as a subscriber's application got it. */
export interface Delivery {
  readonly kind: 'delivered';
  readonly topic: string;
  readonly id: string;
  readonly place: Place;
  /** Sequence that precedes the run it is the first event of; undefined where the client does not show it. */
  readonly prev?: bigint;
  readonly timeUs: bigint;
  readonly atMs: number;
}

/** An interruption that a subscriber was told of. */
export interface ToldGap {
  readonly kind: 'gap';
  readonly topic: string;
  readonly after: Place;
  readonly resumesAt: Place;
  readonly reason: string;
  readonly isLost: boolean;
  readonly atMs: number;
}

/** A join with a position was answered: everything up to the head came before the answer, or was told as lost. */
export interface JoinedAt {
  readonly kind: 'joined';
  readonly topic: string;
  readonly head: Place;
  readonly atMs: number;
}

/** Everything one subscriber saw, in order. */
export interface SubscriberRecord {
  readonly name: string;
  /** Where it began in each topic that it follows: the head at its join. */
  readonly begins: readonly { readonly topic: string; readonly place: Place }[];
  /** Room that it follows with every channel, also with those that nobody writes to or that come into being later. */
  readonly room?: string;
  readonly entries: readonly (Delivery | ToldGap | JoinedAt)[];
}

/** A topic as history gave it once every fault was healed. */
export interface ReadRecord {
  /** Server that was asked. */
  readonly via: string;
  readonly topic: string;
  readonly epoch: bigint;
  readonly events: readonly { readonly id: string; readonly sequence: bigint; readonly timeUs: bigint }[];
}

/** A server process that was killed. */
export interface Death {
  readonly part: 'shield' | 'spine' | 'store';
  readonly name: string;
  readonly atMs: number;
}

/** What a run left behind for the checker. */
export interface RecordedRun {
  /** Wall clock at millisecond 0 of the run, in microseconds, by the clock that epochs come from. */
  readonly startedAtUs: bigint;
  readonly publishes: readonly PublishRecord[];
  /** Publishes that never settled. */
  readonly pending: readonly string[];
  /** Clients whose connection or subscription ended for good, and why. */
  readonly endedClients: readonly string[];
  readonly subscribers: readonly SubscriberRecord[];
  readonly reads: readonly ReadRecord[];
  readonly deaths: readonly Death[];
}

/** Events that came. */
export function deliveredCountOf(entries: SubscriberRecord['entries']): number {
  return entries.filter(({ kind }) => kind === 'delivered').length;
}

/** True when the loss that was told takes in the place. */
export function coversPlace({ after, resumesAt, isLost }: ToldGap, place: Place): boolean {
  return isLost && comparePlaces(after, place) < 0 && comparePlaces(place, resumesAt) <= 0;
}

/** True when the entries tell what became of an event of the topic: it came, or its loss was told. */
export function tellsOf(entries: SubscriberRecord['entries'], topic: string, { id, place }: { readonly id: string; readonly place: Place }): boolean {
  return entries.some((entry) => entry.topic === topic && ((entry.kind === 'delivered' && entry.id === id) || (entry.kind === 'gap' && coversPlace(entry, place))));
}

/** Negative when `a` lies before `b`. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.epoch !== b.epoch) return a.epoch < b.epoch ? -1 : 1;
  if (a.sequence === b.sequence) return 0;
  return a.sequence < b.sequence ? -1 : 1;
}

export function placeText({ epoch, sequence }: Place): string {
  return `${String(epoch)}/${String(sequence)}`;
}

/** True when the run's history was memory and its Spine died between the two epochs: what explains that the earlier one ended. */
export function lostMemoryBetween(run: RecordedRun, earlier: bigint, later: bigint): boolean {
  if (run.publishes.some(({ outcome }) => outcome.kind === 'acked' && outcome.durability !== 'MEMORY')) return false;
  return run.deaths.some(({ part, atMs }) => {
    const deathUs = run.startedAtUs + BigInt(Math.round(atMs * 1_000));
    return part === 'spine' && earlier < deathUs && deathUs <= later;
  });
}
