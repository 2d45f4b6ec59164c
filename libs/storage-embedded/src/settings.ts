/**
 * When what was appended is made safe against a power cut.
 * `each`: before the answer to every group commit. `interval`: every `intervalMs`, the answer does not wait. `off`: when the engine moves its
 * journal into the file, about every 32 MiB; the answer does not wait.
 */
export type SyncPolicy = 'each' | 'interval' | 'off';

/** What the worker needs to open the file; plain data. */
export interface DatabaseSettings {
  /** Absolute path. */
  readonly file: string;
  readonly sync: SyncPolicy;
  /** Milliseconds between two syncs under `interval`. */
  readonly intervalMs: number;
  /** Opened anew after it failed: a write is tried first. */
  readonly isRetry: boolean;
  /** Microseconds of the wall clock at opening; new epochs are not below. */
  readonly nowUs: number;
}

/** What an accepted run is worth, and why. */
export interface DurabilityClaim {
  readonly durability: 'STORE' | 'FSYNC';
  readonly reason: string;
}
