/** A place in an episode's time; of two the later `tsUs` wins, and at the same the greater `eventId`. */
export interface Stamp {
  /** Microseconds since 1970-01-01 UTC. */
  readonly tsUs: number;
  /** 16 bytes as lower-case UUID text. */
  readonly eventId: string;
}

export type FactKind = 'created' | 'updated' | 'deleted' | 'summarized';

/** The state of an episode. */
export interface FactContent {
  readonly contentRef: string;
  /** The state's own. */
  readonly summary: string | undefined;
  readonly tags: readonly string[];
  readonly embeddingRef: string | undefined;
  readonly metadata: unknown;
}

/** What a valid event says, in the terms of docs/protocol.md. */
export interface EpisodeFact {
  readonly kind: FactKind;
  readonly tenant: string;
  readonly agent: string;
  /** ULID in capitals. */
  readonly episode: string;
  readonly stamp: Stamp;
  /** Of created and updated. */
  readonly content: FactContent | undefined;
  /** Of summarized. */
  readonly summary: string | undefined;
}

/** Why an event was planned: `stale` ones are older than what was published before them, `duplicate` ones were published before. */
export type PlanKind = 'fresh' | 'duplicate' | 'stale' | 'poison';

/** One event to publish. */
export interface PlannedEvent {
  readonly kind: PlanKind;
  readonly tenant: string;
  /** Which of the tenant's producers publishes it. */
  readonly producer: number;
  readonly type: string;
  readonly payload: Uint8Array;
  /** Undefined for poison. */
  readonly fact: EpisodeFact | undefined;
  /** Of poison: what is wrong with it. */
  readonly flaw: string | undefined;
}

/** Negative, 0 or positive as `left` is before, at or after `right`. */
export function compareStamps(left: Stamp, right: Stamp): number {
  if (left.tsUs !== right.tsUs) return left.tsUs - right.tsUs;
  return left.eventId < right.eventId ? -1 : Number(left.eventId > right.eventId);
}

/** Which episode, as one text. */
export function keyText({ tenant, agent, episode }: { readonly tenant: string; readonly agent: string; readonly episode: string }): string {
  return `${tenant} ${agent} ${episode}`;
}
