import { readEpisode, type EpisodeChange } from '@arqonbus/continuum';
import type { BackfillJob, SourcePosition, SourceRecord } from '@arqonbus/storage/episodes';

/** One event that a backfill is about: a change, or undefined for one that is refused. */
export interface WindowEntry {
  readonly position: SourcePosition;
  readonly change: EpisodeChange | undefined;
}

/** Reads events as the projection does, and leaves out those of other agents; the agent of an unreadable one cannot be told. */
export function entriesOf(records: readonly SourceRecord[], { tenantId, agentId }: Pick<BackfillJob, 'tenantId' | 'agentId'>): WindowEntry[] {
  const entries: WindowEntry[] = [];
  for (const { position, payload, type, timeUs } of records) {
    const reading = readEpisode(payload, { tenantId, type, timeUs });
    const change = 'change' in reading ? reading.change : undefined;
    if (agentId === '' || change === undefined || change.key.agentId === agentId) entries.push({ position, change });
  }
  return entries;
}
