/** What a session's frames that wait are made of; on the session while there are any. */
export interface WaitingFrames {
  readonly frames: Uint8Array[];
  /** Index of the oldest that waits. */
  next: number;
  bytes: number;
  /** What is done once none waits. */
  afterwards: (() => void) | undefined;
}
