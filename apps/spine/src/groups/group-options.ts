/** Bounds and times of groups; every one is finite. */
export interface GroupOptions {
  /** Milliseconds that a member has for a task. */
  readonly leaseMs: number;
  /** Deliveries of a task after which it becomes a dead letter. */
  readonly maxAttempts: number;
  /** Tasks that one member of a group holds at once. */
  readonly maxTasksPerMember: number;
  /** Bytes of tasks that one session holds at once over all its groups; one task is always allowed. */
  readonly maxTaskBytesPerSession: number;
  /** Events of one group in work on this Spine; above it no further run is taken. */
  readonly maxTasksPerGroup: number;
  readonly maxMembersPerGroup: number;
  readonly maxGroupsPerTopic: number;
  readonly maxGroupsPerSession: number;
  /** Longest delay that a member may ask for when it gives a task back. */
  readonly maxRetryAfterMs: number;
  /** Milliseconds after which the store is asked again when nothing told of new runs: another Spine may have given some back. */
  readonly pollMs: number;
}

/** Defaults; docs/protocol.md (Groups) tells those that a client meets. */
export const defaultGroupOptions: GroupOptions = {
  leaseMs: 30_000,
  maxAttempts: 5,
  maxTasksPerMember: 64,
  maxTaskBytesPerSession: 1_048_576,
  maxTasksPerGroup: 4_096,
  maxMembersPerGroup: 256,
  maxGroupsPerTopic: 64,
  maxGroupsPerSession: 64,
  maxRetryAfterMs: 3_600_000,
  pollMs: 1_000,
};

/**
 * Lease of a whole run in the store for tasks leased for `leaseMs`. Longer, so that no task is still leased here when the store hands its
 * run to another Spine.
 */
export function runLeaseMs(leaseMs: number): number {
  return Math.ceil(leaseMs * 1.5);
}

/** Milliseconds between two extensions of runs in work: at least `leaseMs` of the run's lease is left at any time. */
export function extendEveryMs(leaseMs: number): number {
  return Math.ceil(leaseMs / 4);
}
