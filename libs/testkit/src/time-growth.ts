/** Enough for both sides to be compiled and to have a run that nothing else disturbed. */
const maxRounds = 40;

/**
 * How many times longer `large` takes than `small`: the quickest run of each, alternating. What else the machine does lengthens runs of both, and is
 * no work of theirs; so a bound on the growth holds on any machine, where one in milliseconds does not. Ends early once the growth is at most `bound`.
 */
export function timeGrowth(small: () => unknown, large: () => unknown, bound: number): number {
  let [smallMs, largeMs] = [Infinity, Infinity];
  for (let round = 0; round < maxRounds; round++) {
    smallMs = Math.min(smallMs, elapsedMs(small));
    largeMs = Math.min(largeMs, elapsedMs(large));
    if (round > 1 && largeMs <= bound * smallMs) break;
  }
  return largeMs / smallMs;
}

function elapsedMs(run: () => unknown): number {
  const startMs = performance.now();
  run();
  return performance.now() - startMs;
}
