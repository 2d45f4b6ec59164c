import type { StoreEvents } from '@arqonbus/storage';

/** `up`: the store answers. `away`: it does not. */
export type StoreState = 'up' | 'away';

/** What changes the state (docs/state_machines/store.md). */
export type StoreEvent = 'lost' | 'back';

/** Which event leads where; what is not here leaves the state as it is. */
export const storeTransitions: Readonly<Record<StoreState, Readonly<Partial<Record<StoreEvent, StoreState>>>>> = {
  up: { lost: 'away' },
  away: { back: 'up' },
};

/** Whether the store answers, as its adapter tells, and who wants to know. */
export class StoreGate implements StoreEvents {
  private state: StoreState = 'up';
  reason = '';
  /** Times that the store was lost. */
  lossesCount = 0;
  /** Milliseconds since when it is away; 0 while it is up. */
  downSinceMs = 0;
  onChange: (isUp: boolean, reason: string) => void = () => undefined;

  constructor(private readonly nowMs: () => number) {}

  get isUp(): boolean {
    return this.state === 'up';
  }

  up(): void {
    if (!this.step('back')) return;
    this.reason = '';
    this.downSinceMs = 0;
    this.onChange(true, '');
  }

  down(reason: string): void {
    if (!this.step('lost')) return;
    this.reason = reason;
    this.lossesCount += 1;
    this.downSinceMs = this.nowMs();
    this.onChange(false, reason);
  }

  /** False when the event means nothing in this state. */
  private step(event: StoreEvent): boolean {
    const next = storeTransitions[this.state][event];
    if (next === undefined) return false;
    this.state = next;
    return true;
  }
}
