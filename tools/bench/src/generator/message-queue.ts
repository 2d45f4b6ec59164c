/** Whole messages in the order of arrival, for the set-up of a connection; one reader at a time. */
export class MessageQueue {
  private readonly messages: Buffer[] = [];
  private waiting: { resolve: (message: Buffer) => void; reject: (error: Error) => void } | undefined;
  private failure: Error | undefined;

  push(message: Buffer): void {
    const waiting = this.waiting;
    this.waiting = undefined;
    if (waiting === undefined) this.messages.push(message);
    else waiting.resolve(message);
  }

  next(): Promise<Buffer> {
    const message = this.messages.shift();
    if (message !== undefined) return Promise.resolve(message);
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
    });
  }

  /** Ends a pending and every later {@link next} with `error`. */
  fail(error: Error): void {
    this.failure = error;
    this.waiting?.reject(error);
    this.waiting = undefined;
  }
}
