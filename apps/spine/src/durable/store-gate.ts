import type { StoreEvents } from '@arqonbus/storage';

/** Whether the store answers, as its adapter tells, and who wants to know. */
export class StoreGate implements StoreEvents {
  isUp = true;
  reason = '';
  /** Times that the store was lost. */
  lossesCount = 0;
  /** Milliseconds since when it is away; 0 while it is up. */
  downSinceMs = 0;
  onChange: (isUp: boolean, reason: string) => void = () => undefined;

  constructor(private readonly nowMs: () => number) {}

  up(): void {
    if (this.isUp) return;
    this.isUp = true;
    this.reason = '';
    this.downSinceMs = 0;
    this.onChange(true, '');
  }

  down(reason: string): void {
    if (!this.isUp) return;
    this.isUp = false;
    this.reason = reason;
    this.lossesCount += 1;
    this.downSinceMs = this.nowMs();
    this.onChange(false, reason);
  }
}
