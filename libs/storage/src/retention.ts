/** What an acknowledgement is worth (docs/protocol.md, Acknowledging). */
export type DurabilityName = 'MEMORY' | 'STORE' | 'FSYNC' | 'QUORUM';

/** Retention of one topic; whichever bound is met first trims whole runs from the old end. */
export interface Retention {
  readonly maxEvents: number;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
}
