/** Keeps what arrives until a test asks for it: nothing is lost between two waits. */
export class FrameQueue<T> implements AsyncIterable<T> {
  readonly #items: T[] = [];
  readonly #waiters = new Set<() => void>();
  #ended: Error | undefined;

  /** What has arrived and was not taken yet, oldest first. */
  get pending(): readonly T[] {
    return this.#items;
  }

  push(item: T): void {
    this.#items.push(item);
    this.#wake();
  }

  /** No more will arrive; waits that nothing pending satisfies reject with the reason. */
  end(reason: Error): void {
    this.#ended ??= reason;
    this.#wake();
  }

  /**
   * Takes the oldest pending item that the predicate (default: any) accepts, or the next one to arrive; others stay.
   * Rejects after `timeoutMs` (default 15,000) and at the end.
   */
  async next(predicate: (item: T) => boolean = () => true, timeoutMs = 15_000): Promise<T> {
    const end = performance.now() + timeoutMs;
    for (;;) {
      const index = this.#items.findIndex(predicate);
      if (index >= 0) return this.#items.splice(index, 1)[0];
      if (this.#ended !== undefined) throw this.#ended;
      const leftMs = end - performance.now();
      if (leftMs <= 0) throw new Error(`waited ${timeoutMs} ms for a frame; ${this.#items.length} others are pending`);
      await this.#arrival(leftMs);
    }
  }

  /** Takes items in order until the end; never rejects. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const item = this.#items.shift();
      if (item !== undefined) yield item;
      else if (this.#ended !== undefined) return;
      else await this.#arrival();
    }
  }

  #arrival(timeoutMs?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = timeoutMs === undefined ? undefined : setTimeout(() => done(), timeoutMs);
      const done = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(done);
        resolve();
      };
      this.#waiters.add(done);
    });
  }

  #wake(): void {
    for (const waiter of [...this.#waiters]) waiter();
  }
}
