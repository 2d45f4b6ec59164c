import { medianOrNull } from './statistics.js';

/** What a row must reach, as a number and for people. */
export interface Goal {
  readonly of: 'ratio' | 'ours';
  readonly direction: 'at-least' | 'at-most';
  readonly value: number;
}

/** One row of a suite's result file. `ours` and `peer` are medians over the rounds, `ratio` is `ours / peer`. */
export interface MeasuredResult {
  readonly id: string;
  readonly ours: number | null;
  readonly peer: number | null;
  readonly ratio: number | null;
  readonly unit: 'msg/s' | 'ms' | 'bytes' | 'share' | 'µs' | 'ns' | 'MB/s' | 'instructions' | 'count';
  readonly rounds: readonly { readonly ours: number | null; readonly peer: number | null }[];
  readonly note: string;
  readonly work: string;
  readonly goal: number;
  readonly goal_of: Goal['of'];
  readonly goal_direction: Goal['direction'];
  /** `null` when what the goal is about was not measured. */
  readonly goal_met: boolean | null;
  /** Further figures by name, units in the names. */
  readonly details: Readonly<Record<string, number | string | null>>;
}

export interface MeasuredOptions extends Pick<MeasuredResult, 'id' | 'unit' | 'work'> {
  readonly goal: Goal;
  readonly rounds: MeasuredResult['rounds'];
  readonly notes: readonly string[];
  readonly details?: MeasuredResult['details'];
}

/** Condenses the rounds of one row. */
export function summariseRounds(options: MeasuredOptions): MeasuredResult {
  const { id, unit, work, goal, rounds } = options;
  const ours = medianOrNull(rounds.map((round) => round.ours));
  const peer = medianOrNull(rounds.map((round) => round.peer));
  const ratio = ours === null || peer === null || peer === 0 ? null : ours / peer;
  const judged = goal.of === 'ratio' ? ratio : ours;
  return {
    id, ours, peer, ratio, unit, rounds, note: options.notes.join('; '), work,
    goal: goal.value, goal_of: goal.of, goal_direction: goal.direction,
    goal_met: judged === null ? null : goal.direction === 'at-least' ? judged >= goal.value : judged <= goal.value,
    details: options.details ?? {},
  };
}
