import type { Level } from '../engine/engine.js';

/** From what must not happen at all to what is only untidy. */
export const severities = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof severities)[number];

/** What a rule says of itself. */
export interface RuleEntry {
  /** `<category>.<rule>`, as in the package `arqonbus.<category>.<rule>`. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly category: string;
  /** Ids of docs/requirements.md. */
  readonly requirements: readonly string[];
  /** What to do about a finding. */
  readonly fix: string;
  /** Whether it denies, warns or does both. */
  readonly levels: readonly Level[];
  /** Tables of facts that it reads. */
  readonly tables: readonly string[];
}
