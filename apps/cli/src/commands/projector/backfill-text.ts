import type { BackfillStatus } from '@arqonbus/proto';
import { visible } from '../../output/message-lines.js';
import { timeText } from './message-json.js';

/** One line for people: what a backfill is about, how far it came, and what its projector remarks. */
export function backfillLine(backfill: BackfillStatus): string {
  const { backfillId, state, dryRun, from, to, agentId, reason } = backfill;
  const agent = agentId === '' ? '' : ` of ${visible(agentId)}`;
  return `${visible(backfillId)} ${visible(state)}${dryRun ? ' (dry run)' : ''}, ${timeText(from)} to ${timeText(to)}${agent}: ${countsText(backfill)}${reason === '' ? '' : `. ${visible(reason)}`}`;
}

/** What it did, or with a dry run would do. */
export function countsText({ counts }: BackfillStatus): string {
  const { events = 0n, stale = 0n, refused = 0n, rowsInserted = 0n, rowsUpdated = 0n, rowsDeleted = 0n, rowsUnchanged = 0n } = counts ?? {};
  return `${String(events)} events (${String(stale)} stale, ${String(refused)} refused); rows: ${String(rowsInserted)} inserted, ${String(rowsUpdated)} updated, ${String(rowsDeleted)} deleted, ${String(rowsUnchanged)} unchanged`;
}
