import type { PublishResult } from '../publish/ticket.js';

/** The promise that one event reaches the bus. Nobody needs to wait for it. */
export class Delivery {
  readonly promise: Promise<PublishResult>;
  private fulfil: (result: PublishResult) => void = () => undefined;
  private fail: (error: unknown) => void = () => undefined;

  /** `settled` is called once it is decided; with it, a refusal that nobody waits for is no unhandled one. */
  constructor(settled: () => void) {
    this.promise = new Promise((resolve, reject) => {
      this.fulfil = resolve;
      this.fail = reject;
    });
    this.promise.then(settled, settled);
  }

  resolve(result: PublishResult): void {
    this.fulfil(result);
  }

  reject(error: unknown): void {
    this.fail(error);
  }
}
