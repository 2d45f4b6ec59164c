/** What became of an action: carried out (or granted), refused, or tried and failed. */
export type AuditOutcome = 'done' | 'refused' | 'failed';

/** One action of control, as the caller states it. */
export interface AuditEntry {
  /** What was asked for, such as `admin.drain`. */
  readonly action: string;
  /** Who asked: a client id, `operator`, `anonymous` or `system`. */
  readonly actor: string;
  readonly tenant?: string;
  /** What it was asked of, such as a topic or a session. */
  readonly target?: string;
  readonly outcome: AuditOutcome;
  /** Error code when refused or failed. */
  readonly code?: string;
  /** Further facts as JSON; secrets are replaced before they are stored (M7). */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/**
 * Port of the audit log. Every control action is appended before it is carried out, refused ones too;
 * callers that cannot append refuse the action with `AUDIT_UNAVAILABLE` (fail closed).
 */
export interface AuditLog {
  /**
   * Stores the entry behind all entries appended before it.
   * @throws ArqonError `AUDIT_UNAVAILABLE` when it could not be stored, or the log is closed.
   */
  append(entry: AuditEntry): Promise<void>;
  /** Waits for pending appends and releases the log. Later appends are refused; a second close does nothing. */
  close(): Promise<void>;
}
