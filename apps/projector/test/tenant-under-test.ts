import type { Bus } from '@arqonbus/sdk';
import type { BackfillCounts, EpisodeStore } from '@arqonbus/storage/episodes';
import { createLogger } from '@arqonbus/telemetry';
import { PassThrough } from 'node:stream';
import type { KnownState, RepairCounts, TenantRuntime } from '../src/tenant-runtime.js';

/** A tenant without its projection: what control and backfill tell it is kept. */
export class TenantUnderTest implements TenantRuntime {
  readonly partitionsCount = 4;
  /** What was logged. */
  logged = '';
  private readonly log = new PassThrough().on('data', (chunk: Buffer) => { this.logged += chunk.toString(); });
  readonly logger = createLogger({ service: 'projector', nodeId: 'test', version: '0', level: 'INFO', destination: this.log });
  readonly replays: { readonly replayed: number; readonly refused: number; readonly already: number }[] = [];
  readonly backfills: (readonly ['done' | 'failed' | 'dry_run', RepairCounts])[] = [];
  controlChanges = 0;
  deadLetterChanges = 0;
  /** What a backfill that was stored wakes. */
  onBackfill: () => void = () => undefined;

  constructor(readonly tenantId: string, readonly bus: Bus, readonly store: EpisodeStore) {}

  readiness(): { state: string; reasons: string[] } {
    return { state: 'Ready', reasons: [] };
  }

  known(): KnownState {
    return { isPaused: true, instance: 'test', held: [{ partition: 2, position: { epoch: 7n, sequence: 9n } }, { partition: 3, position: undefined }] };
  }

  async lag(): Promise<{ head: { epoch: bigint; sequence: bigint }; projected: undefined; seconds: number }> {
    const { epoch, sequence } = await this.bus.channelInfo('continuum.episode.v1');
    return { head: { epoch, sequence }, projected: undefined, seconds: 0 };
  }

  controlChanged(): void {
    this.controlChanges += 1;
  }

  backfillRequested(): void {
    this.onBackfill();
  }

  deadLettersChanged(): void {
    this.deadLetterChanges += 1;
  }

  countReplay(counts: { readonly replayed: number; readonly refused: number; readonly already: number }): void {
    this.replays.push({ ...counts });
  }

  countBackfill(outcome: 'done' | 'failed' | 'dry_run', counts: RepairCounts): void {
    this.backfills.push([outcome, counts]);
  }
}

/** Counts with what is not named at 0. */
export function countsOf(counts: Partial<BackfillCounts>): BackfillCounts {
  return { events: 0, stale: 0, refused: 0, rowsInserted: 0, rowsUpdated: 0, rowsDeleted: 0, rowsUnchanged: 0, ...counts };
}
