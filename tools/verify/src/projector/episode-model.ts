import { compareStamps, keyText, type EpisodeFact, type FactContent, type Stamp } from './episode-fact.js';

/** What an episode's row must say once every event was projected. */
export interface ModelRow {
  readonly tenant: string;
  readonly agent: string;
  readonly episode: string;
  /** Undefined while only a summary is known. */
  readonly state: (Stamp & { readonly isDeleted: boolean; readonly content: FactContent | undefined }) | undefined;
  readonly summary: (Stamp & { readonly text: string | undefined }) | undefined;
}

/**
 * What the projection must be, from the contract alone: per episode a state (created, updated, deleted), which has a summary of its own or none, and a
 * summary (of summarized, and none by deleted), of each the one with the latest stamp. So the order of the facts does not matter.
 */
export class EpisodeModel {
  private readonly rows = new Map<string, ModelRow>();
  private readonly idsOfTenant = new Map<string, Map<string, EpisodeFact>>();

  apply(fact: EpisodeFact): void {
    const ids = this.idsOfTenant.get(fact.tenant) ?? new Map<string, EpisodeFact>();
    this.idsOfTenant.set(fact.tenant, ids);
    ids.set(fact.stamp.eventId, fact);
    const key = keyText(fact);
    const { tenant, agent, episode } = fact;
    const before: ModelRow = this.rows.get(key) ?? { tenant, agent, episode, state: undefined, summary: undefined };
    this.rows.set(key, { ...before, state: stateAfter(before.state, fact), summary: summaryAfter(before.summary, fact) });
  }

  get allRows(): ReadonlyMap<string, ModelRow> {
    return this.rows;
  }

  /** The facts of a tenant by the id of their event. */
  factsOf(tenant: string): ReadonlyMap<string, EpisodeFact> {
    return this.idsOfTenant.get(tenant) ?? new Map<string, EpisodeFact>();
  }
}

/** True for a row that readers of the tenant see. */
export function isVisible({ state }: ModelRow): boolean {
  return state !== undefined && !state.isDeleted;
}

/** What readers see: the summary of summarized where the state has none of its own or is older. */
export function visibleSummary({ state, summary }: ModelRow): string | undefined {
  const own = state?.content?.summary;
  if (state === undefined || summary?.text === undefined) return own;
  return own === undefined || compareStamps(summary, state) > 0 ? summary.text : own;
}

function stateAfter(before: ModelRow['state'], { kind, stamp, content }: EpisodeFact): ModelRow['state'] {
  if (kind === 'summarized' || !isLater(stamp, before)) return before;
  return { ...stamp, isDeleted: kind === 'deleted', content };
}

function summaryAfter(before: ModelRow['summary'], { kind, stamp, summary }: EpisodeFact): ModelRow['summary'] {
  if ((kind !== 'summarized' && kind !== 'deleted') || !isLater(stamp, before)) return before;
  return { ...stamp, text: summary };
}

function isLater(stamp: Stamp, than: Stamp | undefined): boolean {
  return than === undefined || compareStamps(stamp, than) > 0;
}
