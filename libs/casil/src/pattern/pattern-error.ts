/** A pattern that the linear-time engine cannot or will not run. `reason` is one sentence for the person who wrote the pattern. */
export class PatternError extends Error {
  override readonly name = 'PatternError';

  constructor(
    readonly pattern: string,
    readonly reason: string,
  ) {
    super(`pattern /${pattern}/: ${reason}`);
  }
}
