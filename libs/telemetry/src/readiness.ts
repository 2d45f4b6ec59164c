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

/**
 * Readiness of the process (G9): `Ready` without reasons, `NotReady` while any reason is `not_ready`,
 * else `Degraded`. Starts `NotReady{starting}`; whoever starts the process clears that reason.
 */
export class Readiness {
  readonly #onTransition: (transition: ReadinessTransition) => void;
  readonly #severities = new Map<ReadinessReason, ReadinessSeverity>([['starting', 'not_ready']]);

  /** The listener is told after each change; what it throws reaches the caller of set() or clear(). */
  constructor(onTransition: (transition: ReadinessTransition) => void) {
    this.#onTransition = onTransition;
  }

  /** Adds a reason or changes its severity; the same again changes and tells nothing. */
  set(reason: ReadinessReason, severity: ReadinessSeverity): void {
    if (this.#severities.get(reason) === severity) return;
    const from = this.state;
    this.#severities.set(reason, severity);
    this.#tell(from, reason);
  }

  /** Removes a reason; an absent one changes and tells nothing. */
  clear(reason: ReadinessReason): void {
    const from = this.state;
    if (this.#severities.delete(reason)) this.#tell(from, reason);
  }

  get state(): ReadinessState {
    if (this.#severities.size === 0) return 'Ready';
    return [...this.#severities.values()].includes('not_ready') ? 'NotReady' : 'Degraded';
  }

  /** The reasons in the order of the governed list, so that equal states print equally. */
  get reasons(): ReadinessReason[] {
    return readinessReasons.filter((reason) => this.#severities.has(reason));
  }

  #tell(from: ReadinessState, reason: ReadinessReason): void {
    this.#onTransition({ from, to: this.state, reason, reasons: this.reasons });
  }
}
