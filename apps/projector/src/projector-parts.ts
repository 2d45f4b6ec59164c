import type { Bus } from '@arqonbus/sdk';
import type { EpisodeStore } from '@arqonbus/storage/episodes';
import type { Logger } from '@arqonbus/telemetry';
import type { ProjectorSettings } from './settings.js';
import type { ProjectionSpans } from './telemetry/projection-spans.js';
import type { ProjectorMetrics } from './telemetry/projector-metrics.js';
import type { ProjectorReadiness } from './telemetry/projector-readiness.js';
import type { StartBackfills, StartControl } from './tenant-runtime.js';

/** Opens a connection to the bus as one tenant; rejects as `connect` of the SDK does. */
export type ConnectTenant = (tenantId: string, signal: AbortSignal) => Promise<Bus>;

/** What the tenants of one process share. */
export interface ProjectorParts {
  readonly settings: ProjectorSettings;
  readonly store: EpisodeStore;
  readonly metrics: ProjectorMetrics;
  readonly readiness: ProjectorReadiness;
  /** Undefined where spans go nowhere. */
  readonly spans: ProjectionSpans | undefined;
  readonly logger: Logger;
  readonly connect: ConnectTenant;
  readonly startControl: StartControl;
  readonly startBackfills: StartBackfills;
  /** Told of settings that do not fit what the database holds: the process ends with the error. */
  readonly unusable: (error: Error) => void;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly nowMs: () => number;
}
