import type { Facts } from '@arqonbus/policy-inputs';

/** Whether a finding fails the check. */
export type Level = 'deny' | 'warn';

/** What one rule holds against one document of facts. */
export interface Judgement {
  /** `<category>.<rule>`. */
  readonly rule: string;
  readonly level: Level;
  readonly message: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Name of the Nx project judged, or `workspace`. */
  readonly project: string;
  /** What is judged; stays the same when lines move. */
  readonly subject: string;
}

/** What the rules say of one document. */
export interface DocumentVerdict {
  /** Ids of the rules that ran over the document, sorted. */
  readonly rulesRun: readonly string[];
  /** In no particular order. */
  readonly judgements: readonly Judgement[];
}

/** Runs the policy packs. */
export interface Engine {
  /** One line for people: what judges, in which version. */
  readonly title: string;
  /**
   * Judges each document by the rules.
   *
   * @param documents facts by name
   * @param rules ids of those that are to run; default all that the engine was made for
   * @returns verdicts by the same names
   * @throws Error when a rule crashes, a document is unreadable, or the packs cannot be loaded: never a partial verdict
   */
  judge(documents: Readonly<Record<string, Facts>>, rules?: readonly string[]): Promise<Readonly<Record<string, DocumentVerdict>>>;
}
