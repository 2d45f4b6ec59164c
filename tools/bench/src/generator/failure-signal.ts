/** The first failure of any connection ends the run. */
export class FailureSignal {
  /** The run is over: later failures are those of connections being closed. */
  isSettled = false;
  private failure: Error | undefined;
  private rejectWork: (error: Error) => void = () => undefined;

  readonly raise = (error: Error): void => {
    if (this.isSettled || this.failure !== undefined) return;
    this.failure = error;
    this.rejectWork(error);
  };

  settle(): void {
    this.isSettled = true;
  }

  /** The outcome of `work`, or the failure when that comes first or came before. */
  unless<Value>(work: Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      this.rejectWork = reject;
      if (this.failure !== undefined) reject(this.failure);
      work.then(resolve, reject);
    });
  }
}
