import type { ExitName } from './exit-codes.js';

/** What a signal asks of a command: to end. */
export class Interruption {
  private readonly controller = new AbortController();
  private name: ExitName | undefined;

  /** Aborted at the first SIGINT or SIGTERM. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** How a command that did not finish ends; undefined while nobody asked it to. */
  get exit(): ExitName | undefined {
    return this.name;
  }

  begin(exit: 'interrupted' | 'terminated'): void {
    this.name ??= exit;
    this.controller.abort();
  }

  /** Resolves at the first signal. */
  async requested(): Promise<void> {
    if (this.signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}
