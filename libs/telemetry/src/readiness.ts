import { readinessReasons, type ReadinessReason, type ReadinessState } from '@arqonbus/errors';

/** How much a reason takes away: `degraded` still serves (200), `not_ready` does not (503). */
export type ReadinessSeverity = 'degraded' | 'not_ready';

/** One change of readiness; `from` and `to` are equal when only the reasons changed. */
export interface ReadinessTransition {
  readonly from: ReadinessState;
  readonly to: ReadinessState;
  /** The reason that was set or cleared. */
  readonly reason: ReadinessReason;
  /** All reasons after the change. */
  readonly reasons: readonly ReadinessReason[];
}

/** What the worst reason is after a change: one that blocks, one that degrades, or none (docs/state_machines/readiness.md). */
export type ReadinessEvent = 'blocked' | 'degraded' | 'cleared';

/** Which event leads where; what is not here leaves the state as it is. */
export const readinessTransitions: Readonly<Record<ReadinessState, Readonly<Partial<Record<ReadinessEvent, ReadinessState>>>>> = {
  Ready: { blocked: 'NotReady', degraded: 'Degraded' },
  Degraded: { blocked: 'NotReady', cleared: 'Ready' },
  NotReady: { degraded: 'Degraded', cleared: 'Ready' },
};

/**
 * Readiness of the process (G9): `Ready` without reasons, `NotReady` while any reason is `not_ready`,
 * else `Degraded`. Starts `NotReady{starting}`; whoever starts the process clears that reason.
 */
export class Readiness {
  readonly #onTransition: (transition: ReadinessTransition) => void;
  readonly #severities = new Map<ReadinessReason, ReadinessSeverity>([['starting', 'not_ready']]);
  state: ReadinessState = 'NotReady';

  /** The listener is told after each change; what it throws reaches the caller of set() or clear(). */
  constructor(onTransition: (transition: ReadinessTransition) => void) {
    this.#onTransition = onTransition;
  }

  /** Adds a reason or changes its severity; the same again changes and tells nothing. */
  set(reason: ReadinessReason, severity: ReadinessSeverity): void {
    if (this.#severities.get(reason) === severity) return;
    this.#severities.set(reason, severity);
    this.#changed(reason);
  }

  /** Removes a reason; an absent one changes and tells nothing. */
  clear(reason: ReadinessReason): void {
    if (this.#severities.delete(reason)) this.#changed(reason);
  }

  /** The reasons in the order of the governed list, so that equal states print equally. */
  get reasons(): ReadinessReason[] {
    return readinessReasons.filter((reason) => this.#severities.has(reason));
  }

  #worst(): ReadinessEvent {
    if (this.#severities.size === 0) return 'cleared';
    return [...this.#severities.values()].includes('not_ready') ? 'blocked' : 'degraded';
  }

  #changed(reason: ReadinessReason): void {
    const from = this.state;
    this.state = readinessTransitions[from][this.#worst()] ?? from;
    this.#onTransition({ from, to: this.state, reason, reasons: this.reasons });
  }
}
