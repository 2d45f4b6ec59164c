/** Lets one loop wait for a sign or a time, whichever is first. A sign given while nobody waits is kept. */
export class WakeUp {
  private resolve: (() => void) | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isSignalled = false;

  signal(): void {
    this.isSignalled = true;
    this.resolve?.();
  }

  /** Without a time it waits for the sign alone. */
  async wait(timeoutMs?: number): Promise<void> {
    if (!this.isSignalled) {
      await new Promise<void>((resolve) => {
        this.resolve = resolve;
        if (timeoutMs !== undefined) this.timer = setTimeout(resolve, timeoutMs);
      });
    }
    clearTimeout(this.timer);
    this.resolve = undefined;
    this.isSignalled = false;
  }
}
