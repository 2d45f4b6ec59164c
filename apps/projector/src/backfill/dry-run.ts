import { projectChange, type EpisodeChange, type EpisodeKey } from '@arqonbus/continuum';
import { ArqonError } from '@arqonbus/errors';
import { effectOf, presenceOf, type BackfillCounts, type EpisodeStore, type RowEffect } from '@arqonbus/storage/episodes';
import { digestedChange, digestedRow, identityOf, packFate, unpackFate } from './row-fate.js';
import type { WindowEntry } from './window-entries.js';

/** Rows that a dry run keeps in memory, at about 400 bytes each. */
export const maxDryRunRows = 2_000_000;

/**
 * What a backfill would do: each row is read when the first of its events comes, changed in memory by the rules that the database is written with, and
 * compared at the end.
 */
export class DryRun {
  /** By key; packed, because there may be very many. */
  private readonly fates = new Map<string, string>();
  private events = 0;
  private stale = 0;
  private refused = 0;

  constructor(private readonly store: Pick<EpisodeStore, 'readRows'>, private readonly tenantId: string, private readonly maxRows = maxDryRunRows) {}

  /** Takes the next events of the window. Rejects with EpisodeStoreError, having taken none of them, and with LIMIT above the number of rows. */
  async take(entries: readonly WindowEntry[]): Promise<void> {
    await this.readNew(entries.flatMap(({ change }) => (change === undefined ? [] : [change.key])));
    for (const { change } of entries) {
      this.events += 1;
      if (change === undefined) this.refused += 1;
      else this.project(change);
    }
  }

  /** Of everything that was taken. */
  counts(): BackfillCounts {
    const rows: Record<RowEffect, number> = { inserted: 0, updated: 0, deleted: 0, unchanged: 0 };
    for (const packed of this.fates.values()) {
      const { before, was, after } = unpackFate(packed, anyKey);
      rows[effectOf({ before, after: presenceOf(after), isSame: was === identityOf(after) })] += 1;
    }
    const { events, stale, refused } = this;
    return { events, stale, refused, rowsInserted: rows.inserted, rowsUpdated: rows.updated, rowsDeleted: rows.deleted, rowsUnchanged: rows.unchanged };
  }

  private project(change: EpisodeChange): void {
    const text = keyText(change.key);
    const fate = unpackFate(this.fates.get(text) ?? packFate(undefined), change.key);
    const { row, outcome } = projectChange(fate.after, digestedChange(change), 'backfill');
    if (outcome === 'stale') this.stale += 1;
    // A stale one may move a guard all the same.
    if (row !== fate.after) this.fates.set(text, packFate(row, fate));
  }

  private async readNew(keys: readonly EpisodeKey[]): Promise<void> {
    const unread = new Map(keys.map((key) => [keyText(key), key] as const).filter(([text]) => !this.fates.has(text)));
    if (this.fates.size + unread.size > this.maxRows) {
      throw new ArqonError('LIMIT', { field: 'dry_run', message: `A dry run is about at most ${String(this.maxRows)} episodes: take a smaller window, or one agent.` });
    }
    if (unread.size === 0) return;
    const rows = new Map((await this.store.readRows(this.tenantId, [...unread.values()])).map((row) => [keyText(row.key), row]));
    for (const text of unread.keys()) {
      const row = rows.get(text);
      this.fates.set(text, packFate(row === undefined ? undefined : digestedRow(row)));
    }
  }
}

/** Nothing that is compared is in the key. */
const anyKey: EpisodeKey = { tenantId: '', agentId: '', episodeId: '' };

/** Neither id holds a line feed. */
function keyText({ agentId, episodeId }: EpisodeKey): string {
  return `${agentId}\n${episodeId}`;
}
