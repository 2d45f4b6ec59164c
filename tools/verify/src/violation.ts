/** What can be wrong with a run. */
export const violationKinds = [
  'nothing_acknowledged', 'publish_never_settled', 'client_ended', 'phantom', 'acked_lost', 'lost_untold', 'delivered_not_stored',
  'number_issued_twice', 'stored_twice', 'delivered_twice', 'reordered', 'publisher_reordered', 'hole', 'chain_broken', 'epoch_change_untold',
  'epoch_without_cause', 'repeated_after_memory_loss', 'reads_differ', 'time_went_back',
] as const;

export type ViolationKind = (typeof violationKinds)[number];

/**
 * Kinds that are told and do not fail a run, because the product documents them as limits. `repeated_after_memory_loss` belongs here once it
 * is one: the first runs of a producer, whose answers were lost with their Spine and its memory, are taken again by the next Spine.
 */
export const knownLimits: ReadonlySet<ViolationKind> = new Set<ViolationKind>();

export interface Violation<Kind extends string = ViolationKind> {
  readonly kind: Kind;
  readonly text: string;
}

/** Reports one violation. With a key, one that was reported under the same kind and key counts once. */
export type Report<Kind extends string = ViolationKind> = (kind: Kind, text: string, key?: string) => void;

const maxKeptOfKind = 6;

/** Counts violations of each kind and keeps the first ones of each. */
export class Violations<Kind extends string = ViolationKind> {
  readonly first: Violation<Kind>[] = [];
  private readonly counts = new Map<Kind, number>();
  private readonly reported = new Set<string>();

  /** Kinds among `limits` are told and do not fail a run. */
  constructor(private readonly limits: ReadonlySet<Kind> = new Set<Kind>()) {}

  readonly report: Report<Kind> = (kind, text, key) => {
    if (key !== undefined) {
      if (this.reported.has(`${kind} ${key}`)) return;
      this.reported.add(`${kind} ${key}`);
    }
    this.counts.set(kind, this.count(kind) + 1);
    if (this.count(kind) <= maxKeptOfKind) this.first.push({ kind, text });
  };

  count(...kinds: readonly Kind[]): number {
    return kinds.reduce((sum, kind) => sum + (this.counts.get(kind) ?? 0), 0);
  }

  /** As count(), without known limits. */
  countFailing(...kinds: readonly Kind[]): number {
    return this.count(...kinds.filter((kind) => !this.limits.has(kind)));
  }

  /** Count of each kind that occurred. */
  byKind(): Partial<Record<Kind, number>> {
    return Object.fromEntries(this.counts) as Partial<Record<Kind, number>>;
  }

  /** True when nothing but known limits occurred. */
  get isEmpty(): boolean {
    return [...this.counts.keys()].every((kind) => this.limits.has(kind));
  }
}
