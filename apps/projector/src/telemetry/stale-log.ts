import type { EpisodeChange } from '@arqonbus/continuum';
import type { Logger } from '@arqonbus/telemetry';

const windowMs = 10_000;

/** Tells of stale events: each at level debug, and their number at level warn at most every ten seconds. */
export class StaleLog {
  private count = 0;
  private toldMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly logger: Logger, private readonly nowMs: () => number) {}

  add(change: EpisodeChange, partition: number): void {
    const { key, guard, kind } = change;
    this.logger.debug({ tenant: key.tenantId, partition, agent: key.agentId, episode: key.episodeId, event_id: guard.eventId, kind }, 'stale event');
    this.count += 1;
    const nowMs = this.nowMs();
    if (nowMs - this.toldMs < windowMs) return;
    this.logger.warn({ tenant: key.tenantId, count: this.count, agent: key.agentId, episode: key.episodeId, event_id: guard.eventId }, 'stale events, the last of them is named');
    this.toldMs = nowMs;
    this.count = 0;
  }
}
