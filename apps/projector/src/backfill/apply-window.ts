import { EpisodeStoreError, type BackfillJob, type EpisodeStore, type SourcePosition } from '@arqonbus/storage/episodes';
import type { WindowEntry } from './window-entries.js';

/** Events to apply, and up to where the window is then done. */
export interface WindowPart {
  readonly from: SourcePosition | undefined;
  readonly entries: readonly WindowEntry[];
  readonly upTo: SourcePosition;
}

/**
 * Applies a part of a window, one transaction where the database takes it whole. Where it refuses something the part is halved until the event alone is
 * left, which then counts as refused: the projection has a dead letter of it already. Rejects with EpisodeStoreError.
 */
export async function applyPart(store: Pick<EpisodeStore, 'applyBackfill'>, { tenantId, id }: Pick<BackfillJob, 'tenantId' | 'id'>, part: WindowPart): Promise<void> {
  const { from, entries, upTo } = part;
  const changes = entries.flatMap(({ change }) => (change === undefined ? [] : [change]));
  try {
    await store.applyBackfill({ tenantId, id, from }, { changes, upTo, refused: entries.length - changes.length });
  } catch (error) {
    if (!(error instanceof EpisodeStoreError) || error.failure !== 'data' || changes.length === 0) throw error;
    if (entries.length === 1) {
      await store.applyBackfill({ tenantId, id, from }, { changes: [], upTo, refused: 1 });
      return;
    }
    const half = entries.length >> 1;
    const middle = entries[half - 1].position;
    await applyPart(store, { tenantId, id }, { from, entries: entries.slice(0, half), upTo: middle });
    await applyPart(store, { tenantId, id }, { from: middle, entries: entries.slice(half), upTo });
  }
}
