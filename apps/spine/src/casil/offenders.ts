/** One who sent messages that content policy acted on, or would have. */
export interface Offender {
  readonly tenant: string;
  readonly name: string;
  readonly violations: number;
}

interface Entry {
  readonly tenant: string;
  readonly name: string;
  violations: number;
}

/** Names counted at a time; the rest share one number, so that memory stays bounded whatever clients call themselves. */
const maxEntries = 1_000;

/**
 * Who offends most (N3), by one kind of name. Over `maxEntries` the least of a few is forgotten for a newcomer, which inherits its count: the
 * frequent ones stay (space-saving). Rebuilt from nothing after a restart (E22).
 */
export class Offenders {
  private readonly entries = new Map<string, Entry>();

  count(tenant: string, name: string): void {
    const key = `${tenant}\n${name}`;
    const entry = this.entries.get(key);
    if (entry !== undefined) {
      entry.violations += 1;
      return;
    }
    const inherited = this.entries.size < maxEntries ? 0 : this.forgetOne();
    this.entries.set(key, { tenant, name, violations: inherited + 1 });
  }

  /** The most frequent first. */
  top(count: number): readonly Offender[] {
    return [...this.entries.values()].sort((a, b) => b.violations - a.violations || (a.name < b.name ? -1 : 1)).slice(0, count).map((entry) => ({ ...entry }));
  }

  /** Forgets the least of the oldest few; returns its count. */
  private forgetOne(): number {
    let least: [string, Entry] | undefined;
    let looked = 0;
    for (const item of this.entries) {
      if (least === undefined || item[1].violations < least[1].violations) least = item;
      looked += 1;
      if (looked === entriesLookedAt) break;
    }
    if (least === undefined) return 0;
    this.entries.delete(least[0]);
    return least[1].violations;
  }
}

const entriesLookedAt = 32;
